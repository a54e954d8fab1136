// Owns how the types of the OpenAPI document are divided: a file for each of its pieces, protocol/openapi/*.yaml,
// and one that joins them.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { astToString } from "openapi-typescript";
import ts from "typescript";

/** A key of a piece, whose depth is told by the spaces before it. */
const KEY = /^( *)(\/[^ :]*|\w+):/;
const OPERATION = /^ {6}operationId: (\w+)$/;

/** What a piece declares: "paths /x", "operations name", "schemas Name", …. */
function* declaredIn(text) {
  const within = [];
  for (const line of text.split("\n")) {
    const operation = OPERATION.exec(line);
    if (operation) yield `operations ${operation[1]}`;
    const key = KEY.exec(line);
    if (!key) continue;
    const depth = key[1].length / 2;
    within.splice(depth, Infinity, key[2]);
    if (depth === 1 && within[0] === "paths") yield `paths ${key[2]}`;
    if (depth === 2 && within[0] === "components") yield `${within[1]} ${key[2]}`;
  }
}

/** By what is declared, the piece that does it. */
const nounsOf = (folder) => {
  const nouns = new Map();
  for (const file of readdirSync(folder).sort()) {
    const noun = basename(file, ".yaml");
    for (const declared of declaredIn(readFileSync(join(folder, file), "utf8"))) nouns.set(declared, noun);
  }
  return nouns;
};

const nameOf = (member) => member.name.text;
const membersOf = (declaration) => declaration.members ?? declaration.type.members ?? [];

/** Has what no piece declares, too: that is taken from the stream's document. */
const SHARED = "common";

/** {noun: {paths, operations, components: {section}}}, each a list of members, of what was generated. */
const divided = (declarations, nouns) => {
  const files = {};
  const fileOf = (kind, member) => (files[nouns.get(`${kind} ${nameOf(member)}`) ?? SHARED] ??= {});
  for (const declaration of declarations) {
    const kind = nameOf(declaration);
    if (kind === "paths" || kind === "operations")
      for (const member of membersOf(declaration)) (fileOf(kind, member)[kind] ??= []).push(member);
    if (kind !== "components") continue;
    for (const section of membersOf(declaration))
      for (const member of section.type.members ?? []) {
        const components = (fileOf(nameOf(section), member).components ??= {});
        (components[nameOf(section)] ??= []).push(member);
      }
  }
  return Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)));
};

const { factory } = ts;
const EXPORTED = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];
const exported = (name, members) => factory.createInterfaceDeclaration(EXPORTED, name, undefined, undefined, members);
const section = ([name, members]) =>
  factory.createPropertySignature(undefined, name, undefined, factory.createTypeLiteralNode(members));

/** What an interface of the joined types is looked up by, in a type. */
const LOOKED_UP = /\b(components|operations)\["/g;
const DECIMAL = /(: (readonly )?|\| )Decimal\b/;

const pieceText = ({ paths, operations, components }) => {
  const declarations = [];
  if (paths) declarations.push(exported("paths", paths));
  if (components) declarations.push(exported("components", Object.entries(components).map(section)));
  if (operations) declarations.push(exported("operations", operations));
  const text = astToString(declarations).replace(LOOKED_UP, 'rest.$1["');
  const decimal = DECIMAL.test(text) ? 'import type { Decimal } from "../../decimal.js";\n' : "";
  return `${decimal}import type * as rest from "../rest.js";\n\n${text}`;
};

const camelCase = (noun) => noun.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const joined = (kind, files) => {
  const having = Object.keys(files).filter((noun) => files[noun][kind]);
  return `export type ${kind} = ${having.map((noun) => `${camelCase(noun)}Piece.${kind}`).join(" &\n  ")};\n`;
};
const joinedText = (files) => {
  const imports = Object.keys(files).map((noun) => `import type * as ${camelCase(noun)}Piece from "./rest/${noun}.js";\n`);
  return [imports.join(""), ...["paths", "components", "operations"].map((kind) => joined(kind, files))].join("\n");
};

const sourceOf = (noun) => `openapi/${noun}.yaml${noun === SHARED ? " and asyncapi.yaml" : ""}`;

/** {path: {source, text}}: rest.ts and rest/<noun>.ts, of what openapi-typescript made of the document in `protocol`. */
export const restFiles = (declarations, protocol) => {
  const files = divided(declarations, nounsOf(join(protocol, "openapi")));
  const pieces = Object.entries(files).map(([noun, kinds]) => [
    `rest/${noun}.ts`,
    { source: sourceOf(noun), text: pieceText(kinds) },
  ]);
  return Object.fromEntries([...pieces, ["rest.ts", { source: "openapi.yaml", text: joinedText(files) }]]);
};
