import { ApiError } from '../api/client.ts';
import { capital, t, words } from '../strings/i18n.svelte.ts';

export type Toast = {
  id: number;
  tone: 'good' | 'bad' | 'plain';
  text: string;
  action?: { label: string; run: () => void } | undefined;
};

let next = 1;
let list = $state.raw<Toast[]>([]);

export const toasts = {
  get list(): Toast[] {
    return list;
  },
  say(text: string, tone: Toast['tone'] = 'good', action?: Toast['action']): void {
    const id = next++;
    list = [...list.slice(-2), { id, tone, text, action }];
    setTimeout(() => toasts.drop(id), tone === 'bad' ? 9000 : 5000);
  },
  /** Say what went wrong, in the page's language. */
  fail(error: unknown): void {
    toasts.say(sentence(error), 'bad');
  },
  drop(id: number): void {
    list = list.filter((one) => one.id !== id);
  },
};

export function sentence(error: unknown): string {
  if (error instanceof ApiError) return capital(words.language === 'en' ? error.en : error.vi);
  return t('error.unknown');
}
