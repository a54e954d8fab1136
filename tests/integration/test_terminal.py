"""portfolio-top for scripts, against the real server: --once, --json, how it ends, how it comes back."""

import functools
import json
import signal
import subprocess

import pytest

from support.identity import Identities
from support.terminal import Lines, run_top, top_environment, top_path
from support.ports import free_port
from support.tls import Authority
from support.waiting import DEADLINE_S, wait_until

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(name="follow")
def following():
    """follow(arguments) is a running `portfolio-top --json`."""
    started = []

    def start(*arguments, **options):
        started.append(Lines(*arguments, **options))
        return started[-1]

    yield start
    for lines in started:
        lines.stop()


def growth(scenario):
    portfolio = scenario.portfolio(("AAPL", "3", "150"), ("MSFT", "12.5", "300"), ("NEW", "1", "5"), name="Größe")
    scenario.put_price("AAPL", "189.84", "188.1")
    scenario.put_price("MSFT", "290.123456", "295")
    return portfolio


def data_of(scenario, portfolio):
    """What the model expects, as texts; times are not the model's."""
    data = json.loads(json.dumps(scenario.expected(portfolio), default=str), parse_int=str)
    for row in data["positions"].values():
        row.pop("price_as_of", None)
    return data


def shown(line):
    for row in line["data"]["positions"].values():
        row.pop("price_as_of", None)
    return line["data"]


# --- once ---


def test_a_table(server, scenario):
    portfolio = growth(scenario)
    done = run_top("--once", "--url", server.url, portfolio.portfolio_id)
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Größe  USD  live  2")
    assert lines[1] == "VALUE 4,196.06  CASH 0.00  COST 4,205.00  GAIN -3.94 (-0.09%)  DAY -55.74 (-1.31%)  UNPRICED 1"
    assert lines[3].split() == "SYMBOL QUANTITY PRICE CUR AVG COST VALUE GAIN GAIN% DAY DAY% AS OF".split()
    assert [line.split()[0] for line in lines[4:]] == ["MSFT", "AAPL", "NEW"]
    assert lines[4].split()[:-1] == "MSFT 12.5 290.1235 USD 300.00 3,626.54 -123.46 -3.29% -60.96 -1.65%".split()
    assert "\x1b" not in done.stdout and all(line == line.rstrip() for line in lines)


def test_a_table_as_one_wants_it(server, scenario):
    portfolio = growth(scenario)
    wanted = ("--sort", "symbol:desc", "--columns", "value,symbol", "--filter", "aa", "--exact")
    done = run_top("--once", *wanted, "--url", server.url, portfolio.portfolio_id)
    assert [line.split() for line in done.stdout.splitlines()[3:]] == [["VALUE", "SYMBOL"], ["569.52", "AAPL"]]
    done = run_top("--once", "--fields", "total_value", "--url", server.url, portfolio.portfolio_id)
    assert done.stdout.splitlines()[1] == "VALUE 4,196.06"


def test_json_has_all_digits(server, scenario):
    portfolio = scenario.portfolio(("BIG", "12345678.12345678", "80000000.00000001"))
    scenario.put_price("BIG", "89999999.12345678")
    done = run_top("--once", "--json", "--url", server.url, portfolio.portfolio_id)
    (line,) = done.stdout.splitlines()
    state = json.loads(line, parse_float=str, parse_int=str)
    assert list(state) == ["type", "portfolio_id", "cursor", "as_of", "status", "data"]
    assert state["type"] == "state" and state["portfolio_id"] == portfolio.portfolio_id
    assert shown(state) == data_of(scenario, portfolio)
    value = subprocess.run(
        ["jq", "-r", '.data.positions.BIG.ticker_symbol'], input=line, capture_output=True, text=True, check=True
    )
    assert value.stdout == "BIG\n"


# --- how it ends ---


@pytest.mark.parametrize("arguments", [("--once",), ("--once", "--json"), ("--json",)])
def test_what_does_not_exist(server, arguments):
    done = run_top(*arguments, "--url", server.url, UNKNOWN)
    assert done.returncode == 3 and "no such portfolio" in done.stderr
    assert done.stdout == "" or json.loads(done.stdout)["status"] == "ended"


