"""Real prices from the file to fifty clients: provider, poller, Redis, engine, WebSocket.

Every client's final state is compared with a calculation from the file, and
every state on the way with what the file allows and with what the others saw.
"""

import os
import random
import threading
import time
from decimal import Decimal as D

import pytest

from support import exact_json
from support.market_file import MarketFile, cut, data_path
from support.model import differences
from support.scenario import Scenario, matches
from support.stream_client import StreamClient

CLIENTS_N = 60
DEADLINE_S = 180

pytestmark = pytest.mark.skipif(
    not os.path.isdir(data_path("intraday")), reason="the real prices (../shared/data) are not on this machine"
)


def coinbase(_):
    return data_path("intraday", "coinbase_1m_20180404_20180405.csv.gz")


def eurusd(_):
    return data_path("intraday", "fxcm_EURUSD_tick_20140505.csv.gz")


def sp500_with_two_splits(directory):
    """Four weeks of some 280 stocks; AAPL splits 4:1 and TSLA 5:1 on 2020-08-31."""
    path = os.path.join(directory, "stretch.csv")
    cut(data_path("daily", "us_sp500_daily_2019_2020.csv.gz"), path, "2020-08-17", "2020-09-11")
    return path


class Watcher(threading.Thread):
    """A client in a thread of its own, reading until its portfolio is as it must end."""

    def __init__(self, server, portfolio, expected, registry, kind, number):
        super().__init__(name=f"{kind}-{number}")
        self.failure = None
        self.resumes_n = 0
        self._url = server.ws_url
        self._portfolio_id = portfolio.portfolio_id
        self._expected = expected
        self._registry = registry
        self._kind = kind
        self._end = time.monotonic() + DEADLINE_S
        self._view = None
        self._client = None

    def run(self):
        try:
            self._open()
            while not matches(self._expected, self._view.data):
                if time.monotonic() > self._end:
                    found = differences(self._expected, self._view.data)[:20]
                    raise AssertionError("not there in time:\n" + "\n".join(found))
                getattr(self, "_live_" + self._kind)()
            self._client.close()
        except BaseException as failure:  # raised again by the test
            self.failure = failure

    def _open(self, resume_from=None):
        options = {"receive_buffer": 8192} if self._kind == "slow" else {}
        self._client = StreamClient(self._url, on_state=self._registry.note, **options)
        rates = {"steady": 5, "slow": 20, "rated": D("0.5"), "returning": 10}
        self._view = self._client.subscribe(self._portfolio_id, max_rate=rates[self._kind], resume_from=resume_from)

    def _live_steady(self):
        self._client.run_for(0.5)

    _live_rated = _live_steady

    def _live_slow(self):
        """Does something else for a while, then reads what has come."""
        time.sleep(1.5)
        self._client.run_for(0.1)

    def _live_returning(self):
        self._client.run_for(0.4)
        left = self._view.resume_point()
        self._client.drop()
        self._open(resume_from=left)
        assert self._view.recovered is True, f"not recovered: {self._view.reason}"
        self.resumes_n += 1


def _ordered(value):
    """Members by name: a merge patch appends what comes later, and the order in an object says nothing."""
    return {name: _ordered(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


class Registry:
    """What all clients see: at one cursor one state, and only prices of the file."""

    def __init__(self, market):
        self._market = market
        self._states = {}
        self._lock = threading.Lock()

    def note(self, view):
        for symbol, row in view.positions.items():
            if "current_price" in row:
                assert row["current_price"] in self._market.legal[symbol], f"{symbol} at {row['current_price']}"
        state = hash(exact_json.dumps(_ordered(view.data)))
        with self._lock:
            seen = self._states.setdefault((view.portfolio_id, view.cursor), state)
        assert seen == state, f"two states at {view.cursor}"


def build_portfolios(scenario, market, session):
    """One with everything, many with a handful; lots of before, and of the last session."""
    chance = random.Random(20201108)
    portfolios = [scenario.portfolio(name="Everything")]
    portfolios += [scenario.portfolio(name=f"Some {number}") for number in range(12)]
    for portfolio in portfolios:
        is_all = portfolio is portfolios[0]
        chosen = market.symbols if is_all else chance.sample(market.symbols, min(len(market.symbols), 20))
        for symbol in chosen:
            for _ in range(1 if is_all else chance.randint(1, 3)):
                quantity = D(chance.randint(1, 10**10)) / 10**8
                price = D(chance.randint(1, 10**6)) / 10**3
                date = chance.choice(["2013-01-02", "2013-05-06", session])
                scenario.buy(portfolio, symbol, quantity, price, date, D(chance.randint(0, 999)) / 100)
    return portfolios


@pytest.mark.parametrize(
    "file, speed, loops",
    [(coinbase, 15000, 1), (coinbase, 15000, 4), (eurusd, 8000, 2), (sp500_with_two_splits, 200000, 4)],
    ids=["coinbase-1", "coinbase-4", "eurusd-2", "sp500-4"],
)
def test_every_client_ends_at_the_file(file, speed, loops, tmp_path, start_server):
    market = MarketFile(file(str(tmp_path)))
    settings = {"LOOPS": loops, "QUOTE_TTL_S": 86400}
    server = start_server(**settings)
    scenario = Scenario(server)
    portfolios = build_portfolios(scenario, market, max(quote.session for quote in market.last.values()))
    scenario.quotes = market.last
    scenario.currencies = {symbol: quote.currency for symbol, quote in market.last.items()}
    server.stop()
    # Only now, so that the file starts when the portfolios are there.
    server.settings.update(PROVIDERS="replay", REPLAY_FILE=market.path, REPLAY_SPEED=speed)
    server.start()
    registry = Registry(market)
    kinds = ["steady", "steady", "slow", "rated", "returning"]
    watchers = []
    for number in range(CLIENTS_N):
        portfolio = portfolios[number % len(portfolios)]
        kind = kinds[number % len(kinds)]
        watchers.append(Watcher(server, portfolio, scenario.expected(portfolio), registry, kind, number))
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    failures = [f"{watcher.name}: {watcher.failure}" for watcher in watchers if watcher.failure]
    assert not failures, "\n".join(failures[:5])
    assert sum(watcher.resumes_n for watcher in watchers) > 0
    assert server.metric("pf_bus_quotes_total") > 0
    assert server.metric("pf_quotes_refused_total") == 0
