// Owns the types made from the protocol: src/generated/{stream,rest,integers}.ts. They are committed;
// `node scripts/generate.mjs --check` compares instead of writing (a test does). A number of the
// contract is a Decimal, an integer a number.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const protocol = join(root, "../../protocol");
const MADE = "// Made by scripts/generate.mjs from protocol/ASYNCAPI.yaml. Do not edit.\n";
/** Not integers everywhere, but nothing that one would want exact digits of. */
const COUNTED = ["id", "max_rate"];

/** Names that count by what they are called. */
const COUNTS = /_(n|ms|s)$|^(rows|symbols)_/;

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

const typesOf = async (source, made) => {
  const ast = await openapiTS(source, { immutable: true, exportType: true, defaultNonNullable: false, transform });
  return `${made}import type { Decimal } from "../decimal.js";\n\n${astToString(ast)}`;
};

/** AsyncAPI's schemas as an OpenAPI document, which is what the generator reads. */
const streamDocument = () => {
  const text = readFileSync(join(protocol, "asyncapi.yaml"), "utf8");
  const at = text.indexOf("\n  schemas:");
  return `openapi: 3.1.0\ninfo: { title: stream, version: 1.0.0 }\npaths: {}\ncomponents:${text.slice(at)}`;
};

const stream = await typesOf(streamDocument(), MADE.replace("ASYNCAPI", "asyncapi"));
const rest = await typesOf(pathToFileURL(join(protocol, "openapi.yaml")), MADE.replace("ASYNCAPI", "openapi"));

const isCounted = (name) => integers.has(name) || COUNTS.test(name);
const confused = [...decimals].filter((name) => isCounted(name) && !COUNTED.includes(name));
if (confused.length > 0) throw new Error(`Both an integer and a decimal: ${confused.join(", ")}`);
const counted = `${MADE.replace("ASYNCAPI.yaml", "asyncapi.yaml and openapi.yaml")}
const COUNTS =
  /^(${[...integers]
    .filter((name) => !COUNTS.test(name))
    .sort()
    .join("|")})$|${COUNTS.source}/;

/** Whether a member counts or numbers things; all other numbers are Decimals. */
export const isCount = (name: string): boolean => COUNTS.test(name);
`;

const made = { "stream.ts": stream, "rest.ts": rest, "integers.ts": counted };
for (const [name, text] of Object.entries(made)) {
  const path = join(root, "src/generated", name);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`src/generated/${name} is not what the protocol says now: run node scripts/generate.mjs`);
    process.exitCode = 1;
  }
}
