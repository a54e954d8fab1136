// Owns building the tests into a temporary folder (beside the packages that they use) and running
// them: node test/run.mjs [name …]. Node 18 is enough: it runs what esbuild wrote.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const names = readdirSync(here).filter(
  (name) => /\.test\.tsx?$/.test(name) && (wanted.length === 0 || wanted.some((word) => name.startsWith(word))),
);
const out = mkdtempSync(join(here, "../../node_modules/.sdk-test-"));
let status = 1;
try {
  await build({
    entryPoints: names.map((name) => join(here, name)),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    packages: "external",
    sourcemap: "inline",
    outdir: out,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
  const tests = readdirSync(out).map((name) => join(out, name));
  const options = {
    cwd: dirname(here),
    stdio: "inherit",
    env: { ...process.env, NODE_OPTIONS: "--enable-source-maps" },
  };
  status = spawnSync(process.execPath, ["--test", ...tests], options).status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exitCode = status;
