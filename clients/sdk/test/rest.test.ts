// REST: paths, exact bodies both ways, problems, tokens, what is repeated and what must not be.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiProblem, Decimal, RestClient, type RestClientOptions } from "../src/index.js";
import { FakeClock, settled } from "./support.js";

interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

type Reply = { status?: number; body?: string; headers?: Record<string, string> } | Error;

const ID = "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11";
const PROBLEM = { "content-type": "application/problem+json" };

/** A client of a server that answers one reply after the other, the last one again and again. */
const clientOf = (replies: Reply[], options: Partial<RestClientOptions> = {}) => {
  const asked: Asked[] = [];
  const clock = new FakeClock();
  const answer = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({
      url: String(url),
      method: init.method ?? "",
      headers: init.headers as Record<string, string>,
      body: init.body as string | undefined,
    });
    const reply = replies[Math.min(asked.length, replies.length) - 1] ?? {};
    if (reply instanceof Error) throw reply;
    const headers = { "content-type": "application/json", ...reply.headers };
    return new Response(reply.body ?? null, { status: reply.status ?? 200, headers });
  };
  const api = new RestClient({
    url: "https://host/prefix/",
    fetch: answer as typeof fetch,
    timers: clock,
    random: () => 0,
    ...options,
  });
  return { api, asked, clock };
};

/** The answer, while the clock goes on for waits. */
const withTime = async <T>(clock: FakeClock, promise: Promise<T>): Promise<T> => {
  let isDone = false;
  const done = promise.finally(() => (isDone = true));
  done.catch(() => undefined);
  for (let i = 0; i < 20 && !isDone; i += 1) {
    await settled();
    await clock.advance(5000);
  }
  return done;
};

test("a path is filled in below the base URL, and a query is written as text", async () => {
  const { api, asked } = clientOf([{ body: '{"items":[]}' }]);
  await api.get("/portfolios/{portfolio_id}", { params: { portfolio_id: "a/b" } });
  await api.get("/portfolios", { query: { limit: 5 } });
  assert.deepEqual(
    asked.map(({ method, url }) => `${method} ${url}`),
    ["GET https://host/prefix/portfolios/a%2Fb", "GET https://host/prefix/portfolios?limit=5"],
  );
});

test("answers have exact decimals, and what the headers say", async () => {
  const { api } = clientOf([
    { body: '{"cash_balance":90000000.12345678,"version":7}', headers: { etag: '"x"', "x-request-id": "r1" } },
  ]);
  const { data, etag, requestId, status } = await api.get("/portfolios/{portfolio_id}", {
    params: { portfolio_id: ID },
  });
  assert.equal(String(data.cash_balance), "90000000.12345678");
  assert.equal(data.version, 7);
  assert.deepEqual([etag, requestId, status], ['"x"', "r1", 200]);
});

test("a Decimal in a body is the number that it is, with all digits", async () => {
  const { api, asked } = clientOf([{ status: 201, body: "{}", headers: { location: "/investments/x" } }]);
  const quantity = Decimal.from("12345678901.12345678");
  const body = {
    portfolio_id: ID,
    ticker_symbol: "AAPL",
    quantity,
    purchase_price: "1.50",
    purchase_date: "2026-03-02",
  };
  const { location } = await api.post("/investments", { body });
  assert.equal(
    asked[0]?.body,
    `{"portfolio_id":"${ID}","ticker_symbol":"AAPL","quantity":12345678901.12345678,"purchase_price":"1.50","purchase_date":"2026-03-02"}`,
  );
  assert.equal(asked[0]?.headers["Content-Type"], "application/json");
  assert.equal(location, "/investments/x");
});

test("a text is sent as CSV, as it is", async () => {
  const { api, asked } = clientOf([{ body: "{}" }]);
  await api.post("/portfolios/{portfolio_id}/investments/import", { params: { portfolio_id: ID }, body: "a,b\n1,2\n" });
  assert.equal(asked[0]?.body, "a,b\n1,2\n");
  assert.equal(asked[0]?.headers["Content-Type"], "text/csv");
});

test("a problem names its fields", async () => {
  const body =
    '{"type":"urn:x","title":"t","status":422,"detail":"quantity: must be above 0","code":"invalid_field","request_id":"r","errors":[{"field":"quantity","code":"invalid_field","detail":"must be above 0"}]}';
  const { api } = clientOf([{ status: 422, body, headers: { ...PROBLEM, "x-request-id": "r" } }]);
  await assert.rejects(api.get("/portfolios"), (problem) => {
    assert.ok(problem instanceof ApiProblem && problem instanceof Error);
    assert.deepEqual(
      [problem.status, problem.code, problem.detail, problem.requestId],
      [422, "invalid_field", "quantity: must be above 0", "r"],
    );
    assert.deepEqual({ ...problem.errors[0] }, { field: "quantity", code: "invalid_field", detail: "must be above 0" });
    return true;
  });
});

test("what a proxy says is a problem too", async () => {
  for (const body of ["<html>Bad Gateway</html>", "", "null", "[]", "3"]) {
    const { api } = clientOf([{ status: 500, body, headers: { "content-type": "text/html" } }]);
    await assert.rejects(
      api.get("/portfolios"),
      (problem) => problem instanceof ApiProblem && problem.code === "http" && problem.status === 500,
    );
  }
});

