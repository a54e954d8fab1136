// Bundles specs and runs each with node:test: `node tests/e2e/run.mjs FILE.spec.ts… [-- ARGUMENTS of node]`. What is
// no spec is run as a program.
// The packages of clients/node_modules stay where they are: bundles name them by their path.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(join(root, "clients/package.json"));
const { build } = require("esbuild");

const packagesOfClients = {
  name: "packages-of-clients",
  setup(setting) {
    setting.onResolve({ filter: /^[^./]/ }, async ({ path, kind, pluginData }) => {
      if (kind === "entry-point" || path.startsWith("node:") || pluginData === "ours") return undefined;
      const found = await setting.resolve(path, { kind, resolveDir: join(root, "clients"), pluginData: "ours" });
      return found.errors.length > 0 ? found : { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

const at = process.argv.indexOf("--");
const specs = process.argv.slice(2, at < 0 ? undefined : at).map((path) => resolve(path));
const more = at < 0 ? [] : process.argv.slice(at + 1);
const out = join(root, "build/e2e/bundles");
const bundles = specs.map((path) => join(out, `${basename(path, ".ts")}.mjs`));

await build({
  entryPoints: specs,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
  sourcemap: "inline",
  plugins: [packagesOfClients],
  logLevel: "warning",
});
const env = { ...process.env, PF_ROOT: root };
const MOST_MS = 540_000; // of what hangs; the end of its pipes ends the servers and the browser, too
const asTests = specs.every((path) => path.endsWith(".spec.ts")) ? ["--test", "--test-reporter=tap"] : [];
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", ...asTests, ...more, ...bundles],
  { stdio: "inherit", env, timeout: asTests.length > 0 ? MOST_MS : 0, killSignal: "SIGKILL" },
);
process.exit(status ?? 1);
