"""portfolio-top in a terminal, against the real server: what it shows, its keys, its ends."""

import os
import re
import signal

import pytest

from support.callers import AUTH_ON, register
from support.terminal import run_top, top_path
from support.waiting import wait_until

pytest.importorskip("pyte", reason="python3-pyte is not installed")

from support.terminal_screen import terminal_factory  # pylint: disable=wrong-import-position

UP, DOWN, END, PAGE_UP, ENTER, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[4~", "\x1b[5~", "\r", "\x1b"
FIRST_ROW = 4


@pytest.fixture(name="terminal")
def terminals():
    yield from terminal_factory()


@pytest.fixture(name="growth")
def portfolio_with_prices(scenario):
    portfolio = scenario.portfolio(("AAPL", "3", "150"), ("MSFT", "12.5", "300"), ("NEW", "1", "5"), name="Größe")
    scenario.put_price("AAPL", "189.84", "188.1")
    scenario.put_price("MSFT", "290.123456", "295")
    return portfolio


def tickers(lines):
    return [line.split()[0] for line in lines[FIRST_ROW:-1] if line]


def test_what_is_shown(server, scenario, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("Größe  USD", "GAIN -3.94 (-0.09%)", "live  lag", "3 of 3 positions", "VALUEv", "q quit")
    assert tickers(top.lines()) == ["MSFT", "AAPL", "NEW"]
    loss = top.attributes(top.line_of("MSFT"), "-123.46")
    gain = top.attributes(top.line_of("AAPL"), "119.52")
    assert (loss.fg, gain.fg) == ("red", "green")
    scenario.put_price("AAPL", "2000")
    top.wait_until(lambda lines: tickers(lines) == ["AAPL", "MSFT", "NEW"] and "2,000.00" in lines[FIRST_ROW])
    # Bold for a moment, and not for longer.
    top.wait_until(lambda lines: not top.attributes(FIRST_ROW, "2,000.00").bold)
    assert not top.is_line_mode()
    top.press("q")
    assert top.wait() == 0 and top.is_line_mode()


def test_a_price_that_moves_is_bold(server, scenario, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("189.84")
    bold = []
    for price in range(200, 230):
        scenario.put_price("AAPL", price)
        top.wait_for(f"{price}.00")
        place = top.attributes(top.line_of("AAPL"), f"{price}.00")
        bold.append((place.bold, place.fg))
        if bold[-1] == (True, "green"):
            return
    raise AssertionError(f"never bold and green: {bold}")


def test_keys(server, growth, terminal):
    top = terminal("--url", server.url, "--sort", "symbol", growth.portfolio_id)
    top.wait_until(lambda lines: tickers(lines) == ["AAPL", "MSFT", "NEW"])
    top.press("r")
    top.wait_until(lambda lines: tickers(lines) == ["NEW", "MSFT", "AAPL"] and "SYMBOLv" in lines[3])
    top.press(">")
    top.wait_for("QUANTITYv")
    top.press("<")
    top.wait_for("SYMBOL^")
    top.press("/ms")
    top.wait_for("Filter: ms_", "1 of 3 positions  filter ms")
    top.press(ENTER)
    top.wait_until(lambda lines: tickers(lines) == ["MSFT"] and "q quit" in lines[-1])
    top.press("/" + ESCAPE)
    top.wait_for("3 of 3 positions")
    top.press("e")
    top.wait_for("290.123456", "-123.4568")
    top.press("h")
    top.wait_for("Any key goes back")
    top.press("x")
    top.wait_until(lambda lines: tickers(lines) == ["AAPL", "MSFT", "NEW"])
    top.press("c")
    top.wait_for("[x] SYMBOL", "[ ] COST")
    top.press(DOWN + " " + ENTER)
    top.wait_until(lambda lines: "QUANTITY" not in lines[3] and "SYMBOL" in lines[3])


def test_pause(server, scenario, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("189.84")
    top.press("p")
    top.wait_for("PAUSED")
    scenario.put_price("AAPL", "500")
    top.press("r")
    top.wait_for("VALUE^", "189.84")
    assert "500.00" not in top.text()
    top.press("p")
    top.wait_for("500.00")


def test_many_rows_and_sizes(server, scenario, terminal):
    names = [f"S{number:03d}" for number in range(60)]
    portfolio = scenario.portfolio(*[(name, "1", "2") for name in names])
    top = terminal("--url", server.url, "--sort", "symbol", portfolio.portfolio_id, lines=20, columns=100)
    top.wait_until(lambda lines: tickers(lines) == names[:15])
    top.press(DOWN)
    top.wait_until(lambda lines: tickers(lines) == names[1:16])
    top.press(END)
    top.wait_until(lambda lines: tickers(lines) == names[45:])
    top.press(PAGE_UP)
    top.wait_until(lambda lines: tickers(lines) == names[30:45])
    top.resize(90, 30)
    top.wait_until(lambda lines: tickers(lines) == names[30:55] and "q quit" in lines[29])
    top.resize(10, 3)
    top.wait_until(lambda lines: len(lines) == 3 and lines[0] == "Growth  U~")
    top.resize(100, 20)
    top.wait_until(lambda lines: tickers(lines)[:5] == names[30:35])
    # Keys are still taken, one at a time.
    top.press("r")
    top.wait_until(lambda lines: tickers(lines)[:1] == ["S029"] and "SYMBOLv" in lines[3])
    top.press("q")
    assert top.wait() == 0


def test_the_server_is_killed_and_comes_back(server, scenario, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("live")
    server.kill()
    top.wait_for("disconnected", "next attempt in", "189.84")
    server.start()
    top.press("n")
    top.wait_for("live", "189.84")
    scenario.put_price("AAPL", "300")
    top.wait_for("300.00")


def test_nobody_is_there(server, growth, terminal):
    server.stop()
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("disconnected, next attempt in", ": no connection: ")
    server.start()
    top.wait_for("live")


def test_the_portfolio_is_deleted(server, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("live")
    server.request("DELETE", f"/portfolios/{growth.portfolio_id}?cascade=true")
    assert top.wait() == 3
    assert "portfolio-top: no such portfolio, or not yours to see" in top.lines() and top.is_line_mode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals(server, growth, terminal, number):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("live")
    top.signal(number)
    assert top.wait() == 128 + number and top.is_line_mode()


def test_stopped_and_continued(server, scenario, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id)
    top.wait_for("live")
    top.signal(signal.SIGSTOP)
    os.waitpid(top.pid, os.WUNTRACED)
    scenario.put_price("AAPL", "300")
    top.signal(signal.SIGCONT)
    top.wait_for("300.00")


# --- which portfolio, and who ---


def test_the_only_portfolio_is_taken(server, growth, terminal):
    top = terminal("--url", server.url)
    top.wait_for("Größe  USD", "live")
    done = run_top("--once", "--url", server.url)
    assert done.returncode == 0 and done.stdout.startswith("Größe  USD")
    assert run_top("--list", "--url", server.url).stdout == f"{growth.portfolio_id}  Größe  BROKERAGE  USD\n"


def test_one_is_chosen(server, scenario, growth, terminal):
    other = scenario.portfolio(("X", "1", "1"), name="Another")
    top = terminal("--url", server.url)
    top.wait_for("Which portfolio?", "Another", "Größe")
    top.press(DOWN + ENTER)
    top.wait_for("live")
    assert top.lines()[0] == "Größe  USD  3 of 3 positions"
    top = terminal("--url", server.url)
    top.wait_for("Which portfolio?")
    top.press("q")
    assert top.wait() == 0
    done = run_top("--once", "--url", server.url)
    assert done.returncode == 2 and growth.portfolio_id in done.stderr and other.portfolio_id in done.stderr


def test_there_is_none(server):
    done = run_top("--once", "--url", server.url)
    assert (done.returncode, done.stdout) == (3, "")
    done = run_top("--list", "--url", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (5, "")


def test_logging_in(start_server, tmp_path, terminal):
    server = start_server(**AUTH_ON, KEY_DIR=tmp_path / "keys")
    ada = register(server)
    portfolio_id = ada.create_portfolio(ada.user["customer_id"])
    who = ("--login", ada.user["email"], "--url", server.url)
    top = terminal(*who)
    top.wait_for("Password of")
    assert not top.is_echoing()
    top.press(ada.password + ENTER)
    top.wait_for("Growth  USD", "live")
    assert ada.password.encode() not in top.raw
    top.press("q")
    assert top.wait() == 0
    done = run_top(*who, "--once", portfolio_id, stdin=ada.password + "\n")
    assert done.returncode == 0, done.stderr
    done = run_top(*who, "--once", portfolio_id, stdin="wrong\n")
    assert done.returncode == 4 and "cannot log in" in done.stderr
    assert run_top("--list", "--url", server.url).returncode == 4
    sessions = ada.json("GET", "/auth/sessions")["items"]
    assert len(sessions) == 1  # of the test itself: the others were ended


def test_a_password_is_not_shown_after_control_z(start_server, tmp_path, terminal):
    server = start_server(**AUTH_ON, KEY_DIR=tmp_path / "keys")
    ada = register(server)
    ada.create_portfolio(ada.user["customer_id"])
    shell = terminal("--norc", "-i", program="/bin/bash", settings={"PS1": "prompt> "})
    shell.wait_for("prompt>")
    shell.press(f"{top_path()} --login {ada.user['email']} --url {server.url}\r")
    shell.wait_for("Password of")
    shell.press("\x1a" + ada.password + ENTER)
    shell.wait_for("Growth  USD", "live")
    assert ada.password.encode() not in shell.raw
    shell.press("q")
    shell.wait_for("prompt>")
    shell.press("exit $?\r")
    assert shell.wait() == 0


def test_the_token_is_renewed_in_band(start_server, postgres, tmp_path, terminal):
    server = start_server(**AUTH_ON, KEY_DIR=tmp_path / "keys", ACCESS_TOKEN_S=6, AUTH_GRACE_S=1)
    ada = register(server)
    ada.create_portfolio(ada.user["customer_id"])
    ada.json("POST", "/auth/logout", expect=204)
    top = terminal("--login", ada.user["email"], "--url", server.url)
    top.wait_for("Password of")
    top.press(ada.password + ENTER)
    top.wait_for("live")
    used = "SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL"
    # Whose token is renewed again and again stays beyond the end of the first.
    wait_until(lambda: postgres.execute(used)[0][0] >= 3, what="three renewals")
    assert "Growth  USD" in top.text()
    assert b"disconnected" not in top.raw and b"connecting" not in top.raw.partition(b"Growth")[2]


def test_no_terminal(server, growth):
    done = run_top("--url", server.url, growth.portfolio_id)
    assert done.returncode == 2 and "--once" in done.stderr


def test_a_dumb_terminal(server, growth, terminal):
    top = terminal("--url", server.url, growth.portfolio_id, settings={"TERM": "dumb"})
    assert top.wait() == 2 and "use --once or --json" in top.text()


@pytest.mark.parametrize("term, has_color", [("dumb", False), ("vt100", False), ("xterm-256color", True)])
def test_a_table_has_the_colors_that_the_terminal_knows(server, growth, terminal, term, has_color):
    top = terminal("--once", "--url", server.url, growth.portfolio_id, settings={"TERM": term})
    assert top.wait() == 0
    assert (b"\x1b" in top.raw) is has_color


def test_without_colors_and_utf8(server, growth, terminal):
    top = terminal("--no-color", "--url", server.url, growth.portfolio_id, settings={"LC_ALL": "C"})
    top.wait_for("Gr??e  USD", "live")
    assert top.attributes(top.line_of("MSFT"), "-123.46").fg == "default"
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7][0-9;]*m", top.raw)
