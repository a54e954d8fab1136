"""The examples in docs/clients.md and docs/mobile.md: the compiler takes them, and what they say of numbers is so."""

import json
import os
import re
import shutil
import tempfile

import pytest

from support.node import CLIENTS, build_sdk, run_node
from support.process import ROOT

PAGES = ("clients.md", "mobile.md")
SETTINGS = {
    "extends": "../../tsconfig.base.json",
    "compilerOptions": {"noEmit": True, "jsx": "react-jsx", "types": ["node"], "noUnusedLocals": False},
}
# What React Native's own types say, and NetInfo's, as far as the examples go.
REACT_NATIVE = """declare module "react-native" {
  export const AppState: {
    currentState: "active" | "background" | "inactive" | "unknown" | "extension";
    addEventListener(type: "change", listener: (state: "active" | "background" | "inactive") => void): { remove(): void };
  };
}
declare module "@react-native-community/netinfo" {
  const NetInfo: { addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void };
  export default NetInfo;
}
"""


def examples(page):
    """(language, text) of each example of a page."""
    with open(os.path.join(ROOT, "docs", page), encoding="utf-8") as file:
        return re.findall(r"^```(tsx?)\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)


@pytest.fixture(name="workspace")
def beside_the_packages():
    build_sdk()
    path = tempfile.mkdtemp(prefix=".sdk-docs-", dir=os.path.join(CLIENTS, "node_modules"))
    yield path
    shutil.rmtree(path)


def write(workspace, name, text):
    with open(os.path.join(workspace, name), "w", encoding="utf-8") as file:
        file.write(text)


def test_the_compiler_takes_every_example(workspace):
    write(workspace, "react-native.d.ts", REACT_NATIVE)
    names = ["react-native.d.ts"]
    for page in PAGES:
        for language, text in examples(page):
            names.append(f"{page[:-3]}_{len(names)}.{language}")
            write(workspace, names[-1], text)
    assert len(names) > 10
    write(workspace, "tsconfig.json", json.dumps({**SETTINGS, "files": names}))
    run_node("node_modules/typescript/bin/tsc", "-p", workspace)


def test_what_is_said_of_numbers_is_so(workspace):
    text = next(text for _, text in examples("clients.md") if "Decimal.from" in text and "stringifyExact" in text)
    said = re.findall(r"^(.+); // ([-\d\"{].*)$", text, re.MULTILINE)
    assert len(said) >= 4
    checks = "".join(f"check({expression}, {json.dumps(comment)});\n" for expression, comment in said)
    prelude = "\n".join(line for line in text.splitlines() if line.startswith(("import ", "const ")))
    write(
        workspace,
        "numbers.mjs",
        f"{prelude}\n"
        "const check = (is, said) => {\n"
        "  if (![String(is), JSON.stringify(is)].some((text) => said.startsWith(text))) throw new Error(`${is} is not ${said}`);\n"
        "};\n" + checks,
    )
    run_node(os.path.join(workspace, "numbers.mjs"))
