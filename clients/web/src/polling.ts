// Asking again while somebody looks: not in a tab that is hidden, and at once when it is shown again.
import { useEffect } from "preact/hooks";

export function usePolling(ask: () => void, everyMs: number): void {
  useEffect(() => {
    let askedAt = Date.now();
    const askNow = (): void => {
      if (document.hidden) return;
      askedAt = Date.now();
      ask();
    };
    const onShown = (): void => {
      if (Date.now() - askedAt >= everyMs) askNow();
    };
    const timer = setInterval(askNow, everyMs);
    document.addEventListener("visibilitychange", onShown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onShown);
    };
  }, [ask, everyMs]);
}
