// When another day begins where the person is: what is written as a time of day alone is of yesterday then.

const LONGEST_MS = 3_600_000; // a clock that is put, or a computer that slept, is noticed within the hour

export interface Clock {
  now(): number;
  after(ms: number, run: () => void): () => void; // the answer cancels it
}

const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Calls back on each new day; the answer ends it. */
export function eachMidnight(onDay: () => void, clock: Clock = systemClock): () => void {
  const dayNow = (): string => new Date(clock.now()).toDateString();
  let day = dayNow();
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(Math.min(LONGEST_MS, untilMidnightMs(clock.now())), look);
  };
  const look = (): void => {
    const today = dayNow();
    if (today !== day) {
      day = today;
      onDay();
    }
    wait();
  };
  wait();
  return () => cancel();
}

/** Of the local day; of one with a change of clocks too. */
export function untilMidnightMs(now: number): number {
  const midnight = new Date(now);
  midnight.setHours(24, 0, 0, 0);
  return midnight.getTime() - now;
}
