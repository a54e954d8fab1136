import assert from "node:assert/strict";
import { test } from "node:test";
import { signInStore } from "../src/sign_in_store";

class Kept implements Storage {
  [name: string]: unknown;
  readonly #values = new Map<string, string>();
  get length(): number {
    return this.#values.size;
  }
  key = (index: number): string | null => [...this.#values.keys()][index] ?? null;
  getItem = (name: string): string | null => this.#values.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.#values.set(name, value);
  removeItem = (name: string): void => void this.#values.delete(name);
  clear = (): void => this.#values.clear();
}

/** As far as they are needed: nobody waits for who shares one. */
function fakeLocks(): LockManager {
  const sharedN = new Map<string, number>();
  const last = new Map<string, Promise<unknown>>(); // that had it alone
  const request = async (name: string, ...rest: unknown[]): Promise<unknown> => {
    const work = rest.pop() as (lock: Lock | null) => unknown;
    const options = (rest[0] ?? {}) as LockOptions;
    const n = sharedN.get(name) ?? 0;
    if (options.ifAvailable) return work(n === 0 ? { name, mode: "exclusive" } : null);
    const before = last.get(name) ?? Promise.resolve();
    const isShared = options.mode === "shared";
    const done = before.then(() => work({ name, mode: isShared ? "shared" : "exclusive" }));
    if (isShared) sharedN.set(name, n + 1);
    else last.set(name, done);
    return done.finally(() => isShared && sharedN.set(name, (sharedN.get(name) ?? 0) - 1));
  };
  return { request } as unknown as LockManager;
}

test("a tab beside another is signed in as that; the first one takes nobody's sign-in over, but its own", async () => {
  const shared = new Kept();
  const locks = fakeLocks();
  const first = signInStore({ path: "/", tab: new Kept(), shared, locks });
  await first.save("one");
  const second = signInStore({ path: "/", tab: new Kept(), shared, locks });
  assert.equal(await second.load(), "one");
  // All were closed: other locks.
  assert.equal(await signInStore({ path: "/", tab: new Kept(), shared, locks: fakeLocks() }).load(), null);
  const tab = new Kept();
  await signInStore({ path: "/", tab, shared, locks: fakeLocks() }).save("two");
  assert.equal(await signInStore({ path: "/", tab, shared, locks: fakeLocks() }).load(), "two"); // a reload
});

test("the refusal of an old token does not take a newer one away; signing out does", async () => {
  const shared = new Kept();
  const locks = fakeLocks();
  const one = signInStore({ path: "/", tab: new Kept(), shared, locks });
  const other = signInStore({ path: "/", tab: new Kept(), shared, locks });
  await one.save("old");
  await other.load();
  await one.save("new");
  await other.save(null);
  assert.equal(await one.load(), "new");
  await one.save(null);
  assert.equal(await other.load(), null);
  await one.save("again");
  other.clear();
  assert.equal(await one.load(), null);
});

test("without locks each tab has its own", async () => {
  const [tab, shared] = [new Kept(), new Kept()];
  const store = signInStore({ path: "/", tab, shared, locks: undefined });
  await store.save("one");
  assert.deepEqual([tab.length, shared.length], [1, 0]);
  store.clear();
  assert.equal(await store.load(), null);
});

test("below another path is another server, with another sign-in", async () => {
  const shared = new Kept();
  const locks = fakeLocks();
  const [one, other] = ["/", "/b/"].map((path) => signInStore({ path, tab: new Kept(), shared, locks }));
  await one?.save("of one");
  assert.equal(await other?.load(), null);
  await other?.save("of the other");
  assert.equal(await one?.load(), "of one");
});

test("a tab reads what another has written although its browser passes that on a little later", async () => {
  const locks = fakeLocks();
  const [here, there] = [new Kept(), new Kept()];
  const { setItem } = here;
  here.setItem = (name, value) => {
    setItem(name, value);
    setTimeout(() => there.setItem(name, value), 100);
  };
  const one = signInStore({ path: "/", tab: new Kept(), shared: here, locks });
  const other = signInStore({ path: "/", tab: new Kept(), shared: there, locks });
  await one.save("first");
  assert.equal(await other.load(), "first");
  await one.save("second");
  assert.equal(await other.load(), "second");
});
