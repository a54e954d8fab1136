// Owns building the package: dist/esm and dist/cjs, each with its declarations. A build that is
// complete takes the place of the one before; one that is the same leaves it where it is, for who reads it meanwhile.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
/** Names that only the SDK's own classes use among each other: no message, option or event has them. */
const INTERNAL_NAMES =
  "optionsChanged requestResync nextId tokenExpired wake forget hasRoom " +
  "isSet gone lost heartbeat welcomed handle drop check nextMessage isLive frame stop take hasSaid shows isShown isLeft";
const INTERNAL = new RegExp(`^(${INTERNAL_NAMES.replaceAll(" ", "|")})$`);

/** The files of a folder, by their paths in it; none where there is none. */
function filesIn(folder, path = "") {
  try {
    return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
      const name = join(path, entry.name);
      return entry.isDirectory() ? filesIn(folder, name) : [[name, readFileSync(join(folder, name))]];
    });
  } catch {
    return [];
  }
}

function isSame(one, other) {
  const [ours, theirs] = [filesIn(one), new Map(filesIn(other))];
  return ours.length === theirs.size && ours.every(([name, content]) => theirs.get(name)?.equals(content));
}

const made = mkdtempSync(join(root, "dist-"));
try {
  for (const format of ["esm", "cjs"]) {
    await build({
      entryPoints: { index: join(root, "src/index.ts"), react: join(root, "src/react.ts") },
      bundle: true,
      minify: true,
      mangleProps: INTERNAL,
      format,
      platform: "neutral",
      target: "es2022",
      sourcemap: "external",
      // The hook imports only types of the client: the classes are not there twice.
      external: ["react"],
      outdir: join(made, format),
      logLevel: "warning",
    });
  }
  const declared = spawnSync(process.execPath, [tsc, "-p", root, "--outDir", join(made, "esm")], { stdio: "inherit" });
  if (declared.status !== 0) throw new Error("The types do not hold");
  cpSync(join(made, "esm"), join(made, "cjs"), { recursive: true, filter: (path) => !/\.js(\.map)?$/.test(path) });
  writeFileSync(join(made, "cjs/package.json"), '{ "type": "commonjs" }\n');
  const dist = join(root, "dist");
  if (isSame(made, dist)) {
    utimesSync(join(dist, "esm/index.js"), new Date(), new Date()); // as new as its sources
  } else {
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}
