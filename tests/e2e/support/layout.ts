// Where things stand on the screen.
import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";

export function phone(width: number, height: number): BrowserContextOptions {
  return { viewport: { width, height }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
}

/** Nothing makes the page wider than the screen. A phone's innerWidth would grow with what is too wide. */
export async function expectNothingBeyondTheEdge(page: Page, what: string): Promise<void> {
  const [content, screen] = (await page.evaluate("[document.documentElement.scrollWidth, screen.width]")) as [number, number];
  assert.ok(content <= screen, `${what}: ${content} px on a screen of ${screen}`);
}

/** No total and no table's number goes beyond what it stands in, to where the next one is. */
export async function expectNumbersInPlace(page: Page, what: string): Promise<void> {
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll("dd .number, .grid tbody td, td.is-number")].flatMap((number) => {
      const room = number.closest("dd, td")?.getBoundingClientRect();
      const text = document.createRange();
      text.selectNodeContents(number);
      const { left, right, width } = text.getBoundingClientRect();
      return room && width > 0 && (left < room.left - 1 || right > room.right + 1) ? [number.textContent ?? ""] : [];
    }),
  );
  assert.deepEqual(beyond, [], what);
}
