// Who is signed in: nobody, somebody, or anybody where the server has authentication off.
import { ApiProblem, type RestComponents } from "@portfolio-stream/client";
import { problemOf, type Problem } from "./api";
import { ownDrafts } from "./drafts";
import { api, client, session, signIns } from "./server";
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

/** Nobody is signed in any more: what is still shown goes. */
export function isDoorClosing(): boolean {
  return who.value.state === "out";
}

/** Asks the server, who knows whether one has to sign in at all. */
export function startWho(): void {
  session.on("change", (user) => {
    const now = who.value;
    if (now.state !== "in") return;
    if (user === null) goOut(); // it ended, elsewhere or by its age
    else if (now.me.user_id !== user.user_id) location.reload(); // somebody else, in another tab
  });
  signIns.onOther((isIn) => {
    // One that is under way is still with the token of before.
    if (isIn && who.value.state === "out") void session.refresh().then(begin, begin);
    else if (!isIn && who.value.state === "in") goOut();
  });
  begin();
}

/** The stream goes, too: what whoever was in may see comes no more. */
function goOut(): void {
  who.set({ state: "out" });
  client.close();
}

function begin(): void {
  who.set({ state: "starting" });
  void ask();
}

async function ask(): Promise<void> {
  try {
    const { data } = await api.get("/auth/me");
    ownDrafts(data.user_id);
    who.set({ state: "in", me: data });
    client.connect(); // also on a page that watches nothing, so that it shows how the connection is
  } catch (error) {
    const isOut = error instanceof ApiProblem && error.status === 401;
    if (isOut) goOut();
    else who.set({ state: "unreachable", problem: problemOf(error), retry: begin });
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

/** The page begins anew: nothing of what was seen stays in it. Everywhere: fails where the server does not do it. */
export async function signOut(everywhere = false): Promise<void> {
  if (everywhere) await api.post("/auth/logout", { body: { everywhere } });
  else await session.logout();
  signIns.clear();
  location.hash = "#/sign-in";
  location.reload();
}
