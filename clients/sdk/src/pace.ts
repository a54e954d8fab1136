// Owns how fast messages may go to the server: a bucket of tokens, with the burst that the
// server grants, so that a thousand subscriptions after a reconnect are not refused.
import { Alarm, type Timers } from "./timers.js";

export class Pace {
  readonly #alarm: Alarm;
  #burst = 1;
  #perSecond = 1;
  #tokens = 1;
  #at = 0;
  #resume: () => void = () => {};

  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#alarm = new Alarm(timers);
  }

  /** A connection begins, with a full bucket. `resume` is called when there is room again. */
  start(burst: number, perSecond: number, resume: () => void): void {
    this.#burst = this.#tokens = Math.max(1, burst);
    this.#perSecond = Math.max(0.1, perSecond);
    this.#at = this.#timers.now();
    this.#resume = resume;
  }

  stop(): void {
    this.#alarm.clear();
  }

  /** Whether a message may go now; if not, `resume` comes later. */
  hasRoom(): boolean {
    const now = this.#timers.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#tokens >= 1) return true;
    if (!this.#alarm.isSet) this.#alarm.set(Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond), this.#resume);
    return false;
  }

  take(): void {
    this.#tokens -= 1;
  }
}