def test_nobody_is_there():
    done = run_top("--once", "--url", f"http://127.0.0.1:{free_port()}", UNKNOWN)
    assert (done.returncode, done.stdout) == (5, "") and "cannot reach the server" in done.stderr
    done = run_top("--once", "--url", "http://no-such-host.invalid", UNKNOWN)
    assert done.returncode == 5


def test_another_server_is_there(shared_server):
    done = run_top("--once", "--url", shared_server.url + "/nothing", UNKNOWN)
    assert done.returncode == 5 and "answered 4" in done.stderr


def test_the_portfolio_is_deleted(server, scenario, follow):
    portfolio = growth(scenario)
    top = follow("--url", server.url, portfolio.portfolio_id)
    assert top.next()["type"] == "state"
    server.request("DELETE", f"/portfolios/{portfolio.portfolio_id}?cascade=true")
    last = top.until(lambda line: line["type"] == "status")
    assert (last["status"], last["code"]) == ("ended", "not_found")
    assert top.wait() == 3


def test_whoever_reads_has_enough(server, scenario):
    """`portfolio-top --json … | head -1`"""
    portfolio = growth(scenario)
    arguments = [top_path(), "--json", "--url", server.url, portfolio.portfolio_id]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=top_environment()) as top:
        assert top.stdout.readline().startswith(b'{"type":"state"')
        top.stdout.close()
        scenario.put_price("AAPL", "1")
        assert top.wait(timeout=DEADLINE_S) == -signal.SIGPIPE


