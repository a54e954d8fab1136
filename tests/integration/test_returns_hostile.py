"""Returns, history, risk, allocation and today's values, asked for from outside
with everything that may be wrong or odd: an answer that makes sense each time."""

import itertools
from datetime import datetime, timedelta, timezone
from decimal import Decimal as D

import pytest

from support.history import add_assets, write_closes
from support.rest import UNKNOWN, loads, problem, wrong_fields

pytestmark = pytest.mark.usefixtures("closed_sessions")
TODAY = datetime.now(timezone.utc).date()
FAR = TODAY + timedelta(days=2)  # after today, also at midnight

WRONG_DATES = (
    "", "%20", "x", "2023-02-29", "2024-02-30", "2023-13-01", "2023-00-10", "2023-1-1", "20230101", "0000-01-01",
    "10000-01-01", "-001-01-01", "2023-01-01T00:00:00Z", "+2023-01-01", "2023-01-01%00", "%ff", "9999-12-32", "NaN",
)  # fmt: skip


def sane(value):
    """No null, and no number that is none (the reader refuses NaN and Infinity)."""
    assert value is not None
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        sane(part)
    return value


def get(server, path, expect=200):
    answer = server.request("GET", path)
    assert answer[0] == expect, (path, answer[2][:500])
    return sane(loads(answer))


@pytest.fixture
def customer_id(server):
    return server.create_customer()


@pytest.fixture
def held(server, postgres, customer_id):
    """10 AAPL at 10 with a fee of 1, with two closes: 10 and 12."""
    portfolio_id = server.create_portfolio(customer_id)
    write_closes(postgres, "AAPL", {"2024-02-28": 10, "2024-02-29": 12})
    server.create_investment(portfolio_id, "AAPL", 10, 10, "2024-02-28", fee=1)
    return portfolio_id


def routes(portfolio_id, customer_id):
    """(path, the names of its first and last day)"""
    return [
        (f"/portfolios/{portfolio_id}/returns", "start_date", "end_date"),
        (f"/portfolios/{portfolio_id}/risk", "start_date", "end_date"),
        (f"/portfolios/{portfolio_id}/history", "from", "to"),
        (f"/customers/{customer_id}/returns", "start_date", "end_date"),
    ]


def ends(document):
    return [document[name] for name in ("opening_value", "inflow", "closing_value", "gain")]


# --- parameters ---


def test_wrong_dates_are_named_together(server, held, customer_id):
    for path, start, end in routes(held, customer_id):
        for wrong in WRONG_DATES:
            answer = server.request("GET", f"{path}?{start}={wrong}&{end}={wrong}")
            assert wrong_fields(answer) == {start: "invalid_field", end: "invalid_field"}, (path, wrong)
        for query in (f"{start}=2024-01-01&{start}=2024-01-01&{end}=x", f"{start}=x&{end}=9999-12-31", f"{start}=&{end}={FAR}"):
            assert set(wrong_fields(server.request("GET", f"{path}?{query}"))) == {start, end}, (path, query)


def test_a_range_that_is_none(server, held, customer_id):
    for path, start, end in routes(held, customer_id):
        for first, last in (("2024-03-01", "2024-02-29"), ("9999-12-31", "0001-01-01"), (TODAY, "0001-01-01")):
            assert wrong_fields(server.request("GET", f"{path}?{start}={first}&{end}={last}")) == {start: "invalid_field"}
        for last in (FAR, "9999-12-31"):
            assert wrong_fields(server.request("GET", f"{path}?{end}={last}")) == {end: "invalid_field"}
        # It ends today when nobody says when.
        for first in (FAR, "9999-12-31"):
            assert wrong_fields(server.request("GET", f"{path}?{start}={first}")) == {start: "invalid_field"}


