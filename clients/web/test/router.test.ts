import assert from "node:assert/strict";
import { test } from "node:test";
import { changeQuery, fillPath, formatHash, matchPath, parseHash, safeNext } from "../src/router";

const ID = "5e5e0000-0000-4000-8000-000000000001";

test("a hash is a path and a query", () => {
  for (const [hash, path, query] of [
    ["", "/", ""],
    ["#", "/", ""],
    ["#/", "/", ""],
    ["#/status/", "/status", ""],
    ["#status", "/status", ""],
    [`#/portfolios/${ID}?sort=-gain_loss&q=a%26b`, `/portfolios/${ID}`, "sort=-gain_loss&q=a%26b"],
    [`#${ID}`, `/portfolios/${ID}`, ""],
    ["#/a?b=?", "/a", "b=%3F"],
  ]) {
    const place = parseHash(hash ?? "");
    assert.equal(place.path, path);
    assert.equal(place.query.toString(), query);
  }
});

test("patterns match whole paths and give what stands in them", () => {
  assert.deepEqual(matchPath("/", "/"), {});
  assert.deepEqual(matchPath("/assets/:symbol", "/assets/USD%2FCHF"), { symbol: "USD/CHF" });
  assert.equal(matchPath("/assets/:symbol", "/assets"), null);
  assert.equal(matchPath("/assets/:symbol", "/assets/"), null);
  assert.equal(matchPath("/assets/:symbol", "/assets/a/b"), null);
  assert.equal(matchPath("/assets/:symbol", "/assets/%E0%A4%A"), null);
  assert.equal(matchPath("/status", "/Status"), null);
});

test("what is filled in is found again", () => {
  for (const symbol of ["AAPL", "USD/CHF", "^GSPC", "BRK.B", "ES=F"]) {
    assert.deepEqual(matchPath("/assets/:symbol", fillPath("/assets/:symbol", { symbol })), { symbol });
  }
});

test("a query changes without touching its other members or the old one", () => {
  const query = new URLSearchParams("sort=a&q=b");
  assert.equal(changeQuery(query, { q: null, cols: "x" }).toString(), "sort=a&cols=x");
  assert.equal(query.toString(), "sort=a&q=b");
  assert.equal(formatHash("/a", { b: "", c: undefined }), "#/a");
  assert.equal(formatHash("/a", { b: "c d" }), "#/a?b=c+d");
});

test("after signing in one comes to a place of this page, wherever a link wants to send one", () => {
  assert.equal(safeNext("#/portfolios/1?q=a"), "#/portfolios/1?q=a");
  for (const elsewhere of [null, "", "https://example.com/", "//example.com", "javascript:alert(1)", "/#/", " #/", "#a"])
    assert.equal(safeNext(elsewhere), "#/");
});
