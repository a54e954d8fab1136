"""What a customer's portfolios are worth together, and how a portfolio is spread."""

import time
from decimal import Decimal as D

import pytest

from support.rest import UNKNOWN, problem, wrong_fields
from support.waiting import wait_until

SUMS = ("total_value", "cash_balance", "cost_basis", "gain_loss", "day_change", "unpriced")


def settled(server, path, condition):
    """The answer once what was written shows in it."""

    def answer():
        document = server.json("GET", path)
        return document if condition(document) else None

    return wait_until(answer, what=lambda: f"{path} as it should be, not {server.json('GET', path)}")


def written(server, path, condition):
    """The answer to who wrote: it waits for what he wrote, for a second, and not for a database that is slower."""
    began = time.monotonic()
    document = server.json("GET", path)
    if condition(document):
        return document
    assert time.monotonic() - began >= 1, f"a reader sees what he wrote, not {document}"
    return settled(server, path, condition)


# --- the summary ---


def test_a_customer_without_portfolios_has_none(server):
    customer_id = server.create_customer()
    path = f"/customers/{customer_id}/portfolios/summary"
    assert server.json("GET", path) == {"customer_id": customer_id, "items": [], "currencies": []}


def test_the_summary_has_each_portfolio_and_their_total(server, postgres):
    customer_id = server.create_customer()
    path = f"/customers/{customer_id}/portfolios/summary"
    first, second, empty = (server.create_portfolio(customer_id, name=name) for name in ("A", "B", "C"))
    server.create_portfolio(name="somebody else's")
    server.create_investment(first, "AAPL", "2.5", "100.1", fee=1)
    server.create_investment(first, "NONE", 1, 7)
    server.create_investment(second, "AAPL", 1, 90)
    server.create_investment(second, "MSFT", 3, 10)
    postgres.execute("UPDATE portfolios SET cash_balance = -20.5 WHERE portfolio_id = %s", first)
    server.put_price("AAPL", "110.25", previous_close=100)
    server.put_price("MSFT", 20)
    summary = settled(
        server,
        path,
        lambda it: it["totals"]["unpriced"] == 1 and it["totals"]["cash_balance"] < 0 and "day_change" in it["totals"],
    )
    assert [row["portfolio_id"] for row in summary["items"]] == [first, second, empty]
    for row in summary["items"]:
        known = server.json("GET", f"/portfolios/{row['portfolio_id']}/investments/summary")
        assert row["totals"] == known["totals"] and row["version"] == known["version"]
        assert row["positions_n"] == known["positions_n"] and row["stale"] is False
    totals = summary["totals"]
    for name in SUMS:
        assert totals[name] == sum(row["totals"].get(name, 0) for row in summary["items"]), name
    # 100 x 112.875+... on what is priced: AAPL in both, MSFT.
    cost = D("251.25") + 90 + 30
    assert totals["gain_loss_percent"] == round(100 * totals["gain_loss"] / cost, 4)
    assert summary["currency"] == "USD"
    assert summary["currencies"] == [{"currency": "USD", "portfolios_n": 3, "totals": totals}]


def test_different_currencies_are_not_added_without_a_rate(server, postgres):
    customer_id = server.create_customer()
    for currency in ("USD", "CHF", "USD"):
        portfolio_id = server.create_portfolio(customer_id, base_currency=currency)
        if currency == "CHF":
            postgres.execute("UPDATE portfolios SET cash_balance = 7 WHERE portfolio_id = %s", portfolio_id)
    path = f"/customers/{customer_id}/portfolios/summary"
    summary = settled(server, path, lambda it: it["currencies"][1]["totals"]["cash_balance"] == 7)
    assert [(row["currency"], row["portfolios_n"]) for row in summary["currencies"]] == [("USD", 2), ("CHF", 1)]
    assert not {"currency", "totals"} & set(summary)
    assert (summary["rates"], summary["missing_rates"]) == ([], ["CHF/USD"])
    # The oldest portfolio's currency, as nobody says which: 7 at 1 / 0.8.
    postgres.execute("INSERT INTO exchange_rates VALUES ('CHF', '2020-01-02', 1), ('USD', '2020-01-02', 1.25)")
    summary = server.json("GET", path)
    assert (summary["currency"], summary["totals"]["total_value"]) == ("USD", D("8.75"))
    # One without anything in it needs no rate.
    server.create_portfolio(customer_id, base_currency="SEK")
    assert server.json("GET", path)["totals"]["total_value"] == D("8.75")