def test_every_wrong_parameter_of_each_route(server, held, customer_id):
    wrong = {
        f"/portfolios/{held}/returns?start_date=a&end_date=b&benchmark=%20": {"start_date", "end_date", "benchmark"},
        f"/portfolios/{held}/risk?start_date=a&end_date=b": {"start_date", "end_date"},
        f"/portfolios/{held}/history?from=a&to=b&interval=c&limit=d&cursor=e": {"from", "to", "interval", "limit", "cursor"},
        f"/portfolios/{held}/history?from=2024-02-29&to=2024-02-28&interval=&limit=1001": {"from", "interval", "limit"},
        f"/customers/{customer_id}/returns?start_date=a&end_date=b&benchmark={'A' * 33}&currency=c": {
            "start_date", "end_date", "benchmark", "currency",
        },
        f"/portfolios/{held}/allocation?by=": {"by"},
        f"/customers/{customer_id}/portfolios/summary?currency=EURO": {"currency"},
    }  # fmt: skip
    for path, fields in wrong.items():
        assert set(wrong_fields(server.request("GET", path))) == fields, path


def test_what_nobody_knows_is_ignored(server, held, customer_id):
    for path, _, _ in routes(held, customer_id):
        assert get(server, f"{path}?utm_source=x&start=9&=&&%26=1")


@pytest.mark.parametrize("wrong_id", [UNKNOWN, "1", "nothing", "%00", UNKNOWN + "0"])
def test_what_is_not_there(server, wrong_id):
    for path, _, _ in routes(wrong_id, wrong_id):
        problem(server.request("GET", path), 404, "not_found")
    for method, path in (("GET", "allocation"), ("POST", "sync-values"), ("GET", "valuation")):
        problem(server.request(method, f"/portfolios/{wrong_id}/{path}"), 404, "not_found")


def test_other_methods_are_not_allowed(server, held, customer_id):
    for path, _, _ in routes(held, customer_id):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = server.request(method, path, json={})
            problem(answer, 405, "method_not_allowed")
            assert answer[1]["allow"].split(", ")[0] == "GET"
    assert server.request("GET", f"/portfolios/{held}/sync-values")[0] == 405


# --- days ---


@pytest.mark.parametrize(
    "first, last, days, numbers",
    [
        ("2024-02-29", "2024-02-29", 1, [100, 0, 120, 20]),  # a leap day by itself
        ("2024-02-28", "2024-02-28", 1, [0, 101, 100, -1]),  # the day of the purchase
        ("2024-02-27", "2024-02-27", 1, [0, 0, 0, 0]),  # the day before
        ("0001-01-01", "0001-01-01", 1, [0, 0, 0, 0]),
        ("0001-01-01", "2024-02-27", 738943, [0, 0, 0, 0]),
        ("0001-01-01", "2024-02-29", 738945, [0, 101, 120, 19]),
        ("2024-03-02", "2024-03-03", 2, [120, 0, 120, 0]),  # a weekend
    ],
)
def test_days_at_the_edges(server, held, customer_id, first, last, days, numbers):
    for (path, start, end), benchmark in itertools.product(routes(held, customer_id), ("", "&benchmark=AAPL")):
        got = get(server, f"{path}?{start}={first}&{end}={last}{benchmark}")
        if path.endswith("/returns"):
            assert (got["start_date"], got["end_date"], got["days"]) == (first, last, days)
            assert ends(got) == numbers
            assert sum(part["gain"] for part in got["contributions"]) == got["gain"]
            assert ("benchmark" in got) == bool(benchmark)
        elif path.endswith("/history"):
            assert all(first <= item["date"] <= last for item in got["items"])
            assert sum(item["inflow"] for item in got["items"]) == numbers[1]
        else:
            assert 0 <= got["max_drawdown"]["value"] <= 1


def test_a_history_from_any_cursor(server, held):
    path = f"/portfolios/{held}/history?to=2024-03-10"
    assert len(get(server, path)["items"]) == 2
    first = get(server, f"{path}&limit=1")["next_cursor"]
    own, date = first.split(".")
    assert date == "2024-02-28"
    for date, n in (("0001-01-01", 2), ("2024-02-28", 1), ("2024-02-29", 0), ("9999-12-31", 0)):
        assert len(get(server, f"{path}&cursor={own}.{date}")["items"]) == n, date
    for cursor in (f"{own}.2024-02-30", f"{own}.", "2024-02-28", f"0{own[1:]}.2024-02-28x"):
        assert wrong_fields(server.request("GET", f"{path}&cursor={cursor}")) == {"cursor": "invalid_field"}
    for other in ("&interval=week", "&from=2024-01-01"):
        assert wrong_fields(server.request("GET", f"{path}{other}&cursor={first}")) == {"cursor": "invalid_field"}


