// Owns building the package: dist/esm and dist/cjs, each with its declarations. No watch, no server.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(dist, { recursive: true, force: true });
for (const format of ["esm", "cjs"]) {
  await build({
    entryPoints: { index: join(root, "src/index.ts"), react: join(root, "src/react.ts") },
    bundle: true,
    minify: true,
    format,
    platform: "neutral",
    target: "es2022",
    sourcemap: true,
    // The hook and the client are one program: it must not have a second copy of the classes.
    external: ["react", "@portfolio-stream/client"],
    outdir: join(dist, format),
    logLevel: "warning",
  });
}
const declared = spawnSync(process.execPath, [tsc, "-p", root], { stdio: "inherit" });
if (declared.status !== 0) process.exit(1);
cpSync(join(dist, "esm"), join(dist, "cjs"), { recursive: true, filter: (path) => !/\.js(\.map)?$/.test(path) });
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, "cjs/package.json"), '{ "type": "commonjs" }\n');
