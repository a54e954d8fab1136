"""What is old must look old: portfolio-top when prices are stale, the connection is lost or
silent, the screen pauses, or was away; on a terminal as narrow as most begin."""

import asyncio
import json
import re
import signal
from datetime import datetime, timezone

import pytest

from support.false_server import WELCOME, FalseServer, snapshot, subscribe
from support.terminal import top_path
from support.waiting import wait_until

pytest.importorskip("pyte", reason="python3-pyte is not installed")

from support.terminal_screen import terminal_factory  # pylint: disable=wrong-import-position

ID = "5e5e0000-0000-4000-8000-000000000001"
LEFT, RIGHT = "\x1b[D", "\x1b[C"
DIM = re.compile(rb"\x1b\[0;(10;)?2m")
CLOCK_BOOTTIME = "7"


def row(ticker, price, stale=False):
    return {
        "ticker_symbol": ticker,
        "quantity": 120,
        "average_cost": 46.16,
        "cost_basis": 5539.2,
        "currency": "USD",
        "current_price": price,
        "previous_close": 141.9,
        "current_value": 17018.4,
        "gain_loss": 11479.2,
        "gain_loss_percent": 207.24,
        "day_change": -15.6,
        "day_change_percent": -0.09,
        "price_as_of": "2026-03-02T14:29:58.000Z",
        "stale": stale,
    }


def document(*rows):
    totals = {
        "total_value": 61287.33,
        "cash_balance": 2500.75,
        "cost_basis": 34008.67,
        "gain_loss": 24777.91,
        "gain_loss_percent": 72.86,
        "day_change": -38.77,
        "day_change_percent": -0.07,
        "unpriced": 2,
    }
    positions = {each["ticker_symbol"]: each for each in rows}
    return json.dumps({"portfolio_name": "Growth", "base_currency": "USD", "totals": totals, "positions": positions})


def delta(step, price, as_of):
    patch = {"positions": {"NVDA": {"current_price": price}}}
    return json.dumps(
        {
            "type": "delta",
            "portfolio_id": ID,
            "base": f"0123456789abcdef-{step}-1",
            "cursor": f"0123456789abcdef-{step + 1}-1",
            "as_of": as_of,
            "patch": patch,
        }
    )


@pytest.fixture(name="terminal")
def terminals():
    yield from terminal_factory(columns=80)


async def stays(socket, _number):
    await subscribe(socket)
    await socket.send(snapshot(ID, document(row("NVDA", 141.82), row("AAPL", 228.36, stale=True))))


def line_with(lines, text):
    return next((line for line in lines if text in line), "")


@pytest.mark.parametrize("columns", [160, 80, 40, 20])
def test_a_stale_row_says_so_however_narrow(terminal, columns):
    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID, columns=columns)
        # In one: what is drawn may be read in parts.
        top.wait_until(lambda lines: line_with(lines, "AAPL").endswith(" stale") and lines[-1].startswith("q quit"))
        assert "stale" not in line_with(top.lines(), "NVDA")


def test_totals_alone_are_stale_too(terminal):
    """However few fields are wanted: whether they are stale is asked for."""
    asked = []

    async def totals(socket, _number):
        asked.append((await subscribe(socket))["fields"])
        await socket.send(snapshot(ID, '{"totals":{"total_value":7},"positions":{"AAPL":{"stale":true}}}'))

    with FalseServer(totals) as server:
        top = terminal("--fields", "total_value", "--url", server.url, ID)
        top.wait_for("VALUE 7.00", "stale  as of")
        assert "AAPL" not in top.text() and "SYMBOL" not in top.text() and asked == [["stale", "total_value"]]


def test_totals_go_on_in_the_next_line(terminal):
    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("DAY -38.77 (-0.07%)  UNPRICED 2", "NVDA")
        assert top.lines()[1].endswith("GAIN 24,777.91 (72.86%)")
        # Where there is hardly room for rows, these come first.
        top.resize(80, 7)
        top.wait_until(lambda lines: lines[2].startswith("stale") and "AAPL" in lines[4])


def test_columns_that_do_not_fit(terminal):
    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("SYMBOL    QUANTITY", "NVDA")
        assert "AS OF" not in top.text()
        top.press(RIGHT * 5)
        top.wait_until(lambda lines: re.search(r"SYMBOL +GAIN .*AS OF", "\n".join(lines)))
        assert line_with(top.lines(), "NVDA").endswith("2026-03-02")
        top.press(RIGHT * 50)
        top.wait_until(lambda lines: re.search(r"SYMBOL +AS OF$", "\n".join(lines), re.MULTILINE))
        top.press(LEFT * 50)
        top.wait_for("SYMBOL    QUANTITY")


def test_when_it_was_and_of_which_day(terminal):
    async def today(socket, number):
        await subscribe(socket)
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT00:00:01.000Z")
        await socket.send(snapshot(ID, document()).replace("2026-03-02T14:30:00.000Z", now))
        assert number == 0

    with FalseServer(stays) as server:
        terminal("--url", server.url, ID).wait_for("stale  as of 2026-03-02 14:30:00 UTC")
    with FalseServer(today) as server:
        terminal("--url", server.url, ID).wait_for("live", "  as of 00:00:01 UTC")


