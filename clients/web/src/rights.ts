// What the one who is signed in may do, so that only that is offered. The server decides in any case. Pure.
import type { Me } from "./who";

export function mayChange(me: Me): boolean {
  return (me.role === "user" || me.role === "admin") && me.scopes.includes("write");
}

/** Makes and deletes customers. */
export function mayAdminister(me: Me): boolean {
  return me.role === "admin" && me.scopes.includes("administer");
}

/** Has an account of its own here: a password, sessions, keys. */
export function hasAccount(me: Me): boolean {
  return me.credential === "session";
}
