// The server whose page this is: one REST client, one session, one stream for the whole page.
import { PortfolioClient, RestClient, Session, webStorage } from "@portfolio-stream/client";

/** Where the page is, whatever path a proxy puts it under. */
export const base = new URL(".", document.baseURI).href;

/** Kept for the tab: a reload stays signed in, a closed tab does not. */
export const session = new Session({ url: base, storage: webStorage(sessionStorage) });

export const api = new RestClient({ url: base, token: session.token });

export const client = new PortfolioClient({ url: base, token: session.token });
