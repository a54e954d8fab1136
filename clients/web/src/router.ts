// What a URL's hash says: which page, of what, in which state. Pure.
//
// The hash is "#/portfolios/<id>?sort=-current_value": it works on any path, from static files.

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

export type Params = Readonly<Record<string, string>>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function parseHash(hash: string): Place {
  const text = hash.replace(/^#/, "");
  if (UUID.test(text)) return { path: `/portfolios/${text}`, query: new URLSearchParams() };
  const [path = "", query = ""] = splitOnce(text, "?");
  const clean = path.replace(/\/+$/, "");
  return { path: clean.startsWith("/") ? clean : clean === "" ? "/" : `/${clean}`, query: new URLSearchParams(query) };
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** The href of a place; members of the query that are empty are left out. */
export function formatHash(path: string, query?: QueryPatch | URLSearchParams): string {
  const members = query instanceof URLSearchParams ? query : changeQuery(new URLSearchParams(), query ?? {});
  const text = members.toString();
  return `#${path}${text === "" ? "" : `?${text}`}`;
}

export type QueryPatch = Readonly<Record<string, string | null | undefined>>;

/** Another query with these members set, or removed where they are null or empty. */
export function changeQuery(query: URLSearchParams, patch: QueryPatch): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === "") changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}

/** "/portfolios/:portfolioId" against "/portfolios/5e5e…": the params, or null. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return null;
      continue;
    }
    const decoded = decode(value);
    if (decoded === null || decoded === "") return null;
    params[part.slice(1)] = decoded;
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** "/assets/:symbol" and {symbol: "USD/CHF"}: "/assets/USD%2FCHF". */
export function fillPath(pattern: string, params: Params): string {
  return pattern.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

/** Only a place in this page: a link cannot send people elsewhere. */
export function safeNext(next: string | null): string {
  return next?.startsWith("#/") ? next : "#/";
}
