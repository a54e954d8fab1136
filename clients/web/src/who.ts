// Who is signed in: nobody, somebody, or anybody where the server has authentication off.
import { ApiProblem, type RestComponents } from "@portfolio-stream/client";
import { problemOf, type Problem } from "./api";
import { api, client, session } from "./server";
import { Store, useStore } from "./store";

/** `credential` is "none" where authentication is off. */
export type Me = RestComponents["schemas"]["Me"];

export type Who =
  | { readonly state: "starting" }
  | { readonly state: "unreachable"; readonly problem: Problem; readonly retry: () => void }
  | { readonly state: "out" }
  | { readonly state: "in"; readonly me: Me };

const who = new Store<Who>({ state: "starting" });

export function useWho(): Who {
  return useStore(who);
}

const NOBODY: Me = { role: "advisor", credential: "none", scopes: [] };

/** On a page that is shown only to those who are signed in. */
export function useMe(): Me {
  const now = useWho();
  return now.state === "in" ? now.me : NOBODY; // while the door closes
}

/** Asks the server, who knows whether one has to sign in at all. */
export function startWho(): void {
  session.on("change", (user) => {
    if (user === null && who.value.state === "in") who.set({ state: "out" }); // it ended, elsewhere or by its age
  });
  begin();
}

function begin(): void {
  who.set({ state: "starting" });
  void ask();
}

async function ask(): Promise<void> {
  try {
    const { data } = await api.get("/auth/me");
    who.set({ state: "in", me: data });
    client.connect(); // also on a page that watches nothing, so that it shows how the connection is
  } catch (error) {
    const isOut = error instanceof ApiProblem && error.status === 401;
    who.set(isOut ? { state: "out" } : { state: "unreachable", problem: problemOf(error), retry: begin });
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await session.login(email, password);
  await ask();
}

export async function register(name: string, email: string, password: string): Promise<void> {
  await session.register(name, email, password);
  await ask();
}

/** The page begins anew: nothing of what was seen stays in it. */
export async function signOut(): Promise<void> {
  await session.logout();
  location.hash = "#/sign-in";
  location.reload();
}
