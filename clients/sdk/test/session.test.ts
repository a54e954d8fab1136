// Sessions: who is signed in, one refresh at a time, tokens that are always another one than the refused.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiProblem, Session, type TokenStorage } from "../src/index.js";
import { FakeClock } from "./support.js";

const USER = { user_id: "5f0c8d9e-6b7a-4c1d-8e2f-3a4b5c6d7e8f", email: "ada@example.com", role: "user" };

/** A server that gives numbered tokens, and takes each refresh token once. */
class Accounts {
  readonly asked: string[] = [];
  given = 0;
  status = 200;
  isAway = false;

  readonly fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(String(url)).pathname;
    const authorization = (init.headers as Record<string, string>)["Authorization"];
    this.asked.push([path, authorization].filter(Boolean).join(" "));
    if (this.isAway) throw new TypeError("fetch failed");
    const headers = { "content-type": "application/json" };
    if (path === "/auth/logout") return new Response(null, { status: 204 });
    const body = JSON.parse(String(init.body)) as { refresh_token?: string };
    const isRight = path !== "/auth/refresh" || body.refresh_token === `pfr_${this.given}`;
    if (this.status !== 200 || !isRight) {
      return new Response('{"code":"unauthorized","detail":"no"}', { status: isRight ? this.status : 401, headers });
    }
    this.given += 1;
    const tokens = {
      access_token: `access${this.given}`,
      refresh_token: `pfr_${this.given}`,
      expires_in: 900,
      user: USER,
    };
    return new Response(JSON.stringify(tokens), { status: 200, headers });
  };
}

const start = (storage?: TokenStorage) => {
  const accounts = new Accounts();
  const clock = new FakeClock();
  const session = new Session({ url: "https://host/", fetch: accounts.fetch as typeof fetch, timers: clock, storage });
  const changes: (string | null)[] = [];
  session.on("change", (user) => changes.push(user?.email ?? null));
  return { accounts, clock, session, changes };
};

const stored = (text: string | null): TokenStorage & { text: string | null } => ({
  text,
  load() {
    return this.text;
  },
  save(token) {
    this.text = token;
  },
});

test("logging in gives a token, which is used as long as it is fresh", async () => {
  const { accounts, clock, session, changes } = start();
  assert.equal(await session.token(), null);
  assert.equal((await session.login("ada@example.com", "geese fly at noon")).email, USER.email);
  assert.equal(await session.token(), "access1");
  await clock.advance(869_000);
  assert.equal(await session.token(), "access1");
  await clock.advance(2_000);
  assert.equal(await session.token(), "access2");
  assert.deepEqual(accounts.asked, ["/auth/login", "/auth/refresh"]);
  assert.deepEqual(changes, [USER.email]);
});

test("a token that was refused is never given again", async () => {
  const { session } = start();
  await session.login("a", "b");
  assert.equal(await session.token("access1"), "access2");
  assert.equal(await session.token("access1"), "access2");
  assert.equal(await session.token("access2"), "access3");
});

test("many ask, one refresh is made", async () => {
  const { accounts, session } = start();
  await session.login("a", "b");
  const tokens = await Promise.all(Array.from({ length: 20 }, () => session.token("access1")));
  assert.deepEqual(new Set(tokens), new Set(["access2"]));
  assert.equal(accounts.asked.length, 2);
});

test("a stored session goes on, and one that has ended is forgotten", async () => {
  const storage = stored("pfr_0");
  const { session, changes, accounts } = start(storage);
  assert.equal(await session.token(), "access1");
  assert.equal(storage.text, "pfr_1");
  accounts.status = 401;
  assert.equal(await session.token("access1"), null);
  assert.equal(storage.text, null);
  assert.equal(session.user, null);
  assert.deepEqual(changes, [USER.email, null]);
});

test("a late refusal of the token of before does not end who has signed in meanwhile", async () => {
  const storage = stored("pfr_revoked");
  const accounts = new Accounts();
  let refuse = (): void => undefined;
  const isRefused = new Promise<void>((resolve) => (refuse = resolve));
  const slow = async (url: string, init?: RequestInit): Promise<Response> => {
    if (url.endsWith("/refresh")) await isRefused;
    return accounts.fetch(url, init);
  };
  const session = new Session({ url: "https://host/", fetch: slow as typeof fetch, storage });
  const refreshing = session.refresh();
  await session.login("a", "b");
  refuse();
  assert.equal(await refreshing, "access1");
  assert.equal(storage.text, "pfr_1");
  assert.equal(session.user?.email, USER.email);
});

test("a server that is away ends no session", async () => {
  const storage = stored("pfr_0");
  const { session, accounts } = start(storage);
  await session.token();
  accounts.isAway = true;
  await assert.rejects(session.token("access1"), ApiProblem);
  accounts.isAway = false;
  assert.equal(storage.text, "pfr_1");
  assert.equal(await session.token("access1"), "access2");
});

test("a wrong password is the caller's to show", async () => {
  const { session, accounts, changes } = start();
  accounts.status = 401;
  await assert.rejects(session.login("a", "b"), (problem) => problem instanceof ApiProblem && problem.status === 401);
  assert.deepEqual(changes, []);
});

test("logging out says so with the token, and is done even when the server is away", async () => {
  for (const isAway of [false, true]) {
    const storage = stored(null);
    const { session, accounts, changes } = start(storage);
    await session.login("a", "b");
    accounts.isAway = isAway;
    await session.logout();
    assert.equal(accounts.asked.at(-1), "/auth/logout Bearer access1");
    assert.equal(storage.text, null);
    assert.equal(await session.token(), null);
    assert.deepEqual(changes, [USER.email, null]);
  }
});

test("logging out after a reload ends the session on the server", async () => {
  const storage = stored("pfr_0");
  const { session, accounts } = start(storage);
  await session.logout();
  assert.deepEqual(accounts.asked, ["/auth/refresh", "/auth/logout Bearer access1"]);
  assert.equal(storage.text, null);
});
