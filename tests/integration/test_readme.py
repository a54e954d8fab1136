"""The README's examples work as they stand there."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DEMO = (ROOT / "deploy" / "demo.sql").read_text()


def requests():
    """(method, path, body) of each request line, its body perhaps over several lines."""
    return re.findall(r"^(PUT|POST) +(/\S+) +(\{.*?\})$", README, re.MULTILINE | re.DOTALL)


def test_its_requests_are_accepted_and_seen(server, connect, postgres):
    postgres.execute(DEMO)
    portfolio_id = re.search(r'"portfolio_id":"([0-9a-f-]{36})"', README).group(1)
    client = connect(server)
    client.subscribe(portfolio_id)
    assert len(requests()) == 2
    server.see_bus()  # it takes the price
    for method, path, body in requests():
        body = body.replace('"…"', f'"{portfolio_id}"')
        status, _, answer = server.request(method, path, body=body, headers={"Content-Type": "application/json"})
        assert status in (200, 201), answer
    view = client.view(portfolio_id)
    client.run_until(lambda: "AAPL" in view.positions and view.price("AAPL"), what="the lot and its price")


def test_its_wscat_line_is_what_dev_run_prints():
    run = (ROOT / "deploy" / "dev" / "run.sh").read_text()
    asked = re.search(r"-x '(\{.*?\})'", README).group(1)
    assert json.loads(asked)["type"] == "subscribe"
    assert "-s portfolio.v1.json -w 3600" in README and "-s portfolio.v1.json -w 3600" in run
    assert json.loads(asked)["portfolio_id"] in run


def test_each_dev_command_it_names_exists():
    help_text = (ROOT / "dev").read_text()
    for command in set(re.findall(r"\./dev ([a-z]+)", README)):
        assert re.search(rf"^    {command}( \||\))", help_text, re.MULTILINE), command


def test_its_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
