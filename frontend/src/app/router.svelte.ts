/** A hash router: `#/incidents/abc?state=suspected` is path `['incidents', 'abc']` and a query. */

function parse(hash: string): { path: string[]; query: URLSearchParams } {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(search) };
}

let here = $state.raw(parse(location.hash));
let mayLeave: (() => boolean) | null = null;
let lastHash = location.hash;

addEventListener('hashchange', () => {
  if (location.hash === lastHash) return;
  if (mayLeave && !mayLeave()) {
    history.replaceState(null, '', lastHash || '#/');
    return;
  }
  lastHash = location.hash;
  here = parse(location.hash);
  scrollTo(0, 0);
});

export const route = {
  get path(): string[] {
    return here.path;
  },
  get query(): URLSearchParams {
    return here.query;
  },
};

export function go(to: string): void {
  location.hash = to;
}

/** Change the query without a new entry in the browser's history. */
export function setQuery(values: Record<string, string | null | undefined>): void {
  const query = new URLSearchParams(here.query);
  for (const [key, value] of Object.entries(values)) {
    if (value) query.set(key, value);
    else query.delete(key);
  }
  const text = query.toString();
  const hash = `#/${here.path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
  history.replaceState(null, '', hash);
  lastHash = hash;
  here = parse(hash);
}

/** A page with unsaved work asks before it is left; returns the undo. */
export function guard(ask: () => boolean): () => void {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = null;
  };
}
