// Owns what the host says of the page or app: seen or not, on the network or not.

/** foreground and background: seen or not; suspend: the host is about to freeze or end the page. */
export type LifecycleSignal = "foreground" | "background" | "suspend" | "online" | "offline";

export interface Lifecycle {
  /** Tells each change, and what is so now where it is not the usual; the answer stops it. */
  watch(tell: (signal: LifecycleSignal) => void): () => void;
}

interface Target {
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

/** Of a page in a browser; null where there is no page. */
export const browserLifecycle = (): Lifecycle | null => {
  if (typeof document === "undefined" || !(document as Target).addEventListener) return null;
  return {
    watch(tell) {
      const visibility = (): void => tell(document.visibilityState === "hidden" ? "background" : "foreground");
      const listeners: [Target, string, () => void][] = [
        [document, "visibilitychange", visibility],
        [window, "pagehide", () => tell("suspend")],
        [window, "pageshow", visibility],
        [window, "online", () => tell("online")],
        [window, "offline", () => tell("offline")],
      ];
      for (const [target, name, listener] of listeners) target.addEventListener?.(name, listener);
      if (document.visibilityState === "hidden") tell("background");
      if (navigator.onLine === false) tell("offline");
      return () => {
        for (const [target, name, listener] of listeners) target.removeEventListener?.(name, listener);
      };
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
    if (appState.currentState === "background") tell("background");
    const listening = appState.addEventListener("change", changed);
    return () => listening.remove();
  },
});
