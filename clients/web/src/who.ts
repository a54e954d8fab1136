// Who is signed in: nobody, somebody, or anybody where the server has authentication off.
import { ApiProblem } from "@portfolio-stream/client";
import { problemOf, type Problem } from "./api";
import { api, session } from "./server";
import { Store, useStore } from "./store";

export interface Me {
  readonly role: string;
  readonly credential: string; // "none": AUTH=off
  readonly email?: string | undefined;
  readonly customer_id?: string | undefined;
}

export type Who =
  | { readonly state: "starting" }
  | { readonly state: "unreachable"; readonly problem: Problem; readonly retry: () => void }
  | { readonly state: "out" }
  | { readonly state: "in"; readonly me: Me };

const who = new Store<Who>({ state: "starting" });

export function useWho(): Who {
  return useStore(who);
}

/** Asks the server, who knows whether one has to sign in at all. */
export function startWho(): void {
  who.set({ state: "starting" });
  void ask();
}

async function ask(): Promise<void> {
  try {
    who.set({ state: "in", me: await api.get("/auth/me", {}) });
  } catch (error) {
    const isOut = error instanceof ApiProblem && error.status === 401;
    who.set(isOut ? { state: "out" } : { state: "unreachable", problem: problemOf(error), retry: startWho });
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await session.login(email, password);
  await ask();
}

/** The page begins anew: nothing of what was seen stays in it. */
export async function signOut(): Promise<void> {
  await session.logout().catch(() => undefined); // what it forgot, it forgot
  location.hash = "#/sign-in";
  location.reload();
}

/** The session has ended (elsewhere, or by its age): back to the door. */
export function onSessionLost(): void {
  if (who.value.state === "in") who.set({ state: "out" });
}
