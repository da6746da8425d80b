import { t, words } from './i18n.svelte.ts';

let zone = $state('Asia/Ho_Chi_Minh');

/** The ward's time zone: every time on the page is the ward's, wherever the browser is. */
export function setTimeZone(name: string | undefined): void {
  if (name) zone = name;
}
export function timeZone(): string {
  return zone;
}

const locale = (): string => (words.language === 'en' ? 'en-GB' : 'vi-VN');
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${zone} ${JSON.stringify(options)}`;
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale(), { timeZone: zone, hourCycle: 'h23', ...options });
    cache.set(key, made);
  }
  return made;
}

const DAY = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

export const time = (iso: string): string => formatter(CLOCK).format(new Date(iso));
export const shortTime = (iso: string): string =>
  formatter({ hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
export const date = (iso: string): string => formatter(DAY).format(new Date(iso));
export const monthDay = (iso: string): string => formatter({ day: '2-digit', month: '2-digit' }).format(new Date(iso));
/** The month of a date that is no instant (midnight UTC of its first day). */
export const monthName = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(iso));
/** Short names of the days from Monday on. */
export const weekdays = (): string[] =>
  Array.from({ length: 7 }, (_, n) => new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + n)));
export const dateTime = (iso: string): string => `${time(iso)} ${date(iso)}`;

/** Today's things by the clock alone, older ones with their day. */
export function when(iso: string, now: number): string {
  const day = date(iso);
  return day === date(new Date(now).toISOString()) ? time(iso) : `${shortTime(iso)} ${day}`;
}

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "5 phút trước": how long ago, in the largest fitting unit. */
export function ago(iso: string, now: number): string {
  const s = Math.max(0, (now - Date.parse(iso)) / 1000);
  const [unit, size] = UNITS.find(([, length]) => s >= length) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(-Math.floor(s / size), unit);
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

function unit(value: number, name: string, digits = 0): string {
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: name,
    unitDisplay: 'long',
    maximumFractionDigits: digits,
  }).format(value);
}

/** A length of time in words: "0,4 giây", "45 giây", "3 phút 5 giây", "2 giờ 10 phút". */
export function duration(s: number): string {
  if (s < 10) return unit(Math.max(0, s), 'second', 1);
  if (s < 60) return unit(Math.round(s), 'second');
  const [big, small, size] =
    s < 3600 ? (['minute', 'second', 60] as const) : s < 86400 ? (['hour', 'minute', 3600] as const) : (['day', 'hour', 86400] as const);
  const step = small === 'second' ? 1 : small === 'minute' ? 60 : 3600;
  const whole = Math.floor(s / size);
  const rest = Math.floor((s - whole * size) / step);
  return rest ? `${unit(whole, big)} ${unit(rest, small)}` : unit(whole, big);
}

/** How a camera's clock is against ours: "đồng hồ nhanh 1 giờ". Within two seconds it is right. */
export function clockOff(ms: number): string {
  if (Math.abs(ms) <= 2000) return t('camera.clock.right');
  return t(ms > 0 ? 'camera.clock.fast' : 'camera.clock.slow', { length: duration(Math.abs(ms) / 1000) });
}

/** 1:05 on a player's clock. */
export function clock(s: number): string {
  const whole = Math.max(0, Math.floor(s));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function bytes(value: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let i = 0;
  while (size >= 1000 && i < names.length - 1) {
    size /= 1000;
    i += 1;
  }
  return `${number(size, size < 10 && i > 0 ? 1 : 0)} ${names[i]}`;
}