def test_a_currency_that_is_asked_for_adds_them_at_known_rates(server, postgres):
    customer_id = server.create_customer()
    path = f"/customers/{customer_id}/portfolios/summary"
    for currency, cash in (("USD", 1000), ("EUR", "-33.33333333"), ("CHF", 7), ("USD", 1)):
        portfolio_id = server.create_portfolio(customer_id, base_currency=currency)
        postgres.execute("UPDATE portfolios SET cash_balance = %s WHERE portfolio_id = %s", cash, portfolio_id)
    summary = settled(server, path + "?currency=chf", lambda it: it["currencies"][2]["totals"]["cash_balance"] == 7)
    assert summary["missing_rates"] == ["USD/CHF", "EUR/CHF"] and summary["rates"] == []
    assert not {"currency", "totals"} & set(summary)
    # The last published ones, in place of live ones that nobody asks for; a live one goes before it.
    postgres.execute("INSERT INTO exchange_rates VALUES ('CHF', '2020-01-02', 1.1), ('USD', '2020-01-02', 1.25)")
    summary = server.json("GET", path + "?currency=CHF")
    rates = [(row["pair"], row["rate"], row["source"]) for row in summary["rates"]]
    assert rates == [("USD/CHF", D("0.88"), "published"), ("EUR/CHF", D("1.1"), "published")]
    assert summary["currency"] == "CHF" and summary["totals"]["total_value"] == D("880.88") - D("36.66666666") + 7
    server.put_price("USD%2FCHF", "0.9", currency="CHF")
    summary = settled(server, path + "?currency=CHF", lambda it: it["rates"][0]["source"] == "manual")
    assert summary["rates"][0]["rate"] == D("0.9") and summary["rates"][0]["stale"] is False
    assert summary["totals"]["total_value"] == D("900.9") - D("36.66666666") + 7
    assert "missing_rates" not in summary
    # In one of their own currencies, and where there is nothing to add.
    assert server.json("GET", path + "?currency=JPY")["missing_rates"] == ["USD/JPY", "EUR/JPY", "CHF/JPY"]
    alone = server.create_customer()
    server.create_portfolio(alone, base_currency="JPY")
    summary = server.json("GET", f"/customers/{alone}/portfolios/summary?currency=jpy")
    assert summary["rates"] == [] and summary["currency"] == "JPY" and summary["totals"]["total_value"] == 0
    for wrong in ("", "CH", "CHFX", "GBp", "GBX", "CHF&currency=CHF", "%ff"):
        assert wrong_fields(server.request("GET", f"{path}?currency={wrong}")) == {"currency": "invalid_field"}


def test_the_summary_follows_what_is_written(server):
    customer_id = server.create_customer()
    path = f"/customers/{customer_id}/portfolios/summary"
    portfolio_id = server.create_portfolio(customer_id)
    assert server.json("GET", path)["items"][0]["positions_n"] == 0
    server.create_investment(portfolio_id, "AAPL", 1, 10)
    written(server, path, lambda it: it["items"][0]["positions_n"] == 1)
    body = {"portfolio_name": "New name", "portfolio_type": "IRA"}
    server.json("PUT", f"/portfolios/{portfolio_id}", body)
    item = written(server, path, lambda it: it["items"][0]["portfolio_name"] == "New name")["items"][0]
    assert item["portfolio_type"] == "IRA"
    server.request("DELETE", f"/portfolios/{portfolio_id}?cascade=true")
    assert server.json("GET", path)["items"] == []


def test_the_summary_is_bounded(server, postgres):
    customer_id = server.create_customer()
    add = (
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type, cash_balance)"
        " SELECT %s, 'P' || n, 'IRA', n FROM generate_series(1, %s) n"
    )
    postgres.execute(add, customer_id, 500)
    summary = server.json("GET", f"/customers/{customer_id}/portfolios/summary")
    assert len(summary["items"]) == 500 and summary["totals"]["total_value"] == 500 * 501 / 2
    postgres.execute(add, customer_id, 1)
    problem(server.request("GET", f"/customers/{customer_id}/portfolios/summary"), 422, "limit_exceeded")


