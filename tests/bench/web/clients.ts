// The bench of what people look at; a line of JSON for each result. Run by clients_runs.py, which says how in PF_BENCH.
//
//   delta     a frame of 500 rows: parsed exactly and merged into 1,000; beside JSON.parse
//   load      cold loads: bytes of the files, first paint, and until a portfolio's numbers are there
//   ticking   1,000 positions while prices change: the main thread's busy share and frames a second, beside naive.html
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession, Page } from "playwright-core";
import { parseExact } from "../../../clients/sdk/src/exact_json";
import { mergePatch } from "../../../clients/sdk/src/merge_patch";
import { Visitor, openBrowser } from "../../e2e/support/browser";
import { expectTotal, positionRow } from "../../e2e/support/portfolio_page";
import { type Person, Stack } from "../../e2e/support/stack";
import { eventually, plain } from "../../e2e/support/wait";

interface Plan {
  rounds: number;
  seconds: number;
  positions: number;
  changes: number; // a second
  loads: number;
}

const plan = JSON.parse(process.env["PF_BENCH"] ?? "{}") as Plan;
const SYMBOLS = Array.from({ length: plan.positions }, (_, index) => `S${String(index).padStart(4, "0")}`);
const BATCHES_PER_SECOND = 50;
const DELTA_ROWS = 500;
const REPEATS = 300;
const BEHIND_MOST_MS = 20_000;

const say = (line: object): void => console.log(JSON.stringify(line));
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

// ---- the SDK by itself ----

function measureSize(): void {
  const bytes = readFileSync(join(process.env["PF_ROOT"] ?? ".", "clients/sdk/dist/esm/index.js"));
  say({ line: "sdk", bytes: bytes.length, gzip_bytes: gzipSync(bytes, { level: 9 }).length });
}

function rowText(symbol: string, price: number): string {
  const gain = (price * 12.5 - 1000).toFixed(4);
  return `"${symbol}":{"current_price":${price.toFixed(2)},"current_value":${(price * 12.5).toFixed(4)},"gain_loss":${gain},` +
    `"gain_loss_percent":12.3456,"day_change":-1.25,"day_change_percent":-0.4321,"price_as_of":"2026-11-21T12:00:00.123Z"}`;
}

function frameText(count: number, base: number): string {
  const rows = SYMBOLS.slice(0, count).map((symbol, index) => rowText(symbol, base + index / 7));
  return `{"type":"delta","portfolio_id":"5e5e0000-0000-4000-8000-000000000003","base":"cc4a9680b1d925fb-64-1",` +
    `"cursor":"cc4a9680b1d925fb-70-1","as_of":"2026-11-21T12:00:00.123Z","patch":{"positions":{${rows.join(",")}},` +
    `"totals":{"total_value":59422.58592808,"gain_loss":36893.77565801,"day_change":-75.30214599}}}`;
}

interface Frame {
  patch: Parameters<typeof mergePatch>[1];
}

function medianMicroseconds(run: (turn: number) => void): number {
  const times: number[] = [];
  for (let turn = 0; turn < REPEATS; turn++) {
    const started = process.hrtime.bigint();
    run(turn);
    times.push(Number(process.hrtime.bigint() - started) / 1000);
  }
  return median(times);
}

function measureDelta(): void {
  let state = (parseExact(frameText(plan.positions, 100)) as unknown as Frame).patch;
  const texts = [frameText(DELTA_ROWS, 200), frameText(DELTA_ROWS, 201)];
  const frames = texts.map((text) => (parseExact(text) as unknown as Frame).patch);
  const parse = medianMicroseconds((turn) => parseExact(texts[turn % 2] ?? ""));
  const merge = medianMicroseconds((turn) => {
    state = mergePatch(state, frames[turn % 2] ?? null);
  });
  const plainly = medianMicroseconds((turn) => JSON.parse(texts[turn % 2] ?? ""));
  say({ line: "delta", rows: DELTA_ROWS, bytes: texts[0]?.length, parse_us: parse, merge_us: merge, json_parse_us: plainly });
}

// ---- cold loads ----

interface Loaded {
  bytes: number;
  paint: number;
  shown: number;
}

/** Loads again without a cache. Counts what the network brought of files, not of the API. */
async function loadAgain(page: Page, session: CDPSession, selector: string): Promise<Loaded> {
  const files = new Set<string>();
  let bytes = 0;
  const onResponse = (event: { requestId: string; type: string }): void => {
    if (!["Fetch", "XHR", "WebSocket"].includes(event.type)) files.add(event.requestId);
  };
  const onFinished = (event: { requestId: string; encodedDataLength: number }): void => {
    if (files.has(event.requestId)) bytes += event.encodedDataLength;
  };
  session.on("Network.responseReceived", onResponse);
  session.on("Network.loadingFinished", onFinished);
  await page.reload({ waitUntil: "commit" });
  const shown = (await page.evaluate(`new Promise((done) => {
    const look = () => document.querySelector(${JSON.stringify(selector)})?.checkVisibility() ? done(performance.now()) : requestAnimationFrame(look);
    look();
  })`)) as number;
  const paint = (await eventually(async () => {
    const found = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null");
    assert.ok(found !== null);
    return found;
  })) as number;
  await page.waitForLoadState("load");
  session.off("Network.responseReceived", onResponse);
  session.off("Network.loadingFinished", onFinished);
  return { bytes, paint, shown };
}

