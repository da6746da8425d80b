import type { Proposal } from '../../api/types.ts';
import { number } from '../../strings/format.svelte.ts';
import { t, tOr } from '../../strings/i18n.svelte.ts';
import { catalogue } from '../cameras/store.svelte.ts';

export const followCatalogue = (): void => void catalogue.load();

/** A setting in plain words; one that a newer server knows is shown by its own name. */
export const settingName = (setting: string): string => tOr(`feedback.setting.${setting}`, setting);

/** A setting's value with its unit, as people write it; null is the rule's own value. */
export function settingValue(setting: string, value: number | null): string {
  if (value === null) return t('feedback.default');
  if (setting.endsWith('_s')) return `${number(value)} ${t('zones.seconds')}`;
  if (setting.endsWith('_share')) return `${number(100 * value, 1)} %`;
  return number(value, 2);
}

/** What the change is, in one line. */
export function change(proposal: Proposal): string {
  if (!proposal.setting) return t('feedback.change.spot');
  return t('feedback.change', {
    setting: settingName(proposal.setting),
    old: settingValue(proposal.setting, proposal.old),
    new: settingValue(proposal.setting, proposal.new),
  });
}
