const KEPT = 'matpho-boxes';

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT) === 'yes';
  } catch {
    return false;
  }
}

let shown = $state(kept());

/** Whether boxes are drawn over live pictures; kept in this browser. */
export const boxesShown = {
  get value(): boolean {
    return shown;
  },
  set value(next: boolean) {
    shown = next;
    try {
      localStorage.setItem(KEPT, next ? 'yes' : 'no');
    } catch {
      // kept until the page is closed
    }
  },
};
