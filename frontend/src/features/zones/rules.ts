import type { RuleSetting, Zone } from '../../api/types.ts';

/** How many of what a person types make one of what is kept: shares are typed in per cent. */
export const scale = (setting: RuleSetting): number => (setting.unit === 'share' ? 100 : 1);

export const inBounds = (setting: RuleSetting, value: number): boolean => value >= setting.least && value <= setting.most;

/** What a person typed, as it is kept; null: nothing was typed, the rule goes by its own value. */
export function typed(setting: RuleSetting, text: string): number | null {
  if (text.trim() === '') return null;
  const value = Number(text.replace(',', '.'));
  return scale(setting) === 1 ? value : Number((value / scale(setting)).toPrecision(12));
}

/** The zone's rules with one setting changed; null takes it away, and a rule without settings goes too. */
export function withSetting(rules: Zone['rules'], rule: string, name: string, value: number | boolean | null): Zone['rules'] {
  const { [name]: _, ...others } = rules[rule] ?? {};
  const settings = value === null ? others : { ...others, [name]: value };
  const { [rule]: __, ...rest } = rules;
  return Object.keys(settings).length ? { ...rest, [rule]: settings } : rest;
}

/** Whether every number that the zone sets is one that its rule's setting may have. */
export const settingsHold = (rules: Zone['rules'], known: (rule: string) => readonly RuleSetting[]): boolean =>
  Object.entries(rules).every(([rule, told]) =>
    known(rule).every((setting) => {
      const value = told[setting.name];
      return value === undefined || (typeof value === 'number' && inBounds(setting, value));
    }),
  );

export type RuleChange = { zone: string; rule: string; setting: string; old: string; new: string };

/** The changes that a row of the trail tells (`zone rule.setting old → new; …`); null: it is written otherwise. */
export function ruleChanges(text: string): RuleChange[] | null {
  const found = text.split('; ').flatMap((one) => {
    const parts = /^(\S+) ([a-z_]+)\.([a-z0-9_]+) (\S+) → (\S+)$/.exec(one);
    return parts ? [{ zone: parts[1] ?? '', rule: parts[2] ?? '', setting: parts[3] ?? '', old: parts[4] ?? '', new: parts[5] ?? '' }] : [];
  });
  return found.length ? found : null;
}
