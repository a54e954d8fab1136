// Where the refresh token is kept: in what all tabs share, until one begins that is the first. A link that is opened in
// another tab, or a tab that is duplicated, is signed in as this one; after a browser was closed nobody is.
//
// A refresh token is good once. Two tabs with a copy each (a duplicated tab has one of its sessionStorage) would end
// each other's session; tabs that share one take turns by a lock (the SDK's Session). Locks need a secure context:
// elsewhere it stays in the tab, and another tab signs in by itself.
import { webStorage, type TokenStorage } from "@portfolio-stream/client";

const NAME = "portfolio.refresh_token";
const OPEN = "portfolio.open"; // a lock that every open tab holds, with the others
const BEGUN = "portfolio.tab"; // in the tab: it was here before a reload
const WRITTEN = "portfolio.written"; // a lock: what was written is on its way to the other tabs
const SPREADS_MS = 500; // browsers keep a copy of localStorage in each process, and tell the others a little later

export interface SharedStore extends TokenStorage {
  /** Forgets whoever is signed in: also by a token that another tab has renewed. */
  clear(): void;
  /** Calls back when another tab has signed in (true) or out (false); not for each new token. */
  onOther(told: (isIn: boolean) => void): void;
}

interface Places {
  readonly path: string; // of the page: below another path of the same host is another server
  readonly tab: Storage;
  readonly shared: Storage;
  readonly locks: LockManager | undefined; // only in a secure context
}

export function signInStore({ path, tab, shared, locks }: Places): SharedStore {
  const at = path === "/" ? "" : path;
  const name = NAME + at;
  if (!locks) return { ...webStorage(tab, name), clear: () => tab.removeItem(name), onOther: () => undefined };
  const begun = begin(at, tab, shared, locks);
  let known: string | null = null; // by this tab
  return {
    load: async () => {
      await begun;
      await locks.request(WRITTEN + at, { mode: "shared" }, () => undefined);
      return (known = shared.getItem(name));
    },
    save: async (token) => {
      await begun;
      // A refusal of the token that is known here says nothing of one that came since.
      if (token !== null) shared.setItem(name, token);
      else if (shared.getItem(name) === known) shared.removeItem(name);
      known = token;
      if (token !== null) await holdWritten(at, locks);
    },
    clear: () => shared.removeItem(name),
    onOther: (told) =>
      addEventListener("storage", ({ key, oldValue, newValue }) => {
        const isIn = newValue !== null;
        if (key === name && isIn !== (oldValue !== null)) told(isIn);
      }),
  };
}

/** Given the lock it goes on; other tabs read once it is given back. A tab that is closed gives it back at once. */
function holdWritten(at: string, locks: LockManager): Promise<void> {
  return new Promise((goOn) => {
    void locks.request(WRITTEN + at, () => {
      goOn();
      return new Promise((end) => setTimeout(end, SPREADS_MS));
    });
  });
}

/** The first tab of all takes nobody's sign-in over, but for its own from before a reload. */
function begin(at: string, tab: Storage, shared: Storage, locks: LockManager): Promise<void> {
  const isReload = tab.getItem(BEGUN + at) !== null;
  tab.setItem(BEGUN + at, "1");
  return locks.request(OPEN + at, { ifAvailable: true }, (lock) => {
    // Asked for before the first one is given back: no other tab can be the first meanwhile.
    void locks.request(OPEN + at, { mode: "shared" }, () => new Promise<never>(() => undefined));
    if (lock && !isReload) shared.removeItem(NAME + at);
  });
}
