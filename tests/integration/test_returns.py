"""Returns, history and risk: against a model in fractions, on real prices; what
is kept and when it is computed anew; every error."""

import csv
import os
import threading
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from support.history import add_assets, bar, write_closes, write_lines
from support.rest import UNKNOWN, problem, wrong_fields
from support.returns_model import Lot, Model
from support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("closed_sessions")
DAILY = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "data", "daily")


def today():
    return datetime.now(timezone.utc).date()


def day(text):
    return date.fromisoformat(text)


def returns(server, portfolio_id, start=None, end=None, **more):
    query = {"start_date": start, "end_date": end, **more}
    text = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    return server.json("GET", f"/portfolios/{portfolio_id}/returns?{text}", expect=200)


def rebuilds(server):
    return server.metric("pf_values_rebuilt_total")


def assert_returns(got, expected):
    for name in ("days", "opening_value", "closing_value", "inflow", "gain"):
        assert got[name] == expected[name], name
    for name in ("simple_return", "twr", "modified_dietz", "xirr"):
        if expected[name] is None:
            assert name not in got
        else:
            assert abs(Fraction(got[name]) - Fraction(expected[name])) <= Fraction(1, 10**6), name
    parts = sum(Fraction(part["gain"]) for part in got["contributions"])
    assert parts == expected["gain"]
    if "simple_return" in got:
        of_parts = sum(Fraction(part["contribution"]) for part in got["contributions"])
        assert abs(of_parts - Fraction(got["simple_return"])) <= Fraction(len(got["contributions"]) + 1, 2 * 10**6)


# --- published cases ---


def test_one_buy(server, postgres):
    """Ghostfolio: 2 at 136.6 with a fee of 1.55."""
    portfolio_id = server.create_portfolio(base_currency="CHF")
    closes = {"2021-12-12": "142.0", "2021-12-17": "143.9", "2021-12-18": "148.9"}
    write_closes(postgres, "BALN.SW", closes, currency="CHF")
    server.create_investment(portfolio_id, "BALN.SW", 2, Decimal("136.6"), "2021-11-30", fee=Decimal("1.55"))
    whole = returns(server, portfolio_id, end="2021-12-18")
    assert (whole["start_date"], whole["days"]) == ("2021-11-30", 19)
    assert (whole["closing_value"], whole["gain"], whole["base_currency"]) == (Decimal("297.8"), Decimal("23.05"), "CHF")
    assert whole["is_annualized"] is False and "twr_annualized" not in whole
    last = returns(server, portfolio_id, "2021-12-18", "2021-12-18")
    assert (last["opening_value"], last["gain"]) == (Decimal("287.8"), 10)


def test_another_currency(server, postgres):
    """Ghostfolio: GOOGL in francs."""
    portfolio_id = server.create_portfolio(base_currency="CHF")
    write_closes(postgres, "GOOGL", {"2023-01-03": "89.12", "2023-07-10": "116.45"})
    add = "INSERT INTO exchange_rates (currency, date, units_per_eur) VALUES (%s, %s, %s)"
    for at, rate in (("2023-01-03", "0.9238"), ("2023-07-10", "0.8854")):
        postgres.execute(add, "USD", at, 1)
        postgres.execute(add, "CHF", at, rate)
    server.create_investment(portfolio_id, "GOOGL", 1, Decimal("89.12"), "2023-01-03", fee=1)
    whole = returns(server, portfolio_id, end="2023-07-10")
    assert whole["closing_value"] == Decimal("103.10483")
    assert whole["inflow"] == Decimal("83.252856")
    assert whole["gain"] == Decimal("19.851974")
    # Another rate of the day, and it is another value.
    postgres.execute("UPDATE exchange_rates SET units_per_eur = 1 WHERE currency = 'CHF' AND date = '2023-07-10'")
    assert returns(server, portfolio_id, end="2023-07-10")["closing_value"] == Decimal("116.45")


