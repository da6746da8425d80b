import type { ProbeForm } from '../../api/types.ts';

/** A camera that is being added: where it is and how to get in. It lives in this page only. */
export interface Draft {
  service: string;
  user: string;
  password: string;
  main: string;
  sub: string;
  uplink: number | null;
}

/** `main` is where the camera is known to be, such as at the end of a path to a household. */
export function emptyDraft(main = ''): Draft {
  return { service: '', user: '', password: '', main, sub: '', uplink: null };
}

/** The streams to look at, as the server wants them. */
export function probeForm(draft: Draft): ProbeForm {
  return {
    main: draft.main.trim(),
    sub: draft.sub.trim(),
    user: draft.user,
    password: draft.password,
    uplink_kbit_s: draft.uplink ? draft.uplink * 1000 : null,
  };
}

/** A stream's address with the login, where it has none of its own. */
export function withLogin(address: string, user: string, password: string): string {
  const found = /^(rtsps?:\/\/)(.*)$/i.exec(address.trim());
  if (!found || !user) return address.trim();
  const [, scheme = '', rest = ''] = found;
  if ((rest.split(/[/?#]/)[0] ?? '').includes('@')) return address.trim();
  return `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${rest}`;
}
