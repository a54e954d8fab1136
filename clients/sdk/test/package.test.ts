// The package as it is published: its size, what of it is left out when it is not used, both formats,
// and that the generated types are those of the protocol.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const LIMIT_BYTES = 8192;
/** By how much versions of zlib differ over it: 1.2.13, Debian 12's, makes 23 bytes more than the one in Node 20. */
const ZLIB_BYTES = 30;
const DECIMAL_LIMIT_BYTES = 1000;

const script = (...parts: string[]): void => {
  const done = spawnSync(process.execPath, parts, { encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout + done.stderr);
};

/** The gzipped size of a program, bundled as an application's build does it. */
const sizeOf = async (program: string): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
};

test("the generated types are those of the protocol", () => script("scripts/generate.mjs", "--check"));

test("built, the package is small, and what one does not use is left out", async (t) => {
  script("scripts/build.mjs");
  const whole = gzipSync(readFileSync("dist/esm/index.js"), { level: 9 }).length;
  const decimal = await sizeOf('import { Decimal } from "@portfolio-stream/client"; console.log(Decimal.from("1"));');
  const stream = await sizeOf(
    'import { PortfolioClient } from "@portfolio-stream/client"; console.log(PortfolioClient);',
  );
  const rest = await sizeOf('import { RestClient } from "@portfolio-stream/client"; console.log(RestClient);');
  t.diagnostic(`gzipped: ${whole} bytes, only Decimal ${decimal}, only the stream ${stream}, only REST ${rest}`);
  assert.ok(whole + ZLIB_BYTES < LIMIT_BYTES, `${whole} bytes`);
  assert.ok(decimal < DECIMAL_LIMIT_BYTES, `${decimal} bytes`);
  assert.ok(stream < whole - 1000, "REST is not left out");
  assert.ok(rest < whole / 2, "the stream is not left out");
});

test("both formats give the same names, and their declarations are there", () => {
  const names = (program: string, type: string): string => {
    const done = spawnSync(process.execPath, [`--input-type=${type}`, "-e", program], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
  };
  const show =
    "console.log(Object.keys(sdk).filter((name) => name !== 'default' && name !== 'module.exports').sort().join())";
  const module = names(`import * as sdk from "@portfolio-stream/client"; ${show}`, "module");
  assert.equal(names(`const sdk = require("@portfolio-stream/client"); ${show}`, "commonjs"), module);
  assert.doesNotMatch(readFileSync("dist/esm/react.js", "utf8"), /extends Error/, "the hook has a copy of the client");
  assert.match(module, /Decimal.*PortfolioClient.*RestClient.*Session.*Subscription/);
  for (const folder of ["esm", "cjs"]) {
    for (const name of ["index", "react"]) assert.ok(existsSync(join("dist", folder, `${name}.d.ts`)));
  }
});

/** How an application's compiler finds packages, and what it has of types beside ours. */
const COMPILERS: [names: string[], ...options: string[]][] = [
  [["a.mts", "b.cts", "c.mts"], "--module", "node16"],
  [["a.mts", "b.cts"], "--module", "nodenext", "--lib", "es2022"],
  [["c.ts"], "--module", "esnext", "--moduleResolution", "bundler"],
  // Older ones, that know nothing of "exports": also React Native's bundler was one.
  [["c.ts"], "--module", "esnext", "--moduleResolution", "node"],
];

test("both formats have types, for the compiler's ways to find packages", () => {
  const folder = mkdtempSync("../node_modules/.sdk-types-");
  try {
    const use = (sdk: string): string =>
      `${sdk}\nconst text: string = sdk.Decimal.from("1").text;\n// @ts-expect-error a Decimal is no number\nexport const wrong: number = sdk.Decimal.from(text);\n`;
    writeFileSync(join(folder, "a.mts"), use('import * as sdk from "@portfolio-stream/client";'));
    writeFileSync(join(folder, "b.cts"), use('import sdk = require("@portfolio-stream/client");'));
    const hook = [
      'import { Decimal } from "@portfolio-stream/client";',
      'import { usePortfolio } from "@portfolio-stream/client/react";',
      'export const whole = (): Decimal | undefined => usePortfolio(null, "").document?.totals.gain_loss;',
      "// @ts-expect-error what was not selected may be absent",
      'export const part = (): Decimal => usePortfolio(null, "", { fields: ["gain_loss"] }).document!.totals!.total_value;',
      "",
    ].join("\n");
    for (const name of ["c.mts", "c.ts"]) writeFileSync(join(folder, name), hook);
    for (const [names, ...options] of COMPILERS) {
      const files = names.map((name) => join(folder, name));
      const common = ["--noEmit", "--strict", "--target", "es2022", "--types", "node"];
      script("../node_modules/typescript/bin/tsc", ...common, ...options, ...files);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("nothing is needed at run time", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, unknown>;
  assert.equal(manifest["dependencies"], undefined);
  assert.equal(manifest["sideEffects"], false);
  assert.doesNotMatch(readFileSync("dist/esm/index.js", "utf8"), /\bfrom\s*["']|\bimport\s*\(/);
});