def test_a_lost_connection_leaves_what_was_and_since_when(terminal):
    """Everything is dim, and the line ends after what matters."""

    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("141.82", "q quit")
        assert top.attributes(top.line_of("NVDA"), "11,479.20").fg == "green"
        drawn_n = len(top.raw)
    top.wait_for("disconnected, next attempt in", "as of 2026-03-02 14:30:00 UTC", "141.82")
    # Perhaps already while it was connecting, before it said that it is disconnected.
    wait_until(lambda: DIM.search(top.raw[drawn_n:]), what="dim rows")
    top.wait_until(lambda _: top.attributes(top.line_of("NVDA"), "11,479.20").fg == "default")


def test_silence_is_shown_before_the_connection_is_given_up(terminal):
    is_awake = asyncio.Event()

    async def falls_asleep(socket, _number):
        await socket.send(WELCOME.replace('"heartbeat_ms":15000', '"heartbeat_ms":2000'))
        message = json.loads(await socket.recv())
        await socket.send(json.dumps({"type": "subscribed", "id": message["id"], "portfolio_id": ID, "recovered": False}))
        await socket.send(snapshot(ID, document(row("NVDA", 141.82))))
        assert json.loads(await socket.recv())["type"] == "ping"
        await is_awake.wait()
        await socket.send('{"type":"pong","server_time":"2026-03-02T14:30:00.000Z"}')

    with FalseServer(falls_asleep) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("live")
        top.wait_for("silent for ", " s  as of 2026-03-02 14:30:00 UTC")
        server.call_soon(is_awake.set)
        top.wait_for("live")
        assert "disconnected" not in top.raw.decode()


@pytest.mark.parametrize("state, words", [("market_closed", "market closed"), ("stale", "stale"), ("quiet", "quiet")])
def test_what_heartbeats_say(terminal, state, words):
    async def says(socket, _number):
        await subscribe(socket)
        await socket.send(snapshot(ID, document(row("NVDA", 141.82))))
        entry = {"cursor": "0123456789abcdef-1-1", "state": state}
        time = "2026-03-02T14:30:15.000Z"
        await socket.send(json.dumps({"type": "heartbeat", "server_time": time, "subscriptions": {ID: entry}}))

    with FalseServer(says) as server:
        terminal("--url", server.url, ID).wait_for(f"\n{words}  as of 2026-03-02 14:30:00 UTC")


def test_a_pause_is_of_the_time_that_it_shows(terminal):
    async def moves(socket, _number):
        await stays(socket, 0)
        await go_on.wait()
        await socket.send(delta(1, 500, "2026-03-02T15:00:00.000Z"))

    go_on = asyncio.Event()
    with FalseServer(moves) as server:
        top = terminal("--url", server.url, "--sort", "symbol", ID)
        top.wait_for("141.82")
        top.press("p")
        top.wait_for("PAUSED  as of 2026-03-02 14:30:00 UTC")
        server.call_soon(go_on.set)
        top.press("r")
        top.wait_for("SYMBOLv")
        assert "15:00:00" not in top.text() and "141.82" in top.text()
        top.press("p")
        top.wait_for("as of 2026-03-02 15:00:00 UTC", "500.00")
        assert "PAUSED" not in top.text()


def test_time_goes_on_while_the_machine_sleeps(terminal):
    """Else what was heard before would look new for as long as it had looked new then."""
    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("NVDA")
        assert CLOCK_BOOTTIME in top.timer_clocks()


def test_another_size_while_it_was_stopped(terminal):
    """By a shell's Ctrl-Z and fg: the change of size is told to the shell only."""
    with FalseServer(stays) as server:
        shell = terminal("--norc", "-i", program="/bin/bash", columns=120, settings={"PS1": "prompt> "})
        shell.wait_for("prompt>")
        shell.press(f"{top_path()} --url {server.url} {ID}\r")
        shell.wait_for("NVDA")
        shell.press("\x1a")
        shell.wait_for("Stopped")
        shell.resize(60, 10)
        shell.press("fg\r")
        shell.wait_until(lambda lines: lines[-1].startswith("q quit") and line_with(lines, "AAPL").endswith(" stale"))
        shell.press("q")
        shell.wait_for("prompt>")
        shell.press("exit $?\r")
        assert shell.wait() == 0


def test_control_l_draws_anew(terminal):
    with FalseServer(stays) as server:
        top = terminal("--url", server.url, ID)
        top.wait_for("NVDA")
        top.scribble("\x1b[2J\x1b[HBroadcast message")
        top.wait_until(lambda lines: "NVDA" not in "\n".join(lines))
        top.press("\x0c")
        top.wait_until(lambda lines: "NVDA" in "\n".join(lines) and "Broadcast" not in "\n".join(lines))
        top.signal(signal.SIGTERM)
        assert top.wait() == 128 + signal.SIGTERM
