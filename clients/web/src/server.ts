// The server whose page this is: one REST client, one session, one stream for the whole page.
import { PortfolioClient, RestClient, Session } from "@portfolio-stream/client";

/** Where the page is, whatever path a proxy puts it under. */
export const base = new URL(".", document.baseURI).href;

export const session = new Session({ url: base, storage: sessionStorage });

const token = (): Promise<string | null> => session.token();

export const api = new RestClient({ url: base, token });

export const client = new PortfolioClient({ url: base, token });
