import type { RuleSetting } from '../../api/types.ts';
import { number } from '../../strings/format.svelte.ts';
import { t, tOr } from '../../strings/i18n.svelte.ts';
import { catalogue } from '../cameras/store.svelte.ts';
import { ruleChanges } from './rules.ts';

/** A setting in plain words, a rule's own where it means something else there; one that a newer server knows is shown by its own name. */
export const settingName = (rule: string, name: string): string =>
  name === 'enabled' ? t('setting.enabled') : tOr(`setting.name.${name}.${rule}`, tOr(`setting.name.${name}`, name));
export const settingHint = (rule: string, name: string): string => tOr(`setting.hint.${name}.${rule}`, tOr(`setting.hint.${name}`, ''));
export const unitName = (setting: RuleSetting): string => tOr(`setting.unit.${setting.unit}`, '');

/** A setting's value with its unit, as people write it; null is the rule's own value. */
export function settingValue(rule: string, name: string, value: number | null): string {
  if (value === null) return t('feedback.default');
  const setting = catalogue.settings(rule).find((one) => one.name === name);
  if (!setting) return number(value, 2);
  const shown = number(setting.unit === 'share' ? 100 * value : value, 2);
  return `${shown} ${unitName(setting)}`.trim();
}

/** A value as a row of the trail writes it: a number, true or false, or - for the rule's own. */
function trailValue(rule: string, name: string, text: string): string {
  if (text === 'true' || text === 'false') return t(text === 'true' ? 'yes' : 'no');
  return settingValue(rule, name, text === '-' ? null : Number(text));
}

/** The same, with what the rule's own value is. */
export function settingValueNow(rule: string, name: string, value: number | null): string {
  const own = value === null ? catalogue.settings(rule).find((one) => one.name === name) : undefined;
  return own ? t('feedback.default.of', { value: settingValue(rule, name, own.default) }) : settingValue(rule, name, value);
}

/** What a row of the trail says was changed at the rules of zones, in plain words. */
export const changesInWords = (text: string): string =>
  ruleChanges(text)
    ?.map((one) => `${one.zone}, ${catalogue.kind(one.rule)}, ${settingName(one.rule, one.setting)}: ${trailValue(one.rule, one.setting, one.old)} → ${trailValue(one.rule, one.setting, one.new)}`)
    .join('; ') ?? text;
