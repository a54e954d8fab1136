"""The programs in docs/clients.md and docs/mobile.md do what they say, against the real server."""

import os
import re
import shutil
import tempfile

import pytest

from support.callers import PASSWORD
from support.node import CLIENTS, build_sdk, run_node
from support.process import ROOT
from support.sdk import growth_portfolio

# What a browser has and Node has not, and an end for programs that go on.
HOST = """import WebSocket from "ws";
globalThis.WebSocket ??= WebSocket;
globalThis.sessionStorage ??= (() => {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
})();
const say = console.log;
const wanted = (process.env.WANTED ?? "").split("|").filter(Boolean);
console.log = (...words) => {
  const line = words.join(" ");
  say(line);
  const at = wanted.findIndex((text) => line.includes(text));
  if (at >= 0) wanted.splice(at, 1);
  if (at >= 0 && wanted.length === 0) process.exit(0);
};
const unsaid = () => wanted.length > 0 && (console.error(`never said: ${wanted}`), (process.exitCode = 1));
process.on("exit", unsaid);
setTimeout(() => process.exit(1), 120_000).unref();
"""


@pytest.fixture(name="run")
def a_runner():
    """run(program, wanted…): the program as an application has it, until it has printed all that is wanted."""
    build_sdk()
    path = tempfile.mkdtemp(prefix=".sdk-docs-run-", dir=os.path.join(CLIENTS, "node_modules"))

    def write(name, text):
        with open(os.path.join(path, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(program, *wanted):
        write("host.mjs", HOST)
        write("program.ts", f'import "./host.mjs";\n{program}')
        out = os.path.join(path, "program.mjs")
        run_node("node_modules/esbuild/bin/esbuild", os.path.join(path, "program.ts"), f"--outfile={out}", "--format=esm")
        return run_node(out, env={"WANTED": "|".join(wanted)}, timeout_s=180)

    yield run
    shutil.rmtree(path)


def program_of(page, heading, server, portfolio_id="", token="none"):
    """The first program below a heading, with the test's server, portfolio and token in it."""
    with open(os.path.join(ROOT, "docs", page), encoding="utf-8") as file:
        section = file.read().partition(f"\n{heading}\n")[2]
    text = re.search(r"^```tsx?\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[1]
    text = re.sub(r"https://portfolio\.example\.com/?|http://localhost:8080", server.url, text)
    return text.replace("6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11", portfolio_id).replace("pfk_…", token)


@pytest.fixture(name="portfolio_id")
def a_portfolio(server):
    return growth_portfolio(server)


def test_the_first_programs(run, server, portfolio_id):
    run(program_of("clients.md", "## In a browser", server, portfolio_id), "1100 USD", "live", "open")
    run(program_of("clients.md", "## In Node", server, portfolio_id), "Z 1100")


def test_the_program_that_signs_in(run, start_server):
    server = start_server(AUTH="on")
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    token = server.json("POST", "/auth/register", person)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    customer_id = server.json("GET", "/auth/me", headers=headers)["customer_id"]
    body = {"customer_id": customer_id, "portfolio_name": "Growth", "portfolio_type": "OTHER"}
    server.json("POST", "/portfolios", body, headers=headers)
    program = program_of("clients.md", "# Tokens and sessions", server)
    run(program + 'client.on("connection", ({ state }) => console.log(`stream ${state}`));\n', "signed in: ada@", "stream open")


def test_the_program_that_writes(run, server, portfolio_id):
    run(program_of("clients.md", "# REST", server, portfolio_id))
    assert server.json("GET", f"/portfolios/{portfolio_id}")["portfolio_name"] == "Retirement"
    lots = server.json("GET", f"/investments?portfolio_id={portfolio_id}")["items"]
    assert sorted(str(lot["quantity"]) for lot in lots) == ["0.12345678", "10"]


def test_the_programs_of_phones(run, server, portfolio_id):
    follow = program_of("mobile.md", "## The first picture", server)
    calm = program_of("mobile.md", "## Metered networks", server)
    refresh = program_of("mobile.md", "## Pull to refresh", server)
    push = program_of("mobile.md", "## Push to refresh", server)
    imports = 'import { PortfolioClient as Client, RestClient } from "@portfolio-stream/client";\n'
    once = "\n".join(re.sub(r"^import type .*$", "", text, flags=re.MULTILINE) for text in (push, calm, refresh))
    run(
        f"""{imports}{follow}{once}
const url = {server.url!r};
const first = new Client({{ url }});
const {{ subscription, keep }} = follow(first, {portfolio_id!r}, sessionStorage);
await refresh(first, subscription);
await refresh(first, subscription);
mindTheNetwork(subscription, true);
keep();
first.close();
const second = new Client({{ url }});
const again = follow(second, {portfolio_id!r}, sessionStorage).subscription;
console.log(`kept ${{again.document.totals.total_value}} ${{again.status}}`);
await refresh(second, again);
console.log(`fresh ${{again.document.totals.total_value}} ${{again.status}}`);
again.unsubscribe();
await refresh(second, again);
console.log("over");
const api = new RestClient({{ url }});
const pushed = await refreshOnce(api, {portfolio_id!r});
const third = new Client({{ url }}).subscribe({portfolio_id!r}, {{ resume: pushed }});
console.log(`pushed ${{third.document.totals.total_value}}`);
console.log(`again ${{await refreshOnce(api, {portfolio_id!r}, pushed.etag)}}`);
third.on("state", ({{ changed }}) => console.log(`resumed, changed ${{[...changed].length}}`));
""",
        "kept 1100 disconnected",
        "fresh 1100 live",
        "over",
        "pushed 1100",
        "again null",
        "resumed, changed 0",
    )
