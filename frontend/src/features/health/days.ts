/** How well a day was recorded, for the colour of its square. */
export type Level = 'full' | 'good' | 'poor' | 'bad' | 'none';

export function level(uptime: number | null | undefined): Level {
  if (uptime === null || uptime === undefined) return 'none';
  if (uptime >= 0.999) return 'full';
  if (uptime >= 0.98) return 'good';
  return uptime >= 0.9 ? 'poor' : 'bad';
}

/** Percent with as many digits as tell it from a full day: 100, 99.95, 87.5. */
export function percent(uptime: number): number {
  const value = uptime * 100;
  if (uptime >= 1) return 100;
  return value > 99 ? Math.floor(value * 100) / 100 : Math.floor(value * 10) / 10;
}

/** Seconds of a day that are missing, but for what a person switched off. */
export function missing(gaps: Readonly<Record<string, number>>): number {
  return Object.entries(gaps).reduce((sum, [cause, seconds]) => sum + (cause === 'off' ? 0 : seconds), 0);
}

/** The causes of a day's gaps, the longest first. */
export function causes(gaps: Readonly<Record<string, number>>): [cause: string, seconds: number][] {
  return Object.entries(gaps)
    .filter(([, seconds]) => seconds >= 1)
    .sort((a, b) => b[1] - a[1]);
}
