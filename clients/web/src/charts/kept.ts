// The last answer while another one is on its way: a chart does not vanish when its range is changed.
import { useRef } from "preact/hooks";
import type { ApiState } from "../api";

/** Keep the component's key to what the answers are of: what is kept is shown in place of the next one's nothing. */
export function useKept<T>(asked: ApiState<T>): { shown: ApiState<T>; isOld: boolean } {
  const kept = useRef<T | undefined>(undefined);
  if (asked.data !== undefined) kept.current = asked.data;
  const isOld = asked.data === undefined && asked.problem === undefined && kept.current !== undefined;
  return { shown: isOld ? { ...asked, data: kept.current } : asked, isOld };
}
