// The page of a portfolio's positions as people find their way in it: rows by their symbol, cells by their column.
import type { Locator, Page } from "playwright-core";
import { DEADLINE_MS, expectText } from "./wait";

export function positionRow(page: Page, symbol: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name: symbol, exact: true }) });
}

/** column: the member of a position that it shows. */
export async function expectCell(page: Page, symbol: string, column: string, wanted: string | RegExp): Promise<void> {
  await expectText(positionRow(page, symbol).locator(`[data-column="${column}"]`), wanted);
}

export async function expectTotal(page: Page, name: string, wanted: string | RegExp): Promise<void> {
  await expectText(page.locator(`[data-total="${name}"]`), wanted);
}

/** How the connection is, by the header. A client whose server was away for long tries again within half a minute. */
export async function expectMark(page: Page, label: string): Promise<void> {
  await expectText(page.locator(".connection-label"), label, DEADLINE_MS + 30_000);
}
