import assert from "node:assert/strict";
import { test } from "node:test";
import { axisAmount, axisPercent } from "../src/charts/axis";
import { extremesOf, indexAfterKey, pointAt, withLive, type Point } from "../src/charts/points";
import { askFrom, daysFrom, monthsBefore, parseRange, rangeStart, RANGES } from "../src/charts/ranges";
import { paceOf } from "../src/charts/pace";
import { readPages } from "../src/list_pages";

const point = (date: string, text: string): Point => ({ date, value: { text } });

test("ranges begin where people expect", () => {
  assert.equal(rangeStart("1W", "2026-03-03"), "2026-02-24");
  assert.equal(rangeStart("1M", "2026-03-31"), "2026-02-28");
  assert.equal(rangeStart("1M", "2024-03-31"), "2024-02-29");
  assert.equal(rangeStart("3M", "2026-01-15"), "2025-10-15");
  assert.equal(rangeStart("1Y", "2024-02-29"), "2023-02-28");
  assert.equal(rangeStart("YTD", "2026-01-01"), "2025-12-31");
  assert.equal(rangeStart("ALL", "2026-01-01"), undefined);
  assert.equal(monthsBefore("2026-01-31", 11), "2025-02-28");
  assert.equal(monthsBefore("2026-01-31", 25), "2023-12-31");
});

test("a range of a URL is one there is, in any case", () => {
  for (const range of RANGES) assert.equal(parseRange(range.toLowerCase()), range);
  assert.equal(parseRange("2W"), "1Y");
  assert.equal(parseRange(null, "3M"), "3M");
});

test("a range begins with the close before it, where nothing was priced on its first day", () => {
  const days = ["2026-01-02", "2026-01-05", "2026-01-06"].map((date) => ({ date }));
  assert.deepEqual(
    daysFrom(days, "2026-01-04").map((day) => day.date),
    ["2026-01-02", "2026-01-05", "2026-01-06"],
  );
  assert.deepEqual(
    daysFrom(days, "2026-01-05").map((day) => day.date),
    ["2026-01-05", "2026-01-06"],
  );
  assert.deepEqual(
    daysFrom(days, "2026-02-01").map((day) => day.date),
    ["2026-01-06"],
  );
  assert.equal(daysFrom(days, "2025-12-31").length, 3);
  assert.equal(daysFrom(days, undefined).length, 3);
  assert.equal(askFrom("2026-01-05"), "2025-12-26");
  assert.equal(askFrom(undefined), undefined);
});

test("a live value moves the last point, or begins a day, and never goes back", () => {
  const points = [point("2026-01-05", "1"), point("2026-01-06", "2")];
  assert.deepEqual(
    withLive(points, point("2026-01-06", "3")).map((one) => one.value.text),
    ["1", "3"],
  );
  assert.deepEqual(
    withLive(points, point("2026-01-07", "3")).map((one) => one.value.text),
    ["1", "2", "3"],
  );
  assert.equal(withLive(points, point("2026-01-05", "3")), points);
  assert.equal(withLive(points, null), points);
  assert.equal(withLive([], point("2026-01-05", "3")).length, 1);
  assert.equal(points[1]?.value.text, "2");
});

test("the value of a day without one is that of the day before", () => {
  const points = [point("2026-01-02", "1"), point("2026-01-05", "2"), point("2026-01-06", "3")];
  assert.equal(pointAt(points, "2026-01-01"), undefined);
  assert.equal(pointAt(points, "2026-01-04")?.value.text, "1");
  assert.equal(pointAt(points, "2026-01-05")?.value.text, "2");
  assert.equal(pointAt(points, "2027-01-01")?.value.text, "3");
  assert.equal(pointAt([], "2027-01-01"), undefined);
});

test("the lowest and the highest are of what is drawn", () => {
  const points = [{ ...point("2026-01-02", "400"), drawn: 100 }, point("2026-01-05", "90"), point("2026-01-06", "120")];
  const extremes = extremesOf(points);
  assert.equal(extremes?.low.date, "2026-01-05");
  assert.equal(extremes?.high.date, "2026-01-06");
  assert.equal(extremesOf([]), null);
});

test("keys go along the points and stay on them", () => {
  assert.equal(indexAfterKey("ArrowLeft", 0, 5), 0);
  assert.equal(indexAfterKey("ArrowRight", 3, 5), 4);
  assert.equal(indexAfterKey("ArrowRight", 4, 5), 4);
  assert.equal(indexAfterKey("PageDown", 90, 100), 80);
  assert.equal(indexAfterKey("Home", 90, 100), 0);
  assert.equal(indexAfterKey("End", 0, 100), 99);
  assert.equal(indexAfterKey("a", 1, 5), null);
});

test("axes are written in few digits", () => {
  assert.equal(axisAmount(58750.4, "en-US"), "58,750");
  assert.equal(axisAmount(12.345, "en-US"), "12.35");
  assert.equal(axisAmount(0.0123456, "en-US"), "0.012346");
  assert.equal(axisAmount(0, "en-US"), "0");
  assert.equal(axisAmount(-58750, "de-DE"), "-58.750");
  assert.match(axisAmount(1.5e12, "en-US"), /^1\.5T$/);
  assert.equal(axisPercent(0.051, "en-US"), "+5.1%");
  assert.equal(axisPercent(-0.254, "en-US"), "-25%");
});

test("pages are read until the last one, or as many as are wanted", async () => {
  const asked: (string | undefined)[] = [];
  const read = (cursor: string | undefined): Promise<{ data: { items: number[]; next_cursor?: string } }> => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    return Promise.resolve({ data: { items: [at], ...(at < 3 ? { next_cursor: String(at + 1) } : {}) } });
  };
  assert.deepEqual(await readPages(read, 9), { items: [0, 1, 2, 3], isWhole: true });
  assert.deepEqual(asked, [undefined, "1", "2", "3"]);
  assert.deepEqual(await readPages(read, 2), { items: [0, 1], isWhole: false });
});

test("what comes often is shown at once, then the newest now and then", () => {
  const shown: number[] = [];
  let due: (() => void) | null = null;
  const paced = paceOf(
    (value: number) => shown.push(value),
    250,
    (run, afterMs) => {
      assert.equal(afterMs, 250);
      due = run;
      return () => (due = null);
    },
  );
  const pass = (): void => {
    const run = due;
    due = null;
    run?.();
  };
  for (const value of [1, 2, 3]) paced.show(value);
  assert.deepEqual(shown, [1]);
  pass();
  assert.deepEqual(shown, [1, 3]);
  paced.show(4);
  assert.deepEqual(shown, [1, 3]); // not sooner for having waited
  pass();
  pass(); // nothing came
  paced.show(5);
  assert.deepEqual(shown, [1, 3, 4, 5]);
  paced.show(6);
  paced.end();
  pass();
  assert.deepEqual(shown, [1, 3, 4, 5]);
});
