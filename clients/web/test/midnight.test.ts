import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, eachMidnight, untilMidnightMs } from "../src/midnight";

test("a day ends at its local midnight, also one of 23 or 25 hours", () => {
  const at = (year: number, month: number, day: number): number => new Date(year, month - 1, day).getTime();
  for (const [month, day] of [[1, 5], [3, 29], [10, 25], [12, 31]] as const) {
    const [begins, ends] = [at(2026, month, day), at(2026, month, day + 1)];
    assert.equal(untilMidnightMs(begins), ends - begins);
    assert.equal(untilMidnightMs(ends - 1), 1);
  }
});

test("it is called on each new day, also when the computer slept over midnight", () => {
  let now = new Date(2026, 0, 5, 22, 30).getTime();
  let next: { readonly at: number; readonly run: () => void } | null = null;
  const clock: Clock = {
    now: () => now,
    after: (ms, run) => {
      next = { at: now + ms, run };
      return () => (next = null);
    },
  };
  const wake = (at?: Date): void => {
    const due = next;
    next = null;
    now = at?.getTime() ?? due?.at ?? NaN;
    due?.run();
  };
  let days = 0;
  const end = eachMidnight(() => (days += 1), clock);
  wake();
  assert.deepEqual([new Date(now).getHours(), days], [23, 0]);
  wake();
  assert.deepEqual([new Date(now).getHours(), days], [0, 1]);
  wake(new Date(2026, 0, 9, 12, 0));
  assert.equal(days, 2);
  end();
  assert.equal(next, null);
});
