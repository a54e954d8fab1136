// What comes often, shown now and then: the first at once, then the newest of each span. Pure but for the clock.

export interface Paced<T> {
  readonly show: (value: T) => void;
  readonly end: () => void;
}

type Schedule = (run: () => void, afterMs: number) => () => void;

const byTimeout: Schedule = (run, afterMs) => {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
};

export function paceOf<T>(show: (value: T) => void, everyMs: number, schedule: Schedule = byTimeout): Paced<T> {
  let cancel: (() => void) | null = null;
  let waiting: { readonly value: T } | null = null;
  const rest = (): void => {
    cancel = schedule(() => {
      cancel = null;
      if (!waiting) return;
      const { value } = waiting;
      waiting = null;
      rest();
      show(value);
    }, everyMs);
  };
  return {
    show: (value) => {
      if (cancel) {
        waiting = { value };
        return;
      }
      rest();
      show(value);
    },
    end: () => cancel?.(),
  };
}
