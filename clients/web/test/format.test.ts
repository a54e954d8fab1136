import assert from "node:assert/strict";
import { test } from "node:test";
import { factorToPercent, formatDate, formatNumber, formatWhen, numberStyle, writeNumber } from "../src/format";
import { toneOf } from "../src/ui/values";

const LOCALES = [
  "en-US",
  "en-GB",
  "de-DE",
  "de-CH",
  "fr-FR",
  "fr-CH",
  "es-ES",
  "pl-PL",
  "pt-PT",
  "en-IN",
  "hi-IN",
  "ar-EG",
  "fa-IR",
  "he-IL",
  "ja-JP",
  "sv-SE",
];
const TEXTS = [
  "0",
  "5",
  "-5",
  "999.5",
  "1234",
  "-1234.5",
  "12345.678",
  "90000000.12345678",
  "-1111111021524158.55279684",
  "12345678901234567890123456789012345678.00000001",
];

// Node 20 formats exact text; Node 18 goes by a double, so only there a short number is compared.
const isExact = new Intl.NumberFormat("en", { maximumFractionDigits: 8 })
  .format("9007199254740993" as unknown as number)
  .endsWith("993");

for (const locale of LOCALES) {
  test(`numbers are written as ${locale} has it`, () => {
    const intl = (options: Intl.NumberFormatOptions, text: string): string =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: 20, ...options })
        .format(text as unknown as number)
        .replace("-", "\u2212");
    for (const text of TEXTS.filter((candidate) => isExact || candidate.length < 15)) {
      assert.equal(formatNumber({ text }, {}, locale), intl({}, text));
      assert.equal(formatNumber({ text }, { least: 2 }, locale), intl({ minimumFractionDigits: 2 }, text));
      assert.equal(formatNumber({ text }, { signed: true }, locale), intl({ signDisplay: "exceptZero" }, text));
    }
  });
}

test("percents have the locale's sign at its place", () => {
  assert.equal(formatNumber({ text: "163.7418" }, { least: 2, percent: true, signed: true }, "en-US"), "+163.7418%");
  assert.equal(formatNumber({ text: "-0.5" }, { least: 2, percent: true }, "de-DE"), "\u22120,50\u00a0%");
  assert.equal(formatNumber({ text: "5" }, { percent: true }, "tr-TR"), "%5");
});

test("90 million at 8 decimals keeps every digit", () => {
  const value = { text: "90000000.12345678" };
  assert.equal(formatNumber(value, {}, "de-DE"), "90.000.000,12345678");
  assert.equal(formatNumber(value, {}, "fr-CH"), "90\u202f000\u202f000,12345678");
  assert.equal(formatNumber(value, {}, "en-IN"), "9,00,00,000.12345678");
  assert.equal(formatNumber(value, {}, "ar-EG"), "٩٠٬٠٠٠٬٠٠٠٫١٢٣٤٥٦٧٨");
});

test("digits above the least are apart, and padded ones are not", () => {
  const style = numberStyle("en-US");
  assert.deepEqual(writeNumber("1898.4", { least: 2 }, style), { main: "1,898.40", rest: "", tail: "" });
  assert.deepEqual(writeNumber("42660.35660219", { least: 2 }, style), { main: "42,660.35", rest: "660219", tail: "" });
  assert.deepEqual(writeNumber("0.3841527", {}, style), { main: "0", rest: ".3841527", tail: "" });
  assert.deepEqual(writeNumber("-1.005", { least: 2, percent: true }, style), {
    main: "\u22121.00",
    rest: "5",
    tail: "%",
  });
  assert.deepEqual(writeNumber("205.351", { least: 2, padded: 4, percent: true }, style), {
    main: "205.35",
    rest: "10",
    tail: "%",
  });
  assert.deepEqual(writeNumber("205.351234", { least: 2, padded: 4 }, style), {
    main: "205.35",
    rest: "1234",
    tail: "",
  });
});

test("digits of a text from right to left are not taken apart", () => {
  const { main, rest, tail } = writeNumber("-376.9325", { least: 2, percent: true }, numberStyle("ar-EG"));
  assert.match(main, /٣٧٦٫٩٣٢٥/);
  assert.equal(rest + tail, "");
});

test("zero has no sign, and what is missing or strange is shown as such", () => {
  assert.equal(formatNumber({ text: "0" }, { signed: true }, "en-US"), "0");
  assert.equal(formatNumber({ text: "-0.00" }, {}, "en-US"), "0.00");
  assert.equal(formatNumber(undefined), "–");
  assert.equal(formatNumber({ text: "1e400" }, {}, "en-US"), "1e400");
});

test("factors become percents by moving the point", () => {
  for (const [factor, percent] of [
    ["0.05", "5"],
    ["0.018519", "1.8519"],
    ["-0.5", "-50"],
    ["1", "100"],
    ["12.3456", "1234.56"],
    ["0", "0"],
    ["0.1", "10"],
  ]) {
    assert.equal(factorToPercent(factor ?? ""), percent);
  }
});

/** What is done, as where the clocks are those of a zone. */
function inZone(zone: string, check: () => void): void {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    check();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}

test("a date is the same day in every zone", () => {
  assert.equal(formatDate("2026-01-05", "en-US"), "Jan 5, 2026");
  // Of locales that nothing was written in yet.
  inZone("America/New_York", () => assert.equal(formatDate("2026-01-05", "en-AU"), "5 Jan 2026"));
  inZone("Pacific/Kiritimati", () => assert.equal(formatDate("2026-01-05", "en-NZ"), "5 Jan 2026"));
});

test("a time of today is a time of day, of another day it has its date: by the person's own clock", () => {
  inZone("America/New_York", () => {
    const justBefore = "2026-01-06T04:59:59Z"; // midnight there, not by UTC
    assert.equal(formatWhen(justBefore, Date.parse("2026-01-06T04:59:59.5Z"), "en-GB"), "23:59:59");
    assert.equal(formatWhen(justBefore, Date.parse("2026-01-06T05:00:00Z"), "en-GB"), "5 Jan, 23:59");
  });
});

test("the tone is the sign's, and nothing has none", () => {
  assert.deepEqual(
    ["1", "0.00000001", "-0.00000001", "-90000000000", "0", "-0", "-0.00"].map((text) => toneOf({ text })),
    ["up", "up", "down", "down", "", "", ""],
  );
  assert.equal(toneOf(undefined), "");
});