def is_writing(pid):
    """It waits in write(1, …)."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        fields = file.read().split()
    return fields[0] in ("1", "64") and fields[1] == "0x1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whoever_reads_does_not_go_on(server, scenario, number):
    portfolio = scenario.portfolio(*[(f"S{row:02d}", "1", "2") for row in range(60)])
    arguments = [top_path(), "--json", "--max-rate", "1000", "--url", server.url, portfolio.portfolio_id]
    # Where the tests run in the background, SIGINT may be ignored, which is inherited.
    heed = functools.partial(signal.signal, number, signal.SIG_DFL)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=top_environment(), preexec_fn=heed) as top:
        for price in range(1, 1000):
            if is_writing(top.pid):
                break
            scenario.put_price("S01", price)
        wait_until(lambda: is_writing(top.pid), what="a pipe that is full")
        top.send_signal(number)
        assert top.wait(timeout=DEADLINE_S) == -number


def test_wrong_usage():
    for arguments in (["--nothing"], ["no-id"], ["--once", "--sort", "x", UNKNOWN]):
        done = run_top(*arguments)
        assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("portfolio-top: ")
    assert run_top("--help").stdout.startswith("portfolio-top - ")
    assert run_top("--version").stdout.startswith("portfolio-top 0.")


# --- staying there ---


def test_each_state_is_a_line(server, scenario, follow):
    portfolio = growth(scenario)
    top = follow("--url", server.url, "--max-rate", "1000", portfolio.portfolio_id)
    assert shown(top.next()) == data_of(scenario, portfolio)
    for price in ("190", "190.00000001", "1"):
        scenario.put_price("AAPL", price)
        assert shown(top.next()) == data_of(scenario, portfolio)
    scenario.buy(portfolio, "LATE", "2", "3")
    top.until(lambda line: shown(line) == data_of(scenario, portfolio))


def test_kill_and_resume(server, scenario, follow):
    portfolio = growth(scenario)
    top = follow("--url", server.url, portfolio.portfolio_id)
    first = top.next()
    server.kill()
    gone = top.next()
    assert (gone["type"], gone["status"]) == ("status", "disconnected")
    server.start()
    back = top.until(lambda line: line["type"] == "state")
    assert back["cursor"] == first["cursor"] and shown(back) == shown(first)
    scenario.put_price("AAPL", "200")
    top.until(lambda line: line["type"] == "state" and shown(line) == data_of(scenario, portfolio))
    assert server.metric('pf_resumes_total{recovered="true"}') == 1


# --- who one is ---


@pytest.fixture(name="ada")
def user_with_portfolio(postgres, start_server):
    """Somebody with a portfolio on a server that wants to know who asks."""
    identities = Identities(postgres)
    person = identities.user(identities.customer())
    person.server = start_server(AUTH="on")
    person.portfolio_id = identities.admin().at(person.server).create_portfolio(person.customer_id)
    return person


def test_tokens(ada, tmp_path):
    key, file = ada.key().text, tmp_path / "token"
    file.write_text(key + "\n")
    where = ("--once", "--url", ada.server.url, ada.portfolio_id)
    for arguments, settings in (
        (("--token", key), {}),
        (("--token-file", file), {}),
        ((), {"PORTFOLIO_TOKEN": key}),
    ):
        assert run_top(*arguments, *where, settings=settings).returncode == 0
    for arguments, settings in (
        ((), {}),
        (("--token", "wrong"), {}),
        (("--token-file", tmp_path / "none"), {}),
        (("--token", ada.key("read").text), {}),
    ):
        done = run_top(*arguments, *where, settings=settings)
        assert (done.returncode, done.stdout) == (4, ""), done.stderr
        assert key not in done.stderr


def test_a_token_is_not_shown_to_others(ada, follow):
    top = follow("--token", ada.key().text, "--url", ada.server.url, ada.portfolio_id)
    top.next()
    with open(f"/proc/{top.popen.pid}/cmdline", "rb") as file:
        assert b"pfk_" not in file.read()


def test_a_key_that_is_revoked_and_replaced(ada, follow, tmp_path):
    key, file = ada.key(), tmp_path / "token"
    file.write_text(key.text)
    top = follow("--token-file", file, "--url", ada.server.url, ada.portfolio_id)
    first = top.next()
    file.write_text(ada.key().text)
    key.revoke()
    assert top.next()["status"] == "disconnected"
    assert top.next()["cursor"] == first["cursor"]
    ada.disable()
    assert top.wait() == 4 and "not authenticated" in top.errors


# --- TLS ---


@pytest.mark.parametrize("what", [("--once", "--json"), ("--list",)])
def test_tls(start_server, authority, tmp_path, what):
    """The same rules for the stream and for REST."""
    server = start_server(tls=authority.client(), **authority.issue().settings)
    wait_until(lambda: server.health()["status"] == "ok")
    portfolio_id = server.create_portfolio()
    who = () if "--list" in what else (portfolio_id,)
    by_name = server.url.replace("127.0.0.1", "localhost")

    def run(*arguments, url=server.url, **settings):
        done = run_top(*what, *arguments, "--url", url, *who, settings=settings)
        assert (portfolio_id in done.stdout) is (done.returncode == 0)
        return done

    assert run("--ca", authority.certificate).returncode == 0
    assert run("--ca", authority.certificate, url=by_name).returncode == 0
    done = run()
    assert done.returncode == 5 and "certificate" in done.stderr
    # The system's authorities count, unless others are named.
    assert run(SSL_CERT_FILE=authority.certificate).returncode == 0
    other = Authority("Another authority")
    done = run("--ca", other.certificate, SSL_CERT_FILE=authority.certificate)
    other.destroy()
    assert done.returncode == 5 and "certificate" in done.stderr
    done = run("--insecure")
    assert done.returncode == 0 and "nobody checks who the server is" in done.stderr
    done = run("--ca", tmp_path / "none.pem")
    assert done.returncode == 2 and "none.pem" in done.stderr


def test_a_certificate_for_another_name(start_server, authority):
    server = start_server(tls=authority.client(), **authority.issue(names="DNS:example.com").settings)
    for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
        for what in (("--once", UNKNOWN), ("--list",)):
            done = run_top("--ca", authority.certificate, *what, "--url", url)
            assert done.returncode == 5 and "certificate" in done.stderr