# --- what is held ---


def test_nothing_is_held(server, customer_id):
    portfolio_id = server.create_portfolio(customer_id)
    for path, start, end in routes(portfolio_id, customer_id):
        for query in ("", f"?{start}={TODAY}", f"?{start}=0001-01-01", f"?{end}=0001-01-01"):
            got = get(server, path + query)
            if path.endswith("/returns"):
                assert ends(got) == [0, 0, 0, 0] and got["twr"] == 0 and got["contributions"] == []
                assert not {"xirr", "simple_return", "modified_dietz"} & set(got)
    for by in ("asset_class", "symbol", "currency"):
        assert get(server, f"/portfolios/{portfolio_id}/allocation?by={by}")["slices"] == []
    got = sane(server.json("POST", f"/portfolios/{portfolio_id}/sync-values", expect=200))
    assert (got["value"], got["cost_basis"], got["gain_loss"], got["holdings"]) == (0, 0, 0, 0)


def test_no_bars_at_all(server, customer_id):
    """At the price paid, and it says so."""
    portfolio_id = server.create_portfolio(customer_id)
    server.create_investment(portfolio_id, "NEVER", 3, "0.33333333", "2020-01-02", fee="0.01")
    for path, start, _ in routes(portfolio_id, customer_id):
        got = get(server, f"{path}?{start}=2020-01-01")
        if path.endswith("/returns"):
            assert ends(got) == [0, D("1.00999999"), D("0.99999999"), D("-0.01")]
            assert got["contributions"][0]["quality"] == "estimated"
            assert "price_return" not in got["contributions"][0]
    got = get(server, f"/portfolios/{portfolio_id}/allocation?by=symbol")
    assert (got["unpriced"], got["slices"]) == (1, [])
    got = sane(server.json("POST", f"/portfolios/{portfolio_id}/sync-values", expect=200))
    assert (got["value"], got["estimated"], got["live"]) == (D("0.99999999"), 1, 0)


def test_a_gift_without_a_price(server, postgres, customer_id):
    """It cost nothing but its fee, and nobody knows what it is worth until a close says so."""
    portfolio_id = server.create_portfolio(customer_id)
    server.create_investment(portfolio_id, "GIFT", 3, 0, "2020-01-02", fee=5)
    for path, start, _ in routes(portfolio_id, customer_id):
        got = get(server, f"{path}?{start}=2020-01-01&{'to' if start == 'from' else 'end_date'}=2020-01-10")
        if path.endswith("/returns"):
            assert got["contributions"][0]["quality"] == "missing"
            assert sum(part["gain"] for part in got["contributions"]) == got["gain"]
    write_closes(postgres, "GIFT", {"2020-01-02": 10, "2020-01-06": 20})
    for path, _, _ in routes(portfolio_id, customer_id):
        if path.endswith("/returns"):
            got = get(server, f"{path}?start_date=2020-01-01&end_date=2020-01-10")
            assert ends(got) == [0, 5, 60, 55]
            assert [ends(part) for part in got["contributions"]] == [[0, 5, 60, 55]]


@pytest.mark.usefixtures("quiet_date")
def test_bought_today(server, customer_id):
    portfolio_id = server.create_portfolio(customer_id)
    today = datetime.now(timezone.utc).date()
    server.create_investment(portfolio_id, "AAPL", 2, 10, str(today), fee=1)
    for path, start, _ in routes(portfolio_id, customer_id):
        for query in ("", f"?{start}={today}", f"?{start}=2020-01-01", f"?{start}={today - timedelta(1)}"):
            got = get(server, path + query)
            if path.endswith("/returns"):
                assert ends(got) == [0, 21, 20, -1]
                assert abs(got["twr"] - D(-1) / 21) < D("0.000001")
            elif path.endswith("/history"):
                assert [(item["value"], item["inflow"], item["is_live"]) for item in got["items"]] == [(20, 21, True)]


