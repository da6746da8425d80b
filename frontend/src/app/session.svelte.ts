import { api, setCsrf, whenSignedOut } from '../api/client.ts';
import type { Language, Role, Session } from '../api/types.ts';
import { setTimeZone } from '../strings/format.svelte.ts';
import { words } from '../strings/i18n.svelte.ts';

const RANK: Record<Role, number> = { observer: 0, officer: 1, supervisor: 2, admin: 3 };

let current = $state.raw<Session | null>(null);
let expired = $state(false);
/** Chosen on the sign-in page: wins over what the account remembers. */
let chosen: Language | null = null;

function take(next: Session): void {
  current = next;
  setCsrf(next.csrf);
  setTimeZone(next.time_zone);
  if (next.person) {
    expired = false;
    words.language = next.person.language;
  }
}

async function keepChosen(): Promise<void> {
  if (chosen && current?.person && current.person.language !== chosen) await session.speak(chosen);
}

whenSignedOut(() => {
  if (!current?.person) return;
  expired = true;
  void session.load().catch(() => {
    if (current) current = { ...current, person: null };
  });
});

/** Who is at the page. The server decides what they may do; the page only hides what would be refused. */
export const session = {
  get value(): Session | null {
    return current;
  },
  get person() {
    return current?.person ?? null;
  },
  get expired(): boolean {
    return expired;
  },
  atLeast(role: Role): boolean {
    return current?.person ? RANK[current.person.role] >= RANK[role] : false;
  },
  async load(): Promise<void> {
    take(await api.session());
  },
  async setup(body: Parameters<typeof api.setup>[0]): Promise<void> {
    take(await api.setup(body));
    await keepChosen();
  },
  async signIn(login: string, password: string): Promise<void> {
    take(await api.signIn(login, password));
    await keepChosen();
  },
  async signOut(): Promise<void> {
    await api.signOut();
    expired = false;
    await session.load();
  },
  async speak(language: Language): Promise<void> {
    words.language = language;
    chosen = language;
    if (current?.person) take(await api.changeSelf({ language }));
  },
  async changePassword(old_password: string, password: string): Promise<void> {
    take(await api.changeSelf({ old_password, password }));
  },
};