def test_internal_rate(server, postgres):
    """Portfolio Performance: -200 on 2010-01-01, +210 on 2010-12-31."""
    portfolio_id = server.create_portfolio()
    write_closes(postgres, "AAPL", {"2010-01-01": 200, "2010-12-31": 210})
    server.create_investment(portfolio_id, "AAPL", 1, 200, "2010-01-01")
    assert returns(server, portfolio_id, end="2010-12-31")["xirr"] == Decimal("0.050141")
    assert returns(server, portfolio_id, end="2010-12-31")["twr_annualized"] == Decimal("0.05")  # 365 days


# --- real prices ---


def real_history(symbols, first, last):
    lines, closes, splits = [], defaultdict(dict), defaultdict(list)
    for symbol in symbols:
        with open(os.path.join(DAILY, f"{symbol}_2010_2021.csv"), encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if not first <= row["date"] <= last:
                    continue
                lines.append(
                    f"BAR {symbol} {row['date']} {row['open']} {row['high']} {row['low']} {row['close']} {row['volume']}"
                )
                closes[symbol][day(row["date"])] = Fraction(row["close"])
                coefficient = row["split_coefficient"]
                if float(coefficient) != 1:
                    lines.append(f"SPLIT {symbol} {row['date']} {Decimal(coefficient):.8f}")
                    splits[symbol].append((day(row["date"]), Fraction(round(float(coefficient)))))
    return lines, closes, splits


@pytest.mark.skipif(not os.path.isdir(DAILY), reason="../shared/data is not there")
def test_real_prices_over_splits(server, postgres):
    symbols = ["AAPL", "KO", "MSFT"]
    lines, closes, splits = real_history(symbols, "2012-01-01", "2014-12-31")
    assert [len(splits[symbol]) for symbol in symbols] == [1, 1, 0]
    add_assets(postgres, *symbols)
    write_lines(postgres, lines)
    portfolio_id = server.create_portfolio()
    lots = [
        Lot("AAPL", Fraction("3.12345678"), Fraction("420.30"), day("2012-02-01"), Fraction("4.95")),
        Lot("KO", Fraction(100), Fraction("77.5"), day("2012-07-08")),  # a Sunday
        Lot("MSFT", Fraction("0.333"), Fraction("30.5"), day("2013-05-15")),
        Lot("AAPL", Fraction(2), Fraction("600"), day("2014-06-06")),
        Lot("AAPL", Fraction(7), Fraction("93"), day("2014-06-09")),
    ]
    for lot in lots:
        numbers = [Decimal(number.numerator) / number.denominator for number in (lot.quantity, lot.price, lot.fee)]
        server.create_investment(portfolio_id, lot.symbol, numbers[0], numbers[1], str(lot.day), fee=numbers[2])
    model = Model(lots, closes, splits)
    ranges = [
        ("2012-02-01", "2014-12-31"),
        ("2012-08-10", "2012-08-13"),
        ("2014-06-07", "2014-06-09"),
        ("2014-06-09", "2014-06-09"),
        ("2013-01-01", "2014-07-31"),
        ("2011-01-01", "2012-01-31"),
    ]
    for start, end in ranges:
        got, expected = returns(server, portfolio_id, start, end), model.returns(day(start), day(end))
        assert_returns(got, expected)
        risk = server.json("GET", f"/portfolios/{portfolio_id}/risk?start_date={start}&end_date={end}", expect=200)
        # The model counts a Sunday's purchase as a day of its own; the server puts it to Monday's.
        if expected["volatility"] is not None and start != "2012-02-01":
            assert abs(float(risk["volatility"]) - expected["volatility"]) < 2e-6
    assert rebuilds(server) == 1
    history = server.json("GET", f"/portfolios/{portfolio_id}/history?from=2014-06-01&to=2014-06-30&limit=1000")["items"]
    expected = model.days(day("2014-06-01"), day("2014-06-30"))
    assert [(item["date"], item["value"], item["inflow"]) for item in history] == [
        (str(at), value, inflow) for at, value, inflow in expected
    ]
    # AAPL's own return over its split, and against it as a benchmark.
    got = returns(server, portfolio_id, "2014-06-07", "2014-06-30", benchmark="AAPL")
    own = closes["AAPL"][day("2014-06-30")] * 7 / closes["AAPL"][day("2014-06-06")] - 1
    part = next(part for part in got["contributions"] if part["ticker_symbol"] == "AAPL")
    assert abs(Fraction(part["price_return"]) - own) <= Fraction(1, 10**6)
    assert part["price_return"] == got["benchmark"]["price_return"]
    relative = (1 + Fraction(got["twr"])) / (1 + own) - 1
    assert abs(Fraction(got["benchmark"]["relative_return"]) - relative) <= Fraction(3, 10**6)


# --- what is kept ---


@pytest.fixture
def held(server, postgres):
    """A portfolio with a lot of AAPL, from 2019 to 2021: its id."""
    portfolio_id = server.create_portfolio()
    write_closes(postgres, "AAPL", {"2019-01-02": 10, "2019-12-31": 11, "2020-12-31": 12, "2021-12-31": 13})
    server.create_investment(portfolio_id, "AAPL", 10, 10, "2019-01-02")
    return portfolio_id


def stored(postgres, portfolio_id):
    return dict(
        postgres.execute(
            "SELECT date::text, value FROM portfolio_values WHERE portfolio_id = %s AND NOT is_live ORDER BY date",
            portfolio_id,
        )
    )


def test_values_are_kept_and_read(server, postgres, held):
    assert returns(server, held, end="2021-12-31")["gain"] == 30
    assert stored(postgres, held) == {"2019-01-02": 100, "2019-12-31": 110, "2020-12-31": 120, "2021-12-31": 130}
    for end in ("2019-12-31", "2020-06-30", "2021-12-31"):
        returns(server, held, end=end)
    assert rebuilds(server) == 1


def test_ranges_chain(server, held):
    product, gain = Fraction(1), Fraction(0)
    for start, end in (("2019-01-02", "2019-12-31"), ("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-12-31")):
        part = returns(server, held, start, end)
        product *= 1 + Fraction(part["twr"])
        gain += Fraction(part["gain"])
    whole = returns(server, held, "2019-01-02", "2021-12-31")
    assert abs(product - 1 - Fraction(whole["twr"])) < Fraction(3, 10**6)
    assert gain == whole["gain"]


def test_a_new_bar_counts_from_its_year_on(server, postgres, held):
    returns(server, held)
    # What lies before its year is not touched: it is still there after being spoilt by hand.
    postgres.execute("UPDATE portfolio_values SET value = 1 WHERE date = '2019-12-31'")
    write_lines(postgres, [bar("AAPL", "2020-06-30", 20)])
    history = server.json("GET", f"/portfolios/{held}/history?to=2021-12-31")["items"]
    assert [(item["date"], item["value"]) for item in history] == [
        ("2019-01-02", 100), ("2019-12-31", 1), ("2020-06-30", 200), ("2020-12-31", 120), ("2021-12-31", 130),
    ]  # fmt: skip
    assert rebuilds(server) == 2
    write_lines(postgres, [bar("AAPL", "2020-06-30", 20)])  # nothing new
    add_assets(postgres, "MSFT")
    write_lines(postgres, [bar("MSFT", "2020-06-30", 20)])  # nothing of it
    returns(server, held)
    assert rebuilds(server) == 2


def test_a_bar_of_before_the_first_purchase_counts(server, postgres, held):
    server.create_investment(held, "AAPL", 1, 10, "2018-06-01")
    assert returns(server, held, end="2018-06-01")["closing_value"] == 10  # the price paid
    write_lines(postgres, [bar("AAPL", "2017-12-29", 9)])
    assert returns(server, held, end="2018-06-01")["closing_value"] == 9


def test_a_split_counts_from_its_day_on(server, postgres, held):
    assert returns(server, held, end="2021-12-31")["closing_value"] == 130
    write_lines(postgres, ["SPLIT AAPL 2020-08-31 4"])
    history = server.json("GET", f"/portfolios/{held}/history?to=2021-12-31")["items"]
    assert [item["value"] for item in history] == [100, 110, 480, 520]
    assert [item["cost_basis"] for item in history] == [100] * 4
    postgres.execute("DELETE FROM corporate_actions")
    assert returns(server, held, end="2021-12-31")["closing_value"] == 130


def test_another_lot_counts_at_once(server, held):
    returns(server, held)
    lot = server.create_investment(held, "AAPL", 5, 11, "2020-01-02", fee=1)
    got = returns(server, held, end="2021-12-31")
    assert (got["closing_value"], got["inflow"], got["gain"]) == (195, 156, 39)
    server.json("DELETE", f"/investments/{lot}", expect=204)
    assert returns(server, held, end="2021-12-31")["closing_value"] == 130
    assert rebuilds(server) == 3


def test_requests_at_the_same_time_compute_once(start_server, held):
    servers = [start_server(REPORT_WORKERS=2), start_server(REPORT_WORKERS=2)]
    answers = []
    threads = [
        threading.Thread(target=lambda i=i: answers.append(returns(servers[i % 2], held, end="2021-12-31")["gain"]))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [30] * 8
    assert sum(rebuilds(server) for server in servers) == 1


def test_days_pass(server, postgres, held):
    """What was computed up to some day is carried on from there."""
    returns(server, held)
    postgres.execute("UPDATE portfolio_value_states SET through_date = '2020-12-31'")
    postgres.execute("DELETE FROM portfolio_values WHERE date > '2020-12-31'")
    assert returns(server, held, end="2021-12-31")["closing_value"] == 130
    assert rebuilds(server) == 2


# --- today ---


@pytest.mark.usefixtures("quiet_date")
def test_today_is_live(server, postgres, held):
    assert returns(server, held)["closing_value"] == 130  # no price: the last close
    server.put_price("AAPL", 14)
    got = returns(server, held)
    assert (got["end_date"], got["closing_value"]) == (str(today()), 140)
    last = server.json("GET", f"/portfolios/{held}/history?from={today()}")["items"][0]
    assert (last["date"], last["value"], last["is_live"]) == (str(today()), 140, True)
    # A stale price is no better than a close.
    postgres.execute("UPDATE asset_prices SET stale = true")
    assert returns(server, held)["closing_value"] == 130
    # Bought today: an inflow of today.
    server.create_investment(held, "AAPL", 1, 13, str(today()))
    got = returns(server, held, start=str(today()))
    assert (got["opening_value"], got["inflow"], got["closing_value"], got["gain"]) == (130, 13, 143, 0)


@pytest.mark.usefixtures("quiet_date")
def test_sync_keeps_todays_value(server, postgres, held):
    def price_shows(price):
        """In what is valued: that follows with the next pass, while the price alone is told at once."""
        server.put_price("AAPL", price)
        wait_until(
            lambda: server.json("GET", f"/portfolios/{held}/valuation")["data"]["totals"]["total_value"] == 10 * price,
            what="the value",
        )

    price_shows(14)
    got = server.json("POST", f"/portfolios/{held}/sync-values", expect=200)
    assert (got["date"], got["value"], got["cost_basis"], got["gain_loss"]) == (str(today()), 140, 100, 40)
    assert (got["gain_loss_percent"], got["holdings"], got["live"], got["missing"]) == (40, 1, 1, 0)
    live = "SELECT date::text, value FROM portfolio_values WHERE is_live"
    assert postgres.execute(live) == [(str(today()), 140)]
    price_shows(15)
    server.json("POST", f"/portfolios/{held}/sync-values", expect=200)
    returns(server, held)  # computing what is old leaves it
    assert postgres.execute(live) == [(str(today()), 150)]
    # The day after it is old, and the closing value takes its place.
    yesterday = today() - timedelta(1)
    postgres.execute("UPDATE portfolio_values SET date = %s WHERE is_live", yesterday)
    write_lines(postgres, [bar("AAPL", yesterday, 16)])
    assert returns(server, held, end=str(yesterday))["closing_value"] == 160
    assert postgres.execute(live) == []


def test_sync_of_nothing(server):
    portfolio_id = server.create_portfolio()
    got = server.json("POST", f"/portfolios/{portfolio_id}/sync-values", expect=200)
    assert (got["value"], got["holdings"]) == (0, 0) and "gain_loss_percent" not in got
    problem(server.request("POST", f"/portfolios/{UNKNOWN}/sync-values"), 404, "not_found")


# --- customers ---


def test_a_customers_portfolios_together(server, postgres):
    customer_id = server.create_customer()
    write_closes(postgres, "AAPL", {"2020-01-02": 10, "2020-01-06": 12})
    write_closes(postgres, "MSFT", {"2020-01-03": 20, "2020-01-07": 30})
    for lots in ([("AAPL", 1, "2020-01-02"), ("MSFT", 1, "2020-01-03")], [("AAPL", 2, "2020-01-06")], []):
        portfolio_id = server.create_portfolio(customer_id)
        for symbol, quantity, at in lots:
            server.create_investment(portfolio_id, symbol, quantity, 10, at)
    got = server.json("GET", f"/customers/{customer_id}/returns?end_date=2020-01-07", expect=200)
    model = Model(
        [Lot("AAPL", Fraction(1), Fraction(10), day("2020-01-02")), Lot("MSFT", Fraction(1), Fraction(10), day("2020-01-03")),
         Lot("AAPL", Fraction(2), Fraction(10), day("2020-01-06"))],
        {"AAPL": {day("2020-01-02"): Fraction(10), day("2020-01-06"): Fraction(12)},
         "MSFT": {day("2020-01-03"): Fraction(20), day("2020-01-07"): Fraction(30)}},
    )  # fmt: skip
    assert_returns(got, model.returns(day("2020-01-02"), day("2020-01-07")))
    assert [(part["ticker_symbol"], part["gain"]) for part in got["contributions"]] == [("AAPL", 6), ("MSFT", 20)]
    part = server.json("GET", f"/customers/{customer_id}/returns?start_date=2020-01-06&end_date=2020-01-06&benchmark=MSFT")
    assert_returns(part, model.returns(day("2020-01-06"), day("2020-01-06")))
    assert part["benchmark"]["price_return"] == 0


# --- history ---


def test_history_by_week_and_month(server, postgres):
    portfolio_id = server.create_portfolio()
    first = day("2020-01-01")
    closes = {first + timedelta(n): 10 + n for n in range(60)}
    write_closes(postgres, "AAPL", closes)
    server.create_investment(portfolio_id, "AAPL", 1, 10, "2020-01-01")
    server.create_investment(portfolio_id, "AAPL", 1, 12, "2020-01-03", fee=1)
    path = f"/portfolios/{portfolio_id}/history?to=2020-02-29"
    months = server.json("GET", f"{path}&interval=month")["items"]
    assert [(it["date"], it["value"], it["inflow"]) for it in months] == [("2020-01-31", 80, 23), ("2020-02-29", 138, 0)]
    weeks = server.json("GET", f"{path}&interval=week")["items"]
    assert [it["date"] for it in weeks][:3] == ["2020-01-05", "2020-01-12", "2020-01-19"]
    assert sum(it["inflow"] for it in weeks) == 23
    for interval, expected_n in (("day", 60), ("week", 9), ("month", 2)):
        seen, cursor = [], ""
        while True:
            page = server.json("GET", f"{path}&interval={interval}&limit=4{cursor}")
            seen += page["items"]
            if "next_cursor" not in page:
                break
            assert len(page["items"]) == 4
            cursor = f"&cursor={page['next_cursor']}"
        whole = server.json("GET", f"{path}&interval={interval}")["items"]
        assert seen == whole and len(seen) == expected_n


def test_an_empty_portfolio(server):
    portfolio_id = server.create_portfolio()
    got = returns(server, portfolio_id, "2020-01-01", "2020-12-31")
    assert (got["gain"], got["twr"], got["contributions"]) == (0, 0, [])
    assert not {"simple_return", "xirr", "modified_dietz"} & set(got)
    assert returns(server, portfolio_id)["days"] == 1
    assert server.json("GET", f"/portfolios/{portfolio_id}/history") == {"items": []}
    risk = server.json("GET", f"/portfolios/{portfolio_id}/risk")
    assert (risk["returns"], risk["max_drawdown"]) == (0, {"value": 0})


def test_risk_has_its_dates(server, postgres):
    portfolio_id = server.create_portfolio()
    write_closes(postgres, "AAPL", {"2020-01-02": 100, "2020-01-03": 120, "2020-01-06": 90, "2020-01-07": 130})
    server.create_investment(portfolio_id, "AAPL", 1, 100, "2020-01-02")
    risk = server.json("GET", f"/portfolios/{portfolio_id}/risk?end_date=2020-01-07")
    assert risk["max_drawdown"] == {
        "value": Decimal("0.25"), "peak_date": "2020-01-03", "trough_date": "2020-01-06", "recovered_date": "2020-01-07"
    }  # fmt: skip
    assert risk["returns"] == 4


# --- errors ---


@pytest.mark.parametrize("path", ["returns", "history", "risk"])
def test_an_unknown_portfolio(server, path):
    problem(server.request("GET", f"/portfolios/{UNKNOWN}/{path}"), 404, "not_found")
    problem(server.request("GET", f"/portfolios/nothing/{path}"), 404, "not_found")


def test_an_unknown_customer(server):
    problem(server.request("GET", f"/customers/{UNKNOWN}/returns"), 404, "not_found")


@pytest.mark.parametrize("of", ["portfolios", "customers"])
def test_every_wrong_parameter_is_named(server, of):
    customer_id = server.create_customer()
    path = f"/{of}/{customer_id if of == 'customers' else server.create_portfolio(customer_id)}/returns"
    answer = server.request("GET", f"{path}?start_date=2020-02-30&end_date=tomorrow&benchmark=%20")
    assert wrong_fields(answer) == dict.fromkeys(("start_date", "end_date", "benchmark"), "invalid_field")
    after = server.request("GET", f"{path}?start_date=2020-02-02&end_date=2020-02-01")
    assert wrong_fields(after) == {"start_date": "invalid_field"}
    future = server.request("GET", f"{path}?end_date={today() + timedelta(2)}")
    assert wrong_fields(future) == {"end_date": "invalid_field"}
    assert wrong_fields(server.request("GET", f"{path}?start_date=2020-01-01&start_date=2020-01-01")) == {
        "start_date": "invalid_field"
    }


def test_every_wrong_parameter_of_a_history_is_named(server):
    portfolio_id = server.create_portfolio()
    answer = server.request("GET", f"/portfolios/{portfolio_id}/history?from=x&to=y&interval=year&limit=0&cursor=z")
    assert set(wrong_fields(answer)) == {"from", "to", "interval", "limit", "cursor"}


def test_a_benchmark_that_is_no_asset(server, held):
    answer = server.request("GET", f"/portfolios/{held}/returns?benchmark=NONE")
    assert wrong_fields(answer) == {"benchmark": "invalid_field"}


def test_a_benchmark_without_prices(server, postgres, held):
    add_assets(postgres, "SPY")
    assert returns(server, held, benchmark="spy")["benchmark"] == {"ticker_symbol": "SPY"}


def test_postgresql_away(server, postgres, held):
    postgres.stop()
    try:
        for method, path in (("GET", "returns"), ("GET", "history"), ("GET", "risk"), ("POST", "sync-values")):
            problem(server.request(method, f"/portfolios/{held}/{path}"), 503, "unavailable")
    finally:
        postgres.start()


def test_the_first_day_there_is(server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 1, 10, "0001-01-01")
    got = returns(server, portfolio_id)
    assert (got["start_date"], got["closing_value"]) == ("0001-01-01", 10)


def test_what_was_held_before_is_gone_with_its_lot(server, postgres):
    portfolio_id = server.create_portfolio()
    write_closes(postgres, "AAA", {"2020-01-02": 100, "2024-06-04": 500})
    write_closes(postgres, "BBB", {"2024-06-03": 10, "2024-06-04": 11})
    first = server.create_investment(portfolio_id, "AAA", 100, 100, "2020-01-02")
    server.create_investment(portfolio_id, "BBB", 1, 10, "2024-06-03")
    assert returns(server, portfolio_id, "2024-06-03", "2024-06-04")["opening_value"] == 10000
    server.json("DELETE", f"/investments/{first}", expect=204)
    now = returns(server, portfolio_id, "2024-06-03", "2024-06-04")
    assert (now["opening_value"], now["inflow"], now["gain"]) == (0, 10, 1)
    items = server.json("GET", f"/portfolios/{portfolio_id}/history?from=2020-01-01&to=2024-06-04")["items"]
    assert [item["date"] for item in items] == ["2024-06-03", "2024-06-04"]
