import type { Proposal } from '../../api/types.ts';
import { t } from '../../strings/i18n.svelte.ts';
import { catalogue } from '../cameras/store.svelte.ts';
import { settingName, settingValue, settingValueNow } from '../zones/settings.ts';

export const followCatalogue = (): void => void catalogue.load();

/** What the change is, in one line. */
export function change(proposal: Proposal): string {
  if (!proposal.setting) return t('feedback.change.spot');
  return t('feedback.change', {
    setting: settingName(proposal.kind, proposal.setting),
    old: settingValueNow(proposal.kind, proposal.setting, proposal.old),
    new: settingValue(proposal.kind, proposal.setting, proposal.new),
  });
}
