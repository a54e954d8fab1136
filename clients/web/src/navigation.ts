// Where the page is now, for components: the hash, as a hook; and ways to go elsewhere.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { changeQuery, formatHash, parseHash, type Place, type QueryPatch } from "./router";

const CHANGED = "portfolio:place";

export function currentPlace(): Place {
  return parseHash(location.hash);
}

export interface Arrival {
  readonly place: Place;
  readonly visit: number; // rises with each link that is followed; not when a page changes its own state
}

export function usePlace(): Arrival {
  const [arrival, setArrival] = useState<Arrival>(() => ({ place: currentPlace(), visit: 0 }));
  useEffect(() => {
    const onVisit = (): void => setArrival(({ visit }) => ({ place: currentPlace(), visit: visit + 1 }));
    const onChange = (): void => setArrival(({ visit }) => ({ place: currentPlace(), visit }));
    window.addEventListener("hashchange", onVisit);
    window.addEventListener(CHANGED, onChange);
    onChange(); // what changed between the first rendering and now
    return () => {
      window.removeEventListener("hashchange", onVisit);
      window.removeEventListener(CHANGED, onChange);
    };
  }, []);
  return arrival;
}

/** The document's title, before anything is known of what is shown. */
export function usePageTitle(title: string): void {
  useLayoutEffect(() => writeTitle(title), [title]); // effects of what is within come after it
}

/** The document's title: what is shown, once that is known. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) writeTitle(title);
  }, [title]);
}

function writeTitle(title: string): void {
  document.title = `${title} · Portfolio Stream`;
}

/** Goes to another page: an entry in the history. */
export function navigate(path: string, query?: QueryPatch): void {
  location.hash = formatHash(path, query);
}

/** Goes there in place of this page: Back does not come here again. */
export function redirect(path: string, query?: QueryPatch | URLSearchParams): void {
  // A relative hash keeps the path that the page is served under; the history's state is nobody's.
  history.replaceState(null, "", formatHash(path, query));
  window.dispatchEvent(new Event(CHANGED));
}

/** Changes the state of this page in its URL, without an entry in the history. */
export function setQuery(patch: QueryPatch): void {
  const { path, query } = currentPlace();
  redirect(path, changeQuery(query, patch));
}
