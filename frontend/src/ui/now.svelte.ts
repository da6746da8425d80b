let now = $state(Date.now());
setInterval(() => {
  now = Date.now();
}, 1000);

/** The browser's clock in ms, moving once a second, for "5 minutes ago". */
export const ticking = {
  get now(): number {
    return now;
  },
};
