// Owns how fast messages may go to the server: a bucket of tokens, with the burst that the
// server grants, so that a thousand subscriptions after a reconnect are not refused.
import { Alarm, type Timers } from "./timers.js";

export interface Pace {
  stop(): void;
  /** Whether a message may go now; if not, `resume` comes later. */
  hasRoom(): boolean;
  take(): void;
}

/** Of a connection that begins, with a full bucket. `resume` is called when there is room again. */
export const paceOf = (timers: Timers, burst: number, perSecond: number, resume: () => void): Pace => {
  const alarm = new Alarm(timers);
  const full = Math.max(1, burst);
  const perMs = Math.max(0.1, perSecond) / 1000;
  let tokens = full;
  let at = timers.now();
  return {
    stop: () => alarm.clear(),
    hasRoom() {
      const now = timers.now();
      tokens = Math.min(full, tokens + Math.max(0, now - at) * perMs);
      at = now;
      if (tokens >= 1) return true;
      if (!alarm.isSet) alarm.set(Math.ceil((1 - tokens) / perMs), resume);
      return false;
    },
    take: () => void (tokens -= 1),
  };
};
