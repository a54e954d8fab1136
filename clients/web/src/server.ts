// The server whose page this is: one REST client, one session, one stream for the whole page.
import { PortfolioClient, RestClient, Session } from "@portfolio-stream/client";
import { signInStore } from "./sign_in_store";

/** Where the page is, whatever path a proxy puts it under. */
export const base = new URL(".", document.baseURI).href;

/** Of all tabs: a reload stays signed in, and so does another tab; the last one that is closed signs out. */
export const signIns = signInStore({
  path: new URL(base).pathname,
  tab: sessionStorage,
  shared: localStorage,
  locks: (navigator as { locks?: LockManager }).locks,
});

export const session = new Session({ url: base, storage: signIns });

export const api = new RestClient({ url: base, token: session.token });

/** REST by another fetch: one that tells how far an upload has come, say. */
export const restBy = (other: typeof fetch): RestClient =>
  new RestClient({ url: base, token: session.token, fetch: other });

export const client = new PortfolioClient({ url: base, token: session.token });
