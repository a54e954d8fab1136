// Where the page is now, for components: the hash, as a hook; and ways to go elsewhere.
import { useEffect, useState } from "preact/hooks";
import { changeQuery, formatHash, parseHash, type Place, type QueryPatch } from "./router";

const CHANGED = "portfolio:place";

export function currentPlace(): Place {
  return parseHash(location.hash);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    const onChange = (): void => setPlace(currentPlace());
    window.addEventListener("hashchange", onChange);
    window.addEventListener(CHANGED, onChange);
    onChange(); // what changed between the first rendering and now
    return () => {
      window.removeEventListener("hashchange", onChange);
      window.removeEventListener(CHANGED, onChange);
    };
  }, []);
  return place;
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
