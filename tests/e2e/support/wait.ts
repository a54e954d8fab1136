// Waiting for what must become true, with a deadline. No test sleeps to let something happen.
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

// Generous: sanitizers on a shared machine are slow. It only decides how long a broken build takes to say so.
export const DEADLINE_MS = 1000 * Number(process.env["PF_TEST_DEADLINE_S"] ?? 30);
const PAUSE_MS = 40;
const READ_MS = 5000; // one reading of what is there already, of a browser that stands still for a while

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls `attempt` until it does not throw, and returns its value; its last failure is the test's. */
export async function eventually<T>(attempt: () => Promise<T> | T, deadlineMs = DEADLINE_MS): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
    await pause(PAUSE_MS);
  }
}

/** A text as people read it: one blank between words, a plain minus. */
export function plain(text: string | null): string {
  return (text ?? "").replace(/[\s\u00a0\u2009\u202f]+/g, " ").replace(/\u2212/g, "-").trim();
}

function assertText(found: string, wanted: string | RegExp, what: string): void {
  if (typeof wanted === "string") assert.equal(found, wanted, what);
  else assert.match(found, wanted, what);
}

export async function expectText(locator: Locator, wanted: string | RegExp, deadlineMs = DEADLINE_MS): Promise<void> {
  await eventually(async () => {
    const found = plain(await locator.textContent({ timeout: READ_MS }));
    assertText(found, wanted, `${locator}: ${JSON.stringify(found)}, not ${String(wanted)}`);
  }, deadlineMs);
}

export async function expectCount(locator: Locator, wanted: number, deadlineMs = DEADLINE_MS): Promise<void> {
  await eventually(async () => {
    const found = await locator.count();
    assert.equal(found, wanted, `${locator}: ${found} of them, not ${wanted}`);
  }, deadlineMs);
}

export async function expectVisible(locator: Locator, deadlineMs = DEADLINE_MS): Promise<void> {
  await eventually(async () => assert.ok(await locator.isVisible(), `${locator} is not to be seen`), deadlineMs);
}

export async function expectHidden(locator: Locator, deadlineMs = DEADLINE_MS): Promise<void> {
  await eventually(async () => assert.ok(!(await locator.isVisible()), `${locator} is still to be seen`), deadlineMs);
}

/** Until what has been done to the page is drawn: a key in the frame that gave an element the focus scrolls another one. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))");
}
