"""One instance after the other is restarted while prices move and lots are bought:
everybody is told `closing` with a time to come back, and nobody ends up wrong."""

import json
import random
import threading

import pytest

from support.exact_json import loads_canonical, to_units
from support.storm import Market, Storm, create_portfolios
from support.waiting import wait_until

CLIENTS_N = 300
PORTFOLIOS_N = 60
STOP_WITHIN_S = 10  # the contract's


@pytest.fixture
def market(redis_server, start_instances):
    it = Market(redis_server.url, 30)
    yield it
    it.stop()


class Buyer(threading.Thread):
    """Buys and sells lots through the balancer, one after another, until told to stop."""

    def __init__(self, balancer, portfolios, symbols):
        super().__init__()
        self._balancer = balancer
        self._portfolios = portfolios
        self._symbols = symbols
        self._random = random.Random(2)
        self._is_stopping = threading.Event()
        self.written_n = 0
        self.failures = []

    def run(self):
        bought = []
        while not self._is_stopping.is_set():
            if bought and self._random.random() < 0.4:
                self._write("DELETE", f"/investments/{bought.pop()}", None)
                continue
            body = {
                "portfolio_id": self._random.choice(self._portfolios),
                "ticker_symbol": self._random.choice(self._symbols),
                "quantity": self._random.randrange(1, 1000),
                "purchase_price": self._random.randrange(1, 100),
                "purchase_date": "2020-01-02",
            }
            answer = self._write("POST", "/investments", body)
            if answer:
                bought.append(answer["investment_id"])

    def _write(self, method, path, body):
        status, _, text = self._balancer.request(method, path, json=body)
        if status >= 300:
            self.failures.append((status, text))
            return None
        self.written_n += 1
        return loads_canonical(text.decode()) if text else None

    def stop(self):
        self._is_stopping.set()
        self.join()


def quantities_stored(postgres):
    """portfolio -> symbol -> units, from the lots themselves."""
    stored = {}
    for portfolio, symbol, quantity in postgres.execute(
        "SELECT portfolio_id::text, ticker_symbol, sum(quantity) FROM investments GROUP BY 1, 2"
    ):
        stored.setdefault(portfolio, {})[symbol] = to_units(quantity)
    return stored


def quantities_shown(instance, portfolios):
    shown = {}
    for portfolio in portfolios:
        data = instance.json("GET", f"/portfolios/{portfolio}/valuation")["data"]
        shown[portfolio] = {symbol: to_units(row["quantity"]) for symbol, row in data["positions"].items()}
    return shown


@pytest.mark.threads
@pytest.mark.parametrize("loops", [1, 2])
def test_a_rolling_restart_under_load(start_instances, start_balancer, postgres, market, loops):
    instances = start_instances(LOOPS=loops, HEARTBEAT_MS=1000, RECONNECT_WINDOW_MS=2000)
    balancer = start_balancer(instances)
    portfolios = create_portfolios(instances[0], postgres, PORTFOLIOS_N, market.symbols, 4)
    market.publish_all()
    storm = Storm([balancer], portfolios, CLIENTS_N, per_second=300)
    storm.wait_until_live()
    market.start_moving()
    buyer = Buyer(balancer, portfolios, market.symbols)
    buyer.start()
    held = 0
    for instance in instances:
        held += instance.metric("pf_connections")
        instance.stop(STOP_WITHIN_S)
        storm.wait_until(lambda s, held=held: s["closings"] >= held and s["live"] == CLIENTS_N, "everybody elsewhere")
        instance.start()
        balancer.wait_for_states(a="UP", b="UP", c="UP")
    buyer.stop()
    market.stop_moving()
    stored = quantities_stored(postgres)
    for instance in instances:  # each has the last write, before the last number
        wait_until(lambda at=instance: quantities_shown(at, portfolios) == stored, what="the lots as they are stored")
    result = storm.compare(market.publish_all(), instances)
    storm.stop()
    print(json.dumps(result), buyer.written_n, buyer.failures)
    assert result["failure"] == "", result
    assert (result["equal"], result["other_cursor"], result["instances_differ"]) == (CLIENTS_N, 0, 0), result
    # Every end was announced, and followed by one delta on another instance.
    assert result["cuts"] == result["cut_handshakes"] == result["refused"] == result["connects_failed"] == 0, result
    assert result["closings"] == result["resumes"] == result["recovered"] >= CLIENTS_N, result
    assert result["snapshots"] == CLIENTS_N, result
    for name in ("wrong_bases", "led_back", "errors", "waits_past_window"):
        assert result[name] == 0, result
    # Spread over the window, and none past it.
    assert sum(result["after_quarters"]) == result["closings"], result
    assert min(result["after_quarters"]) > result["closings"] // 10, result
    # What an instance took at its end without an answer is not sent again: its buyer learns that nobody knows.
    assert buyer.written_n > 0 and {status for status, _ in buyer.failures} <= {502, 503}, buyer.failures[:5]
