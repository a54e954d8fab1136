"""The list of portfolios to choose from: names of any kind, keys, sizes, signals."""

import json
import re
import signal
from http import HTTPStatus

import pytest

from support.false_server import FalseServer, snapshot, subscribe

pytest.importorskip("pyte", reason="python3-pyte is not installed")

from support.terminal_screen import terminal_factory  # pylint: disable=wrong-import-position

DOWN, HOME, END, PAGE_UP, PAGE_DOWN, ENTER = "\x1b[B", "\x1b[1~", "\x1b[4~", "\x1b[5~", "\x1b[6~", "\r"
NAMES = ["Evil \x1b]0;title\x07\x9b31m\u202e\r\n", "日本株式" * 20, "x" * 300] + [f"P{n:02d}" for n in range(60)]


def portfolio_id(number):
    return f"5e5e0000-0000-4000-8000-0000000000{number:02d}"


@pytest.fixture(name="many")
def server_with_many():
    """Says of each portfolio, when it is watched, which one it is."""
    items = [
        {"portfolio_id": portfolio_id(n), "portfolio_name": name, "portfolio_type": "IRA", "base_currency": "USD"}
        for n, name in enumerate(NAMES)
    ]
    body = json.dumps({"items": items}).encode()

    def answer(path, _headers):
        if not path.startswith("/portfolios"):
            return None
        return HTTPStatus.OK, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body

    async def script(socket, _number):
        message = await subscribe(socket)
        name = NAMES[int(message["portfolio_id"][-2:])]
        await socket.send(snapshot(message["portfolio_id"], json.dumps({"portfolio_name": name, "positions": {}})))

    with FalseServer(script, answer) as server:
        yield server


@pytest.fixture(name="start")
def terminals():
    yield from terminal_factory(columns=60, lines=12)


@pytest.fixture(name="terminal")
def terminals_that_ask(many, start):
    """terminal(): the list of portfolios is on its screen."""

    def ask(**options):
        top = start("--url", many.url, **options)
        top.wait_for("Which portfolio?", "P06")
        return top

    return ask


def test_names_come_first_and_command_nothing(terminal):
    top = terminal()
    lines = top.lines()
    assert lines[2].startswith("Evil \\u{1b}]0;title\\u{7}\\u{9b}31m\\u{202e}") and lines[3].startswith("日")
    assert lines[5] == f"P00  IRA  USD  {portfolio_id(3)}"
    assert not re.search(rb"\x1b\]|\x07|\x9b31m", top.raw)


def test_keys(terminal):
    top = terminal()
    top.press(END)
    top.wait_for("P59")
    top.press(HOME)
    top.wait_for("Evil")
    top.press(PAGE_DOWN + PAGE_DOWN + PAGE_UP + DOWN + ENTER)
    top.wait_for("P08  0 of 0 positions")


@pytest.mark.parametrize("key", ["q", "\x1b"])
def test_none_is_chosen(terminal, key):
    top = terminal()
    top.press(key)
    assert top.wait() == 0 and top.is_line_mode()


def test_another_size(terminal):
    top = terminal()
    top.press(END)
    top.wait_for("P59")
    top.resize(30, 6)
    top.wait_until(lambda lines: lines[5].startswith("P59") and lines[2].startswith("P56"))
    top.resize(5, 1)
    top.resize(60, 20)
    top.wait_until(lambda lines: lines[19].startswith("P59") and lines[2].startswith("P42"))
    top.press("q")
    assert top.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals(terminal, number):
    top = terminal()
    top.signal(number)
    assert top.wait() == 128 + number and top.is_line_mode()
