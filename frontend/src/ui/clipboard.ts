import { t } from '../strings/i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** Copy a text; where the browser refuses (on plain http), select what shows it, so that Ctrl+C copies it. */
export async function copyText(text: string, shown: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(t('copied'));
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    toasts.say(t('copy.manual'), 'plain');
  }
}
