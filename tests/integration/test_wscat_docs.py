"""docs/wscat.md is true: what it types is answered as it says, member by member."""

import json
import re
from pathlib import Path

from support.identity import Identities
from support.waiting import wait_until
from support.websocket import WebSocket

PAGE = Path(__file__).resolve().parents[2] / "docs" / "wscat.md"
ANYTHING = ("…", {"…": "…"})


def blocks():
    return re.findall(r"^```text\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def is_as_said(said, frame):
    """Every member that the page shows, in its order, with its value where it shows one."""
    return list(said) == list(frame) and all(value in ANYTHING or value == frame[name] for name, value in said.items())


class Terminal:
    """What somebody types and sees."""

    def __init__(self, server, known):
        self.known = known  # names in the page that stand for something
        self._server = server
        self._socket = None
        self.frames = []

    def play(self, block):
        for line in block.splitlines():
            for name, value in self.known.items():
                line = line.replace(name, value)
            if line.startswith("$ wscat "):
                self.close()
                subprotocol = re.search(r"--subprotocol (\S+)", line)
                self._socket = WebSocket(self._server.ws_url, subprotocol=subprotocol and subprotocol[1])
            elif line.startswith("> "):
                self._socket.send_text(line[2:])
            else:
                assert line.startswith("< "), line
                self._expect(json.loads(line[2:].replace("{…}", '{"…":"…"}')))

    def _expect(self, said):
        frame = json.loads(self._socket.recv_text())
        while frame["type"] == "heartbeat":
            frame = json.loads(self._socket.recv_text())
        assert is_as_said(said, frame), f"the page says {said}, the server {frame}"
        self.frames.append(frame)

    def close(self):
        if self._socket:
            self._socket.close()


def price_of(server, portfolio_id):
    positions = server.json("GET", f"/portfolios/{portfolio_id}/valuation")["data"]["positions"]
    return positions["AAPL"].get("current_price")


def test_following_and_coming_back(server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 10, 100)
    follow, more, wrong, login, back = blocks()
    assert "TOKEN" in login
    terminal = Terminal(server, {"PORTFOLIO_ID": portfolio_id})
    for block in (follow, more, wrong):
        terminal.play(block)
    terminal.known["CURSOR"] = terminal.frames[2]["cursor"]
    server.put_price("AAPL", "190.5")
    wait_until(lambda: price_of(server, portfolio_id) == 190.5, what="the price in the server's last pass")
    terminal.play(back)
    assert terminal.frames[-1]["patch"]["positions"]["AAPL"]["current_price"] == 190.5
    terminal.close()


def test_saying_who_one_is(start_server, postgres):
    server = start_server(AUTH="on")
    identities = Identities(postgres)
    customer_id = identities.customer()
    portfolio_id = identities.admin().at(server).create_portfolio(customer_id)
    password = "geese fly at noon"
    tokens = server.json("POST", "/auth/register", {"name": "Eve", "email": "eve@example.com", "password": password})
    postgres.execute("UPDATE users SET customer_id = %s WHERE email = 'eve@example.com'", customer_id)
    terminal = Terminal(server, {"PORTFOLIO_ID": portfolio_id, "TOKEN": tokens["access_token"]})
    terminal.play(blocks()[3])
    terminal.close()