test("etags: what one has is not sent again, and a write is guarded", async () => {
  const { api, asked } = clientOf([{ status: 304 }, { body: "{}" }, { status: 204 }]);
  const { status, data } = await api.get("/portfolios/{portfolio_id}", { params: { portfolio_id: ID }, etag: '"a"' });
  assert.deepEqual([status, data], [304, undefined]);
  await api.put("/portfolios/{portfolio_id}", {
    params: { portfolio_id: ID },
    etag: '"b"',
    body: { portfolio_name: "x", portfolio_type: "IRA" },
  });
  const gone = await api.delete("/portfolios/{portfolio_id}", { params: { portfolio_id: ID }, etag: '"c"' });
  assert.deepEqual([gone.status, gone.data], [204, undefined]);
  assert.deepEqual(
    asked.map(({ headers }) => headers["If-None-Match"] ?? headers["If-Match"]),
    ['"a"', '"b"', '"c"'],
  );
});

test("reading is repeated when the server is away for a moment, writing is not", async () => {
  const away = { status: 503, body: '{"code":"unavailable"}', headers: { ...PROBLEM, "retry-after": "1" } };
  const reading = clientOf([away, new TypeError("fetch failed"), { body: "{}" }]);
  await withTime(reading.clock, reading.api.get("/portfolios"));
  assert.equal(reading.asked.length, 3);
  const body = { customer_id: ID, portfolio_name: "x", portfolio_type: "IRA" as const };
  for (const reply of [away, new TypeError("fetch failed")]) {
    const writing = clientOf([reply, { body: "{}" }]);
    await assert.rejects(withTime(writing.clock, writing.api.post("/portfolios", { body })), ApiProblem);
    assert.equal(writing.asked.length, 1);
  }
});

test("a write with a key is repeated, with the same key", async () => {
  const { api, asked, clock } = clientOf([new TypeError("fetch failed"), { status: 201, body: "{}" }], {
    random: Math.random,
  });
  await withTime(
    clock,
    api.post("/portfolios", {
      body: { customer_id: ID, portfolio_name: "x", portfolio_type: "IRA" },
      idempotencyKey: true,
    }),
  );
  const [first, second] = asked.map(({ headers }) => headers["Idempotency-Key"]);
  assert.match(String(first), /^[!-~]{16,255}$/);
  assert.equal(asked.length, 2);
  assert.equal(first, second);
});

test("a reading that goes on failing fails, and a long wait is the application's", async () => {
  const away = clientOf([new TypeError("fetch failed")]);
  await assert.rejects(
    withTime(away.clock, away.api.get("/portfolios")),
    (problem) => problem instanceof ApiProblem && problem.code === "unreachable" && problem.status === 0,
  );
  assert.equal(away.asked.length, 3);
  const busy = clientOf([
    { status: 429, body: '{"code":"rate_limited"}', headers: { ...PROBLEM, "retry-after": "60" } },
  ]);
  await assert.rejects(
    busy.api.get("/portfolios"),
    (problem) => problem instanceof ApiProblem && problem.retryAfterMs === 60_000,
  );
  assert.equal(busy.asked.length, 1);
});

test("a refused token is replaced once, by another one only", async () => {
  const refusal = { status: 401, body: '{"code":"token_expired"}', headers: PROBLEM };
  const asked: (string | null)[] = [];
  const token = (previous: string | null): string => {
    asked.push(previous);
    return previous === null ? "first" : "second";
  };
  const good = clientOf([refusal, { body: "{}" }], { token });
  await good.api.get("/portfolios");
  assert.deepEqual(
    good.asked.map(({ headers }) => headers["Authorization"]),
    ["Bearer first", "Bearer second"],
  );
  assert.deepEqual(asked, [null, "first"]);
  for (const source of [token, () => "same", () => "same", "fixed"]) {
    const bad = clientOf([refusal], { token: source });
    await assert.rejects(
      bad.api.get("/portfolios"),
      (problem) => problem instanceof ApiProblem && problem.status === 401,
    );
    assert.ok(bad.asked.length <= 2);
  }
});

test("an abort is the application's own error", async () => {
  const stop = new AbortController();
  stop.abort();
  const { api } = clientOf([new DOMException("aborted", "AbortError")]);
  await assert.rejects(api.get("/portfolios", { signal: stop.signal }), { name: "AbortError" });
});

// What the types refuse; the compiler checks it, nothing runs.
export const wrongRequests = (api: RestClient): unknown => [
  // @ts-expect-error there is no such path
  api.get("/nothing"),
  // @ts-expect-error the path has no DELETE
  api.delete("/portfolios"),
  // @ts-expect-error its parameter is missing
  api.get("/portfolios/{portfolio_id}"),
  // @ts-expect-error a field of the body is missing
  api.post("/portfolios", { body: { portfolio_name: "x" } }),
  // @ts-expect-error not a type of portfolio
  api.post("/portfolios", { body: { customer_id: ID, portfolio_name: "x", portfolio_type: "NONE" } }),
];
