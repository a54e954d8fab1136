// Writes `file.gz` beside each file of a directory that is smaller packed, for a
// server that hands both out. The same files give the same bytes: a gzip of
// node's has neither a name nor a time in it.
//
// usage: node precompress.mjs DIRECTORY
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const TEXTS = new Set([".css", ".html", ".ico", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".webmanifest"]);
const BYTES_MIN = 512; // less is one packet either way
const LEVEL_MOST = 9;

function filesOf(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesOf(path) : [path];
  });
}

for (const path of filesOf(process.argv[2])) {
  if (!TEXTS.has(extname(path))) continue;
  const bytes = readFileSync(path);
  const packed = gzipSync(bytes, { level: LEVEL_MOST });
  if (bytes.length >= BYTES_MIN && packed.length < bytes.length) writeFileSync(`${path}.gz`, packed);
  else rmSync(`${path}.gz`, { force: true });
}