def test_the_summary_says_what_it_cannot_find(start_server, postgres):
    server = start_server()
    for customer_id in (UNKNOWN, "7"):
        problem(server.request("GET", f"/customers/{customer_id}/portfolios/summary"), 404, "not_found")
        problem(server.request("GET", f"/portfolios/{customer_id}/allocation"), 404, "not_found")
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    postgres.stop()
    for path in (f"/customers/{customer_id}/portfolios/summary", f"/portfolios/{portfolio_id}/allocation"):
        assert problem(server.request("GET", path), 503, "unavailable")
    postgres.start()
    wait_until(lambda: server.request("GET", f"/portfolios/{portfolio_id}/allocation")[0] == 200)


# --- the allocation ---

ASSETS = [
    ("AAPL", "EQUITY", "Technology", "XNAS", "US"),
    ("MSFT", "EQUITY", "Technology", "XNAS", "US"),
    ("NESN", "EQUITY", "Staples", "XSWX", "CH"),
    ("BTC-USD", "CRYPTO", None, None, None),
]


@pytest.fixture
def spread(server, postgres):
    """A portfolio: AAPL 100, MSFT 200, NESN 300, BTC-USD 50, NEW 25, cash 25, one without a price."""
    portfolio_id = server.create_portfolio()
    for symbol, *about in ASSETS:
        postgres.execute(
            "INSERT INTO assets (ticker_symbol, asset_class, sector, exchange_mic, country) VALUES (%s, %s, %s, %s, %s)",
            symbol,
            *about,
        )
    values = {"AAPL": 100, "MSFT": 200, "NESN": 300, "BTC-USD": 50, "NEW": 25}
    for symbol, value in values.items():
        server.create_investment(portfolio_id, symbol, 10, 1)
        server.put_price(symbol, D(value) / 10)
    server.create_investment(portfolio_id, "UNPRICED", 10, 1)
    postgres.execute("UPDATE portfolios SET cash_balance = 25 WHERE portfolio_id = %s", portfolio_id)

    def read(by):
        return settled(server, f"/portfolios/{portfolio_id}/allocation{by}", lambda it: it["total_value"] == 700)

    read.portfolio_id = portfolio_id
    return read


def slices(document):
    return [(row["kind"], row.get("name"), row["value"], row.get("positions_n")) for row in document["slices"]]


@pytest.mark.parametrize(
    "by, expected",
    [
        ("asset_class", [("EQUITY", 600, 3), ("CRYPTO", 50, 1), (None, 25, 1)]),
        ("sector", [("Staples", 300, 1), ("Technology", 300, 2), (None, 75, 2)]),
        ("industry", [(None, 675, 5)]),
        ("exchange", [("XNAS", 300, 2), ("XSWX", 300, 1), (None, 75, 2)]),
        ("country", [("CH", 300, 1), ("US", 300, 2), (None, 75, 2)]),
        ("currency", [("USD", 675, 5)]),
        ("symbol", [("NESN", 300, 1), ("MSFT", 200, 1), ("AAPL", 100, 1), ("BTC-USD", 50, 1), ("NEW", 25, 1)]),
    ],
)
def test_each_way_to_cut_it(spread, by, expected):
    document = spread(f"?by={by}")
    groups = [("group" if name else "unknown", name, value, n) for name, value, n in expected]
    assert slices(document) == [*groups, ("cash", None, 25, None)]
    assert (document["by"], document["unpriced"], document["base_currency"]) == (by, 1, "USD")
    weights = [row["weight"] for row in document["slices"]]
    assert sum(weights) == 1
    for row in document["slices"]:
        assert abs(row["weight"] - D(row["value"]) / 700) < D("0.000001")
        assert row["weight"].as_tuple().exponent >= -6 if isinstance(row["weight"], D) else True


