// A headless Chromium of a spec's own, and pages that notice what goes wrong in them.
import assert from "node:assert/strict";
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import type { Person, Stack } from "./stack";
import { DEADLINE_MS, expectHidden } from "./wait";

// What the browser itself says of a server that is away; the page is tested for what it makes of it.
const EXPECTED = /Failed to load resource|WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED/;

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env["PF_CHROMIUM"] ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"], timeout: DEADLINE_MS });
}

export class Visitor {
  readonly complaints: string[] = [];

  private constructor(readonly page: Page, readonly context: BrowserContext, readonly stack: Stack) {
    page.on("pageerror", (error) => this.complaints.push(`error: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** A fresh profile at the dashboard's first page. */
  static async open(browser: Browser, stack: Stack, options: BrowserContextOptions = {}, hash = ""): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US", ...options });
    context.setDefaultTimeout(DEADLINE_MS);
    const visitor = new Visitor(await context.newPage(), context, stack);
    await visitor.go(hash);
    return visitor;
  }

  async go(hash: string): Promise<void> {
    await this.page.goto(`${this.stack.url}/${hash}`);
  }

  async signIn(person: Pick<Person, "email" | "password">): Promise<void> {
    await this.page.getByLabel(/^e-?mail/i).fill(person.email);
    await this.page.getByLabel(/^password/i).fill(person.password);
    await this.page.getByRole("button", { name: /^sign in$/i }).click();
    await expectHidden(this.page.getByLabel(/^password/i));
  }

  /** Closes it; a page must have had nothing to complain of: no exception, no error, nothing that the policy stopped. */
  async leave(): Promise<void> {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
  }
}
