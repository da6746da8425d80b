export type Theme = 'system' | 'light' | 'dark';
const KEPT = 'matpho-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEPT);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

let chosen = $state<Theme>(kept());

function apply(): void {
  const dark = chosen === 'dark' || (chosen === 'system' && system.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

system.addEventListener('change', apply);

/** Light, dark, or as the machine prefers. */
export const theme = {
  get value(): Theme {
    return chosen;
  },
  set value(next: Theme) {
    chosen = next;
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // kept until the page is closed
    }
    apply();
  },
};
