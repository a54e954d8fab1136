// Owns time: what a client asks of its clock, so that tests and conformance runs bring their own.

export interface Timers {
  now(): number;
  setTimeout(action: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemTimers = (): Timers => ({
  now: () => Date.now(),
  setTimeout: (action, delayMs) => setTimeout(action, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
});

/** Hosts take longer delays for none at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** One appointment at a time: a new one takes the place of the old one. */
export class Alarm {
  #timer: unknown = null;

  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  set(delayMs: number, action: () => void): void {
    this.clear();
    this.#timer = this.#timers.setTimeout(
      () => {
        this.#timer = null;
        action();
      },
      delayMs < LONGEST_MS ? delayMs : LONGEST_MS,
    );
  }

  get isSet(): boolean {
    return this.#timer !== null;
  }

  clear(): void {
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
