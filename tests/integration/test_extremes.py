"""The numbers at their bounds and portfolios of unusual size, over REST and stream, digit for digit."""

import threading
from decimal import Decimal as D

import pytest

from support.publisher import Publisher
from support.scenario import matches, today
from support.model import Portfolio, Quote
from support.stream_client import StreamClient
from support.waiting import wait_until

MAX = 90_000_000_000
LEAST = D("0.00000001")


LOTS = {
    "the least of all": ([(LEAST, LEAST)], LEAST, None),
    "the least price, rounded to nothing": ([(LEAST, 0)], D("0.49999999"), D("0.49999999")),
    "exactly a half goes up": ([(LEAST, D("0.5"))], D("0.5"), D("1.5")),
    "just below a half goes down": ([(LEAST, D("0.49999999"))], D("1.49999999"), D("0.49999999")),
    "the most of all": ([(MAX, MAX)], MAX, LEAST),
    "the most, bought for nothing": ([(MAX, 0)], MAX, MAX),
    "a fortune lost": ([(MAX, MAX, "2020-01-02", MAX)], LEAST, MAX),
    "a cost of almost nothing": ([(MAX, 0, "2020-01-02", LEAST)], MAX, MAX),
    "a percent with a half in its fifth decimal": ([(1, 8)], D("8.0000004"), D("8.0000004")),
    "a loss with a half in its fifth decimal": ([(1, 8)], D("7.9999996"), D("8")),
    "a loss too small for its percent": ([(1, MAX)], D("89999999999.99999999"), MAX),
    "many digits": ([(D("12345678901.12345678"), D("98.76543211"))], D("7654321.12345678"), D("7654321.12345679")),
    "a third": ([(3, 1), (D("0.00000003"), 1)], D("0.33333333"), D("0.33333334")),
    "bought in the session": ([(1, 10, "2020-01-02"), (2, 11, today(), D("0.01"))], D("12.5"), D("12.25")),
}


@pytest.mark.parametrize("lots, price, previous_close", LOTS.values(), ids=LOTS.keys())
def test_every_digit_counts(scenario, server, connect, lots, price, previous_close):
    portfolio = scenario.portfolio(*[("X", *lot) for lot in lots], ("OTHER", 1, 1))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    scenario.put_price("X", price, previous_close)
    scenario.settle(client, portfolio)
    valuation = server.json("GET", f"/portfolios/{portfolio.portfolio_id}/valuation")
    assert matches(scenario.expected(portfolio), valuation["data"])
    summary = server.json("GET", f"/portfolios/{portfolio.portfolio_id}/investments/summary")
    assert summary["totals"] == valuation["data"]["totals"]


def test_a_lots_own_numbers(scenario, server):
    portfolio = scenario.portfolio(("X", "0.00000001", "0.5"), ("X", 3, "0.33333333", "2020-01-02", "0.00000001"))
    scenario.put_price("X", "0.49999999")
    path = f"/portfolios/{portfolio.portfolio_id}/investments"
    # The price shows with the loop's next pass.
    wait_until(lambda: "current_value" in server.json("GET", path)["items"][0], what="the price")
    by_quantity = {item["quantity"]: item for item in server.json("GET", path)["items"]}
    least, three = by_quantity[LEAST], by_quantity[3]
    assert (least["cost_basis"], least["current_value"], least["gain_loss"]) == (LEAST, 0, -LEAST)
    assert least["gain_loss_percent"] == -100
    assert (three["cost_basis"], three["current_value"]) == (D("1"), D("1.49999997"))
    assert three["gain_loss_percent"] == D("50")


def test_many_of_the_most_add_up(scenario, server, connect):
    """Sums beyond 64 bits by far: each position at its bound."""
    portfolio = scenario.portfolio(*[(f"S{number}", MAX, MAX, "2020-01-02", MAX) for number in range(20)])
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    for number in range(20):
        scenario.put_price(f"S{number}", MAX if number % 2 else LEAST, MAX)
    scenario.settle(client, portfolio)


@pytest.mark.parametrize("sign", ["", "-"], ids=["most", "least"])
def test_cash_at_its_bound(scenario, server, postgres, connect, sign):
    """On top of every bound of a lot."""
    portfolio = scenario.portfolio(*[(f"S{number}", MAX, MAX) for number in range(10)])
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    cash = D(f"{sign}{MAX}")
    postgres.execute("UPDATE portfolios SET cash_balance = %s WHERE portfolio_id = %s", cash, portfolio.portfolio_id)
    portfolio.cash_balance = cash
    for number in range(10):
        scenario.put_price(f"S{number}", LEAST if sign else MAX, MAX)
    scenario.settle(client, portfolio)