def test_asset_class_is_the_default_and_other_words_are_refused(spread, server):
    assert spread("")["by"] == "asset_class"
    for query in ("by=", "by=colour", "by=SECTOR", "by=sector&by=sector", "by=%ff"):
        answer = server.request("GET", f"/portfolios/{spread.portfolio_id}/allocation?{query}")
        assert wrong_fields(answer) == {"by": "invalid_field"}, query


def test_thirds_add_up(server):
    portfolio_id = server.create_portfolio()
    for symbol in ("A", "B", "C"):
        server.create_investment(portfolio_id, symbol, 1, 1)
        server.put_price(symbol, "0.33333333")
    document = settled(server, f"/portfolios/{portfolio_id}/allocation?by=symbol", lambda it: it["unpriced"] == 0)
    assert [row["weight"] for row in document["slices"]] == [D("0.333334"), D("0.333333"), D("0.333333")]


def test_debt_makes_the_others_more_than_all_and_nothing_has_no_shares(server, postgres):
    portfolio_id = server.create_portfolio()
    path = f"/portfolios/{portfolio_id}/allocation?by=symbol"
    assert server.json("GET", path)["slices"] == []
    server.create_investment(portfolio_id, "A", 1, 1)
    server.put_price("A", 300)
    for cash, weights in ((-100, [D("1.5"), D("-0.5")]), (-300, [None, None]), (-301, [None, None]), (0, [1])):
        postgres.execute("UPDATE portfolios SET cash_balance = %s WHERE portfolio_id = %s", cash, portfolio_id)
        document = settled(server, path, lambda it, cash=cash: it["total_value"] == 300 + cash)
        assert [row.get("weight") for row in document["slices"]] == weights


def test_a_portfolio_of_thousands_is_cut_whole(server, postgres):
    portfolio_id = server.create_portfolio()
    postgres.execute(
        "INSERT INTO assets (ticker_symbol, sector) SELECT 'S' || n, 'G' || (n % 11) FROM generate_series(1, 5000) n"
    )
    postgres.execute(
        "INSERT INTO asset_prices (ticker_symbol, price, currency, session, as_of, source)"
        " SELECT 'S' || n, n, 'USD', '2026-01-05', '2026-01-05', 'manual' FROM generate_series(1, 5000) n"
    )
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT %s, 'S' || n, 1, 1, '2020-01-02' FROM generate_series(1, 5000) n",
        portfolio_id,
    )
    server.restart()
    path = f"/portfolios/{portfolio_id}/allocation?by="
    document = settled(server, path + "sector", lambda it: it["unpriced"] == 0)
    assert len(document["slices"]) == 11 and sum(row["weight"] for row in document["slices"]) == 1
    assert sum(row["positions_n"] for row in document["slices"]) == 5000
    assert document["total_value"] == 5000 * 5001 / 2
    assert sum(row["weight"] for row in server.json("GET", path + "symbol")["slices"]) == 1


def test_rows_in_other_currencies_weigh_by_their_rate(server, postgres):
    postgres.execute(
        "INSERT INTO assets (ticker_symbol, currency, sector) VALUES ('US', 'USD', 'A'), ('UK', 'GBp', 'A'), ('CH', 'CHF', 'B')"
    )
    postgres.execute("INSERT INTO exchange_rates VALUES ('USD', '2020-01-02', 1.2), ('GBP', '2020-01-02', 0.9)")
    portfolio_id = server.create_portfolio(base_currency="USD")
    for symbol in ("US", "UK", "CH"):
        server.create_investment(portfolio_id, symbol, 10, 1)
    server.put_price("US", 10, currency="USD")
    server.put_price("UK", 800, currency="GBp")
    server.put_price("GBP%2FUSD", "1.25", currency="USD")
    server.put_price("CH", 5, currency="CHF")
    path = f"/portfolios/{portfolio_id}/allocation?by="
    document = settled(server, path + "currency", lambda it: it["total_value"] == 200)
    assert document["unpriced"] == 1, "what a franc is, and was, is not known"
    assert slices(document) == [("group", "GBP", 100, 1), ("group", "USD", 100, 1)]
    assert slices(server.json("GET", path + "sector")) == [("group", "A", 200, 2)]
