import assert from "node:assert/strict";
import { File } from "node:buffer";
import { test } from "node:test";
import { csvRecords, previewOf, recordsAt } from "../src/importing/csv";
import { fileOf, readFile, UnfitFile } from "../src/importing/file";
import { errorRows } from "../src/importing/findings";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const rows = (text: string): [number, readonly string[]][] =>
  [...csvRecords(text)].map(({ row, fields }) => [row, fields]);

test("records are cut and counted as the server does", () => {
  assert.deepEqual(rows("a,b\n1,2\n"), [
    [1, ["a", "b"]],
    [2, ["1", "2"]],
  ]);
  assert.deepEqual(rows("\uFEFFa,b\r\n1,2\r\n\r\n3,4"), [
    [1, ["a", "b"]],
    [2, ["1", "2"]],
    [4, ["3", "4"]],
  ]);
  assert.deepEqual(rows('"a ""b""","c,\nd"\n,\n'), [
    [1, ['a "b"', "c,\nd"]],
    [2, ["", ""]],
  ]);
  assert.deepEqual(rows('a\n"open,\n1,2'), [
    [1, ["a"]],
    [2, ["open,\n1,2"]],
  ]);
  assert.deepEqual(rows('"a"b,c'), [[1, ["ab", "c"]]]);
  assert.deepEqual(rows("a\rb,c\r"), [[1, ["a\rb", "c"]]]);
  assert.deepEqual(rows(""), []);
  assert.deepEqual(rows("\n\n"), []);
});

test("a preview has the first rows and counts the others", () => {
  const text = `a , b\n${"1,2\n".repeat(20)}`;
  const preview = previewOf(text, 3);
  assert.deepEqual(preview.header, ["a", "b"]);
  assert.deepEqual(
    preview.rows.map((row) => row.row),
    [2, 3, 4],
  );
  assert.equal(preview.rowsN, 20);
  assert.deepEqual(
    [...recordsAt(text, new Set([3, 21, 99]))].map(([row]) => row),
    [3, 21],
  );
});

test("what cannot be imported is told before it is sent", async () => {
  assert.throws(() => fileOf("x.csv", bytes("")), /is empty/);
  assert.throws(() => fileOf("x.csv", new Uint8Array([0x61, 0xe9, 0x2c])), /UTF-8/);
  assert.throws(() => fileOf("x.csv", bytes("ticker_symbol;quantity\nAAPL;1,5\n")), /semicolons/);
  // How many rows and bytes it takes, the server says; a page only has not everything in its memory.
  assert.equal(fileOf("x.csv", bytes(`a,b\n${"1,2\n".repeat(60_000)}`)).preview.rowsN, 60_000);
  await assert.rejects(readFile({ name: "large.csv", size: 64 * 1024 * 1024 + 1 } as never), UnfitFile);
  assert.equal((await readFile(new File(["a,b\n1,2\n"], "small.csv") as never)).text, "a,b\n1,2\n");
});

test("errors stand beside what is in the file", () => {
  const file = fileOf("x.csv", bytes('ticker_symbol,Quantity\nAAPL,-1\n\n"KO",\nIBM,1,2\n'));
  const found = errorRows(file, [
    { field: "quantity", code: "invalid_field", detail: "must be greater than 0", row: 2 },
    { field: "quantity", code: "missing_field", detail: "is required", row: 4 },
    { field: "row", code: "invalid_field", detail: "has another number of fields than the header", row: 5 },
    { field: "purchase_date", code: "missing_field", detail: "there is no such column", row: 1 },
  ]);
  assert.deepEqual(
    found.map(({ row, column, value }) => [row, column, value]),
    [
      [2, "quantity", "-1"],
      [4, "quantity", undefined],
      [5, "", "IBM,1,2"],
      [1, "purchase_date", ""],
    ],
  );
});
