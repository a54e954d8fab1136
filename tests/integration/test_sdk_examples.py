"""clients/examples: each does what it says, against the real server."""

import json
import os
import signal
import subprocess

import pytest

from support import exact_json
from support.callers import PASSWORD
from support.node import CLIENTS, build_sdk, node
from support.process import tied
from support.sdk import growth_portfolio, put_prices
from support.waiting import DEADLINE_S, wait_until

EXAMPLES = os.path.join(CLIENTS, "examples")


class Example:
    """One under way; its lines are read from a file as they come."""

    def __init__(self, directory, name, *arguments, **environment):
        self._out = open(directory / f"{name}.out", "w+", encoding="utf-8")  # pylint: disable=consider-using-with
        self._error = open(directory / f"{name}.err", "w+", encoding="utf-8")  # pylint: disable=consider-using-with
        self._popen = subprocess.Popen(
            tied([node(), os.path.join(EXAMPLES, name), *arguments]),
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._error,
            env={**os.environ, **environment},
        )

    @staticmethod
    def _text(file):
        with open(file.name, encoding="utf-8") as reader:
            return reader.read()

    @property
    def lines(self):
        return self._text(self._out).splitlines()

    @property
    def complaints(self):
        return self._text(self._error)

    def wait_for(self, text):
        def has_come():
            assert self._popen.poll() is None or text in self._text(self._out), self.complaints
            return any(text in line for line in self.lines)

        wait_until(has_come, what=lambda: f"{text!r} in {self.lines}\n{self.complaints}\nits coming")

    def end(self, by_signal=True):
        """The exit code, after Ctrl-C or by itself."""
        try:
            if by_signal:
                self._popen.send_signal(signal.SIGINT)
            return self._popen.wait(DEADLINE_S)
        finally:
            self._popen.kill()
            self._out.close()
            self._error.close()


@pytest.fixture(name="example")
def an_example(tmp_path):
    build_sdk()
    return lambda *arguments, **environment: Example(tmp_path, *arguments, **environment)


@pytest.fixture(name="portfolio_id")
def a_portfolio(server):
    return growth_portfolio(server)


def test_watch(example, server, portfolio_id):
    watch = example("watch.mjs", server.url, portfolio_id)
    watch.wait_for("Growth: 1100 USD, 100 (10 %)")
    server.put_price("AAPL", "90.00000001")
    watch.wait_for("Growth: 900.0000001 USD, -99.9999999 (-10 %)")
    assert watch.end() == 0
    assert "open" in watch.complaints


def test_watch_of_what_is_not_there(example, server):
    watch = example("watch.mjs", server.url, "00000000-0000-4000-8000-000000000000")
    wait_until(lambda: "ended: " in watch.complaints, what="the end")
    assert watch.end(by_signal=False) == 1


def test_a_watch_says_that_its_portfolio_is_gone(example, server, portfolio_id):
    watch = example("watch.mjs", server.url, portfolio_id)
    watch.wait_for("Growth: ")
    server.json("DELETE", f"/portfolios/{portfolio_id}?cascade=true")
    assert watch.end(by_signal=False) == 1
    assert "ended: " in watch.complaints


def test_alert(example, server, portfolio_id):
    alert = example("alert.cjs", server.url, portfolio_id, "-100", "100")
    alert.wait_for("within: 100")
    server.put_price("AAPL", "110.00000001")
    alert.wait_for("above: 100.0000001")
    server.put_price("AAPL", 80)
    alert.wait_for("below: -200")
    assert alert.end() == 0
    assert len(alert.lines) == 3


def test_who_is_not_let_in_says_so(example, start_server, tmp_path):
    server = start_server(AUTH="on")
    missing = "00000000-0000-4000-8000-000000000000"
    for name, *arguments in (("watch.mjs",), ("alert.cjs", "-100", "100"), ("record.mjs", str(tmp_path / "states"))):
        program = example(name, server.url, missing, *arguments, PORTFOLIO_TOKEN="pfk_wrong")
        assert program.end(by_signal=False) == 1, program.complaints
        assert "token" in program.complaints and "unsettled" not in program.complaints, program.complaints


def test_an_alert_says_that_its_portfolio_is_gone(example, server, portfolio_id):
    alert = example("alert.cjs", server.url, portfolio_id, "-100", "100")
    alert.wait_for("within: 100")
    server.json("DELETE", f"/portfolios/{portfolio_id}?cascade=true")
    assert alert.end(by_signal=False) == 1
    assert alert.complaints


def test_record_goes_on_where_it_was(example, server, portfolio_id, tmp_path):
    path = tmp_path / "states"

    def values():
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [exact_json.loads_canonical(line)["document"]["totals"]["total_value"] for line in lines]

    record = example("record.mjs", server.url, portfolio_id, str(path))
    wait_until(lambda: values() == [1100], what="the first state")
    assert record.end() == 0
    put_prices(server, portfolio_id, AAPL=120)
    record = example("record.mjs", server.url, portfolio_id, str(path))
    wait_until(lambda: values() == [1100, 1200], what=lambda: f"the state after: {values()}\n{record.complaints}")
    assert record.end() == 0
    assert json.loads((tmp_path / "states.state").read_text())["document"]["totals"]["total_value"] == 1200


@pytest.fixture(name="buy")
def a_buyer(example, start_server):
    server = start_server(AUTH="on")
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    tokens = server.json("POST", "/auth/register", person)
    portfolio = {"customer_id": tokens["user"]["customer_id"], "portfolio_name": "Growth", "portfolio_type": "IRA"}
    server.json("POST", "/portfolios", portfolio, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    who = (server.url, person["email"])
    return lambda *what, **environment: example("buy.mjs", *who, *what, PORTFOLIO_PASSWORD=PASSWORD, **environment)


def test_buy(buy):
    bought = buy("AAPL", "1.00000001", "12345678.9")
    assert bought.end(by_signal=False) == 0, bought.complaints
    assert bought.lines == ["bought 1.00000001 AAPL for 12345679.02345679", "holds 1.00000001 AAPL"]
    wrong = buy("AAPL", "0", "-1")
    assert wrong.end(by_signal=False) == 1
    assert "  quantity " in wrong.complaints and "  purchase_price " in wrong.complaints


# The portfolio goes as soon as it was bought into, before anybody subscribes.
GOES = """
const real = fetch;
globalThis.fetch = async (url, init) => {
  const answer = await real(url, init);
  if (init.method === "POST" && url.endsWith("/investments")) {
    const gone = `${url.replace("/investments", "/portfolios")}/${JSON.parse(init.body).portfolio_id}?cascade=true`;
    const { status } = await real(gone, { method: "DELETE", headers: { Authorization: init.headers.Authorization } });
    if (status !== 204) throw new Error(`${gone}: ${status}`);
  }
  return answer;
};
"""


def test_who_buys_hears_that_the_portfolio_is_gone(buy, tmp_path):
    hook = tmp_path / "goes.cjs"
    hook.write_text(GOES, encoding="utf-8")
    bought = buy("AAPL", "1", "2", NODE_OPTIONS=f"--require={hook}")
    assert bought.end(by_signal=False) == 1
    assert bought.lines == ["bought 1 AAPL for 2"] and "unsettled" not in bought.complaints, bought.complaints
    assert "no such portfolio" in bought.complaints.lower(), bought.complaints