async function measureLoads(visitor: Visitor, what: string, selector: string): Promise<void> {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const loads: Loaded[] = [];
  for (let count = 0; count < plan.loads; count++) loads.push(await loadAgain(visitor.page, session, selector));
  const of = (name: keyof Loaded): number => median(loads.map((load) => load[name]));
  say({ line: "load", what, loads: plan.loads, bytes: of("bytes"), first_paint_ms: of("paint"), shown_ms: of("shown") });
  await session.detach();
}

// ---- while prices change ----

const COUNT_FRAMES = `
  window.benchFrames = [];
  const count = (time) => { window.benchFrames.push(time); window.benchRequest = requestAnimationFrame(count); };
  window.benchRequest = requestAnimationFrame(count);
`;

async function taskSeconds(session: CDPSession): Promise<{ busy: number; at: number }> {
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { busy: of("TaskDuration"), at: of("Timestamp") };
}

async function watchMainThread(page: Page): Promise<{ busy: number; frames_per_s: number; slowest_frame_ms: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" }); // computing, not waiting for a core
  await page.evaluate(COUNT_FRAMES);
  const before = await taskSeconds(session);
  await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1000));
  const after = await taskSeconds(session);
  const frames = (await page.evaluate("cancelAnimationFrame(window.benchRequest), window.benchFrames")) as number[];
  await session.detach();
  const gaps = frames.slice(1).map((time, index) => time - (frames[index] ?? time));
  const span = (frames.at(-1) ?? NaN) - (frames[0] ?? NaN);
  return {
    busy: (after.busy - before.busy) / (after.at - before.at),
    frames_per_s: (gaps.length / span) * 1000,
    slowest_frame_ms: Math.max(...gaps),
  };
}

/** How long after the last change the page shows it: one that cannot follow has a queue to work off. Of the dashboard
 * it is a failure when it never does; of the naive page, which may have been disconnected, a result. */
async function behind(subject: Subject, page: Page, wanted: number | undefined): Promise<number> {
  const started = Date.now();
  const look = async (): Promise<void> => {
    const shown = await subject.priceOf(page, "S0000");
    assert.equal(Number(plain(shown).replaceAll(",", "")), wanted);
  };
  await eventually(look, BEHIND_MOST_MS).catch((error: unknown) => {
    if (subject.name === "dashboard") throw error;
  });
  return Date.now() - started;
}

interface Subject {
  name: string;
  hash: string;
  path: string;
  priceOf: (page: Page, symbol: string) => Promise<string | null>;
}

async function measureTicking(browser: Browser, stack: Stack, ada: Person, subject: Subject, round: number): Promise<void> {
  const visitor = await Visitor.open(browser, stack, {}, `${subject.path}${subject.hash}`);
  if (subject.path === "") await visitor.signIn(ada);
  await eventually(async () => assert.ok(await subject.priceOf(visitor.page, "S0000")));
  await stack.ask("ticks", { symbols: SYMBOLS, per_second: plan.changes, batches_per_second: BATCHES_PER_SECOND });
  const before = Date.now();
  const result = await watchMainThread(visitor.page);
  const { published, prices } = (await stack.ask("still")) as { published: number; prices: Record<string, number> };
  const seconds = (Date.now() - before) / 1000;
  const behindMs = await behind(subject, visitor.page, prices["S0000"]);
  say({ line: "ticking", subject: subject.name, round, changes_per_s: published / seconds, behind_ms: behindMs, ...result });
  await visitor.leave();
}

async function measureInBrowser(stack: Stack, browser: Browser): Promise<void> {
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Everything");
  const csv = SYMBOLS.map((symbol, index) => `${symbol},${index % 90 + 0.25},${100 + (index % 200)},2024-01-02`).join("\n");
  await stack.ask("import", { email: ada.email, portfolio_id: id, csv: `ticker_symbol,quantity,purchase_price,purchase_date\n${csv}\n` });
  await stack.ask("publish", { quotes: SYMBOLS.map((symbol) => ({ symbol, price: 150, previous_close: 149 })) });
  const visitor = await Visitor.open(browser, stack, {}, `#/portfolios/${id}`);
  await measureLoads(visitor, "sign-in", "input[type=password]");
  await visitor.signIn(ada);
  await expectTotal(visitor.page, "total_value", /\d/);
  await measureLoads(visitor, `portfolio of ${plan.positions} positions`, '[data-total="total_value"]');
  await visitor.leave();
  const { token } = ada;
  const dashboard: Subject = {
    name: "dashboard",
    path: "",
    hash: `#/portfolios/${id}`,
    priceOf: (page, symbol) => positionRow(page, symbol).locator('[data-column="current_price"]').textContent({ timeout: 1000 }),
  };
  const naive: Subject = {
    name: "naive",
    path: "naive.html",
    hash: `#${id},${token}`,
    priceOf: (page, symbol) => page.evaluate(
      `[...document.querySelectorAll("th")].find((head) => head.textContent === "${symbol}")?.parentElement.children[2].textContent ?? null`,
    ),
  };
  for (let round = 1; round <= plan.rounds; round++) {
    for (const subject of round % 2 ? [dashboard, naive] : [naive, dashboard]) await measureTicking(browser, stack, ada, subject, round);
  }
}

async function main(): Promise<void> {
  measureSize();
  measureDelta();
  const stack = await Stack.start({ ACCESS_TOKEN_S: 3600 });
  const browser = await openBrowser();
  try {
    await measureInBrowser(stack, browser);
  } finally {
    await browser.close();
    await stack.end();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
