import type { Language, Said } from '../api/types.ts';
import en from './en.json';
import vi from './vi.json';

export type Key = keyof typeof vi;
const tables: Record<Language, Record<Key, string>> = { vi, en };
const KEPT = 'matpho-language';

function kept(): Language {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

let language = $state<Language>(kept());

/** The language of the page; setting it keeps it in this browser. */
export const words = {
  get language(): Language {
    return language;
  },
  set language(next: Language) {
    language = next;
    document.documentElement.lang = next;
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // a browser that keeps nothing still shows the chosen language until it is closed
    }
  },
};

/** The sentence behind a key, `{name}` filled from `values`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return tables[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The sentence behind a key put together at run time; `fallback` where there is none (a newer server). */
export function tOr(key: string, fallback: string): string {
  return (tables[language] as Record<string, string>)[key] ?? fallback;
}

/** A sentence that stands by itself begins with a capital; a name of a file or a setting stays as it is written. */
export function capital(text: string): string {
  return /^\p{Ll}[\p{L}\u2019']*[ ,:]/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** One of two sentences that the server sent. */
export function said(both: Said | null | undefined): string {
  return both ? (both[language] || both.vi).replace(/(\d) (?=%)/g, '$1\u00a0') : '';
}
