// What axe finds in a page. Run in the page's own world over the debugging protocol, so its policy does not matter.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

interface Violation {
  id: string;
  impact?: string | null;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

const SERIOUS = new Set(["serious", "critical"]);
const source = readFileSync(join(process.env["PF_ROOT"] ?? ".", "clients/node_modules/axe-core/axe.min.js"), "utf8");

/** Nothing serious or critical by WCAG 2.2 AA and axe's best practices. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(source);
  const violations = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((results) => results.violations)",
  )) as Violation[];
  const found = violations.filter((violation) => SERIOUS.has(violation.impact ?? ""));
  const lines = found.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 5).map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 300)}\n  ${failureSummary ?? ""}`),
  );
  assert.equal(lines.length, 0, `${what}\n${lines.join("\n")}`);
}