def test_bought_on_days_without_a_session(server, postgres, customer_id):
    """A Saturday, and the New Year's Day before: the last close counts, else the price paid."""
    portfolio_id = server.create_portfolio(customer_id)
    write_closes(postgres, "AAPL", {"2020-01-03": 10, "2020-01-06": 11})
    server.create_investment(portfolio_id, "AAPL", 1, 9, "2020-01-01")
    server.create_investment(portfolio_id, "AAPL", 1, 12, "2020-01-04")
    for path, start, end in routes(portfolio_id, customer_id):
        got = get(server, f"{path}?{start}=2020-01-01&{end}=2020-01-06")
        if path.endswith("/returns"):
            assert ends(got) == [0, 21, 22, 1]
        elif path.endswith("/history"):
            assert [(item["date"][8:], item["value"]) for item in got["items"]] == [
                ("01", 9), ("03", 10), ("04", 20), ("06", 22),
            ]  # fmt: skip


@pytest.mark.usefixtures("quiet_date")
def test_a_lot_of_tomorrow_is_none_yet(server, customer_id):
    portfolio_id = server.create_portfolio(customer_id)
    day = datetime.now(timezone.utc).date() + timedelta(1)
    server.create_investment(portfolio_id, "AAPL", 2, 10, str(day))
    for path, start, _ in routes(portfolio_id, customer_id):
        for query in ("", f"?{start}=2020-01-01"):
            got = get(server, path + query)
            assert not path.endswith("/returns") or ends(got) == [0, 0, 0, 0]
    got = sane(server.json("POST", f"/portfolios/{portfolio_id}/sync-values", expect=200))
    assert got["value"] == 0


def test_the_largest_there_are(server, postgres, customer_id):
    """90 thousand million at 90 thousand million, and the smallest: exact."""
    portfolio_id = server.create_portfolio(customer_id)
    most = "90000000000"
    write_closes(postgres, "MOST", {"2020-01-02": most, "2020-01-03": "0.00000001"})
    server.create_investment(portfolio_id, "MOST", most, most, "2020-01-02", fee=most)
    server.create_investment(portfolio_id, "LEAST", "0.00000001", "0.00000001", "2020-01-02")
    cost = 90000000000**2
    for path, start, end in routes(portfolio_id, customer_id):
        got = get(server, f"{path}?{start}=2020-01-02&{end}=2020-01-02")
        if path.endswith("/returns"):
            assert ends(got) == [0, cost + 90000000000, cost, -90000000000]
        got = get(server, f"{path}?{start}=2020-01-02&{end}=2020-01-03")
        if path.endswith("/returns"):
            assert ends(got) == [0, cost + 90000000000, 900, 900 - cost - 90000000000]


# --- benchmarks ---


def test_benchmarks_of_every_kind(server, postgres, held, customer_id):
    add_assets(postgres, "EMPTY")
    write_closes(postgres, "SAP", {"2024-02-28": 100, "2024-02-29": 150}, currency="EUR")
    write_closes(postgres, "LATE", {"2024-03-05": 1})
    for path, _, _ in routes(held, customer_id):
        if not path.endswith("/returns"):
            continue
        one_day = f"{path}?start_date=2024-02-29&end_date=2024-02-29&benchmark="
        for unknown in ("NONE", "EUR%2FUSD"):
            assert wrong_fields(server.request("GET", one_day + unknown)) == {"benchmark": "invalid_field"}
        # Its own holding: neither better nor worse.
        assert get(server, one_day + "aapl")["benchmark"] == {
            "ticker_symbol": "AAPL", "price_return": D("0.2"), "relative_return": 0
        }  # fmt: skip
        # No bars, or none before; a currency to which there is no rate.
        for symbol in ("EMPTY", "LATE", "SAP"):
            assert get(server, one_day + symbol)["benchmark"] == {"ticker_symbol": symbol}
        for query in ("?benchmark=AAPL", f"?start_date={TODAY}&benchmark=AAPL", "?end_date=0001-01-01&benchmark=AAPL"):
            assert get(server, path + query)["benchmark"]["ticker_symbol"] == "AAPL"
    for date, rate in (("2024-02-28", "1"), ("2024-02-29", "0.8")):
        postgres.execute("INSERT INTO exchange_rates VALUES ('USD', %s, %s)", date, rate)
    # 1.5 x 0.8 - 1; 1.2 / 1.2 - 1
    got = get(server, f"/portfolios/{held}/returns?start_date=2024-02-29&end_date=2024-02-29&benchmark=SAP")
    assert got["benchmark"] == {"ticker_symbol": "SAP", "price_return": D("0.2"), "relative_return": 0}