NAMES = ["Ω≈ç√∫ 日本語 🧑‍🚀", "\u202eright to left", 'quote " slash / back \\', "\u0085\u2028\ufeff", "x" * 200]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_survives(scenario, server, connect, name):
    portfolio = scenario.portfolio(("AAPL", 1, 1), name=name)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    assert view.data["portfolio_name"] == name
    scenario.rename(portfolio, name[::-1])
    scenario.settle(client, portfolio)


def insert_large(postgres, portfolio_id, lots_n, positions_n):
    postgres.execute("INSERT INTO assets (ticker_symbol) SELECT 'L' || n FROM generate_series(0, %s) n", positions_n - 1)
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date, fee)"
        " SELECT %s, 'L' || n %% %s, 1 + n %% 7 + 0.00000001, 10.12345678 + n, '2020-01-02', 0.01"
        " FROM generate_series(0, %s) n",
        portfolio_id,
        positions_n,
        lots_n - 1,
    )
    portfolio = Portfolio(portfolio_id)
    for n in range(lots_n):
        portfolio.add(f"L{n % positions_n}", D(1 + n % 7) + LEAST, D("10.12345678") + n, fee=D("0.01"))
    return portfolio


def test_a_large_portfolio_reaches_fast_and_slow(scenario, server, postgres):
    """5,000 lots in 2,000 positions: a snapshot of several hundred kilobytes, all prices moving."""
    portfolio = insert_large(postgres, server.create_portfolio(), 5000, 2000)
    publisher = Publisher(server.settings["REDIS_URL"])

    def publish(round_n):
        quotes = [{"symbol": f"L{n}", "price": D("20.5") + n + round_n, "previous_close": 20 + n} for n in range(2000)]
        for first in range(0, 2000, 500):
            publisher.publish(quotes[first : first + 500])
        for quote in quotes:
            scenario.quotes[quote["symbol"]] = Quote(D(quote["price"]), D(quote["previous_close"]), today())

    publish(0)
    fast, slow = StreamClient(server.ws_url), StreamClient(server.ws_url, receive_buffer=4096)
    fast.subscribe(portfolio.portfolio_id)
    slow.send({"type": "subscribe", "portfolio_id": portfolio.portfolio_id})
    for round_n in range(1, 6):
        publish(round_n)
        scenario.settle(fast, portfolio)
    publisher.stop()
    slow.expect("snapshot")
    scenario.settle(slow, portfolio)
    assert slow.view(portfolio.portfolio_id).deltas_n < 10
    body = server.request("GET", f"/portfolios/{portfolio.portfolio_id}/valuation")[2]
    assert len(body) > 300_000
    fast.close()
    slow.close()


def test_others_are_served_while_large_ones_are_flushed(scenario, server, postgres):
    """Many watchers of a large portfolio: a small conversation goes on beside them."""
    portfolio = insert_large(postgres, server.create_portfolio(), 2000, 2000)
    watchers = [StreamClient(server.ws_url) for _ in range(12)]
    for watcher in watchers:
        watcher.subscribe(portfolio.portfolio_id, fields=["current_price"])
    publisher = Publisher(server.settings["REDIS_URL"])
    done = threading.Event()
    failures = []

    def read(watcher):
        try:
            while not done.is_set():
                watcher.run_for(0.1)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=read, args=(watcher,)) for watcher in watchers]
    for thread in threads:
        thread.start()
    small = StreamClient(server.ws_url)
    for round_n in range(4):
        publisher.publish([{"symbol": f"L{n}", "price": 5 + n + round_n} for n in range(500)])
        for _ in range(10):
            small.barrier()
    expected = {f"L{n}": D(8 + n) for n in range(500)}
    wait_until(
        lambda: failures
        or all(
            all(watcher.view(portfolio.portfolio_id).price(symbol) == price for symbol, price in expected.items())
            for watcher in watchers
        ),
        60,
        "the last prices everywhere",
    )
    done.set()
    for thread in threads:
        thread.join()
    publisher.stop()
    assert not failures, failures[0]
    for client in [*watchers, small]:
        client.close()
