// What was asked again without an answer: told at the foot of the window, once for all that failed alike, so that
// nothing of what is shown moves.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

const failures = new Map<string, number>(); // what went wrong, and for how many parts of the page
const listeners = new Set<() => void>();

function count(detail: string, by: 1 | -1): void {
  const n = (failures.get(detail) ?? 0) + by;
  if (n > 0) failures.set(detail, n);
  else failures.delete(detail);
  for (const listener of listeners) listener();
}

/** Tells it for as long as it is so; undefined tells nothing. */
export function useLate(detail: string | undefined): void {
  useEffect(() => {
    if (detail === undefined) return;
    count(detail, 1);
    return () => count(detail, -1);
  }, [detail]);
}

/** Always there, so that screen readers notice what is put into it. */
export function LateNotices(): JSX.Element {
  const [, setRound] = useState(0);
  useEffect(() => {
    const refresh = (): void => setRound((old) => old + 1);
    listeners.add(refresh);
    refresh(); // pages above it were first
    return () => void listeners.delete(refresh);
  }, []);
  return (
    <div class="late-notices" role="status">
      {[...failures.keys()].map((detail) => (
        <p key={detail} class="notice is-warning">
          Not up to date: {detail}
        </p>
      ))}
    </div>
  );
}
