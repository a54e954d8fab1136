// Owns what the host says of the page or app: seen or not, on the network or not.

/** foreground and background: seen or not; suspend: the host is about to freeze or end the page. */
export type LifecycleSignal = "foreground" | "background" | "suspend" | "online" | "offline";

export interface Lifecycle {
  /** Tells what is so now, and each change; the answer stops it. */
  watch(tell: (signal: LifecycleSignal) => void): () => void;
}

/** Of a page in a browser; null where there is no page. */
export const browserLifecycle = (): Lifecycle | null => {
  if (typeof document === "undefined") return null;
  return {
    watch(tell) {
      const stop = new AbortController();
      const options = { signal: stop.signal };
      const visibility = (): void => tell(document.hidden ? "background" : "foreground");
      document.addEventListener("visibilitychange", visibility, options);
      addEventListener("pageshow", visibility, options);
      addEventListener("pagehide", () => tell("suspend"), options);
      for (const signal of ["online", "offline"] as const) addEventListener(signal, () => tell(signal), options);
      visibility();
      if (navigator.onLine === false) tell("offline");
      return () => stop.abort();
    },
  };
};

/** React Native's AppState, as far as it is needed here. */
export interface AppStateLike {
  readonly currentState: string | null;
  addEventListener(name: "change", listener: (state: string) => void): { remove(): void };
}

/** Of a React Native app: `appStateLifecycle(AppState)`. */
export const appStateLifecycle = (appState: AppStateLike): Lifecycle => ({
  watch(tell) {
    // "inactive" (a call, the app switcher) is short, and the app is still seen.
    const changed = (state: string | null): void => {
      if (state === "active") tell("foreground");
      else if (state === "background") tell("background");
    };
    changed(appState.currentState);
    const listening = appState.addEventListener("change", changed);
    return () => listening.remove();
  },
});
