// Pictures of pages: into build/e2e, and with PF_SHOTS into that directory too (`./dev shots`: docs/images).
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const DIRECTORY = join(process.env["PF_ROOT"] ?? ".", "build/e2e");

/** name: without ending. isForDocs: one of those that documents show. */
export async function shoot(page: Page, name: string, isForDocs = false): Promise<void> {
  mkdirSync(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, `${name}.png`);
  await page.evaluate("document.fonts.ready.then(() => null)");
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const shots = process.env["PF_SHOTS"];
  if (shots && isForDocs) copyFileSync(path, join(shots, `${name}.png`));
}
