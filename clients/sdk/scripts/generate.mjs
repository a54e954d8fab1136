// Owns the types made from the protocol: src/generated/{stream,rest,rest/*,integers}.ts. They are committed;
// `node scripts/generate.mjs --check` compares instead of writing (a test does). A number of the
// contract is a Decimal, an integer a number.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { restFiles } from "./rest_pieces.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const protocol = join(root, "../../protocol");
/** Not integers everywhere, but nothing that one would want exact digits of. */
const COUNTED = ["id", "max_rate"];

/** Names that count by what they are called. */
const COUNTS = /_(bytes|id|ms|n|s)$|^(rows|symbols)_/;

const integers = new Set(COUNTED);
const decimals = new Set();
const typeNamed = (name) => ts.factory.createTypeReferenceNode(name);
const isOf = (schema, type) => [schema?.type, schema?.items?.type].flat().includes(type);

/** For openapi-typescript: how a schema is written, where that is not its own way. */
const transform = (schema, { path }) => {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (isOf(member, "integer")) integers.add(name);
    if (isOf(member, "number")) decimals.add(name);
  }
  if (path?.endsWith("/MaxRate")) return ts.factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword);
  if (path?.endsWith("/DecimalInput")) {
    const { NumberKeyword, StringKeyword } = ts.SyntaxKind;
    const keywords = [NumberKeyword, StringKeyword].map((kind) => ts.factory.createKeywordTypeNode(kind));
    return ts.factory.createUnionTypeNode([typeNamed("Decimal"), ...keywords]);
  }
  return schema.type === "number" ? typeNamed("Decimal") : undefined;
};

const declarationsOf = (source) =>
  openapiTS(source, { immutable: true, exportType: true, defaultNonNullable: false, transform });

/** AsyncAPI's schemas as an OpenAPI document, which is what the generator reads. */
const streamDocument = () => {
  const text = readFileSync(join(protocol, "asyncapi.yaml"), "utf8");
  const at = text.indexOf("\n  schemas:");
  return `openapi: 3.1.0\ninfo: { title: stream, version: 1.0.0 }\npaths: {}\ncomponents:${text.slice(at)}`;
};

const stream = `import type { Decimal } from "../decimal.js";\n\n${astToString(await declarationsOf(streamDocument()))}`;
const rest = restFiles(await declarationsOf(pathToFileURL(join(protocol, "openapi.yaml"))), protocol);

const isCounted = (name) => integers.has(name) || COUNTS.test(name);
const confused = [...decimals].filter((name) => isCounted(name) && !COUNTED.includes(name));
if (confused.length > 0) throw new Error(`Both an integer and a decimal: ${confused.join(", ")}`);
const counted = `
const COUNTS =
  /^(${[...integers]
    .filter((name) => !COUNTS.test(name))
    .sort()
    .join("|")})$|${COUNTS.source}/;

/** Whether a member counts or numbers things; all other numbers are Decimals. */
export const isCount = (name: string): boolean => COUNTS.test(name);
`;

const folder = join(root, "src/generated");
const made = new Map();
const add = (name, source, text) => made.set(name, `// Made by scripts/generate.mjs from protocol/${source}. Do not edit.\n${text}`);
add("stream.ts", "asyncapi.yaml", stream);
add("integers.ts", "asyncapi.yaml and openapi.yaml", counted);
for (const [name, { source, text }] of Object.entries(rest)) add(name, source, text);

/** The files that are there, by their names in the folder. */
const present = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"));
const isMade = (name) => made.has(name) && readFileSync(join(folder, name), "utf8") === made.get(name);

if (process.argv.includes("--check")) {
  const wrong = [...new Set([...present, ...made.keys()])].filter((name) => !present.includes(name) || !isMade(name));
  for (const name of wrong)
    console.error(`src/generated/${name} is not what the protocol says now: run node scripts/generate.mjs`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} else {
  for (const name of present.filter((name) => !made.has(name))) rmSync(join(folder, name));
  mkdirSync(join(folder, "rest"), { recursive: true });
  for (const [name, text] of made) writeFileSync(join(folder, name), text);
}
