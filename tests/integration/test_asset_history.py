"""An asset's bars and corporate actions: pages, intervals, errors."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from support.history import add_assets, write_closes, write_lines
from support.rest import problem, wrong_fields


def pages(server, path, limit):
    seen, cursor = [], ""
    while True:
        page = server.json("GET", f"{path}&limit={limit}{cursor}", expect=200)
        seen += page["items"]
        if "next_cursor" not in page:
            return seen
        assert len(page["items"]) == limit
        cursor = f"&cursor={page['next_cursor']}"


def test_bars_to_the_end(server, postgres):
    first = date(2019, 12, 1)
    write_closes(postgres, "AAPL", {first + timedelta(n): n + 1 for n in range(100)})
    whole = server.json("GET", "/assets/aapl/history", expect=200)
    assert [bar["close"] for bar in whole["items"]] == list(range(1, 101)) and "next_cursor" not in whole
    assert whole["items"][0] == {"date": "2019-12-01", "close": 1}
    for limit in (1, 7, 99, 100):
        assert pages(server, "/assets/AAPL/history?interval=day", limit) == whole["items"]
    part = server.json("GET", "/assets/AAPL/history?from=2019-12-31&to=2020-01-02")["items"]
    assert [bar["date"] for bar in part] == ["2019-12-31", "2020-01-01", "2020-01-02"]


def test_weeks_and_months(server, postgres):
    add_assets(postgres, "AAPL")
    write_lines(
        postgres,
        [
            "BAR AAPL 2020-01-06 10 12 9 11 100",
            "BAR AAPL 2020-01-07 - 14 - 13 -",
            "BAR AAPL 2020-01-10 13 13.5 8 9 50.5",
            "BAR AAPL 2020-01-13 9 10 9 10 1",
            "BAR AAPL 2020-02-03 20 21 19 20 2",
        ],
    )
    weeks = pages(server, "/assets/AAPL/history?interval=week", 2)
    assert weeks == [
        {"date": "2020-01-10", "open": 10, "high": 14, "low": 8, "close": 9, "volume": Decimal("150.5")},
        {"date": "2020-01-13", "open": 9, "high": 10, "low": 9, "close": 10, "volume": 1},
        {"date": "2020-02-03", "open": 20, "high": 21, "low": 19, "close": 20, "volume": 2},
    ]
    months = pages(server, "/assets/AAPL/history?interval=month", 1)
    assert [(bar["date"], bar["open"], bar["high"], bar["close"]) for bar in months] == [
        ("2020-01-13", 10, 14, 10),
        ("2020-02-03", 20, 21, 20),
    ]


def test_corporate_actions_to_the_end(server, postgres):
    add_assets(postgres, "AAPL", "BRK.B")
    write_lines(
        postgres,
        [
            "DIVIDEND AAPL 2014-05-08 3.29",
            "SPLIT AAPL 2014-06-09 7.000007",
            "DIVIDEND AAPL 2014-06-09 0.5",
            "SPLIT AAPL 2015-01-02 1.195",
            "SPLIT AAPL 2020-08-31 4",
        ],
    )
    expected = [
        {"date": "2014-05-08", "type": "DIVIDEND", "amount": Decimal("3.29")},
        {"date": "2014-06-09", "type": "DIVIDEND", "amount": Decimal("0.5")},
        {"date": "2014-06-09", "type": "SPLIT", "numerator": 7, "denominator": 1},
        {"date": "2015-01-02", "type": "SPINOFF", "price_factor": Decimal("1.195")},
        {"date": "2020-08-31", "type": "SPLIT", "numerator": 4, "denominator": 1},
    ]
    for limit in (1, 2, 5):
        assert pages(server, "/assets/AAPL/corporate-actions?from=2014-01-01", limit) == expected
    assert pages(server, "/assets/AAPL/corporate-actions?from=2014-06-09&to=2014-12-31", 1) == expected[1:3]
    assert server.json("GET", "/assets/BRK.B/corporate-actions") == {"items": []}


@pytest.mark.parametrize("path", ["history", "corporate-actions"])
def test_errors(server, postgres, path):
    add_assets(postgres, "AAPL")
    assert server.json("GET", f"/assets/AAPL/{path}") == {"items": []}
    problem(server.request("GET", f"/assets/NONE/{path}"), 404, "not_found")
    problem(server.request("GET", f"/assets/a%20b/{path}"), 404, "not_found")
    assert set(wrong_fields(server.request("GET", f"/assets/AAPL/{path}?from=1&to=2&limit=1001&cursor=x"))) == {
        "from", "to", "limit", "cursor",
    }  # fmt: skip
    assert wrong_fields(server.request("GET", f"/assets/AAPL/{path}?from=2020-01-02&to=2020-01-01")) == {
        "from": "invalid_field"
    }
    problem(server.request("POST", f"/assets/AAPL/{path}"), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["history", "corporate-actions"])
@pytest.mark.parametrize("cursor", ["x" * 1000, "2020-01-02&cursor=2020-01-02", "2020-01-02.", "2020-01-02.SPLITSPLITSPLITSPLIT", ""])
def test_a_cursor_that_is_none(server, postgres, path, cursor):
    add_assets(postgres, "AAPL")
    assert wrong_fields(server.request("GET", f"/assets/AAPL/{path}?cursor={cursor}")) == {"cursor": "invalid_field"}


def test_an_interval_there_is_not(server, postgres):
    add_assets(postgres, "AAPL")
    assert wrong_fields(server.request("GET", "/assets/AAPL/history?interval=hour")) == {"interval": "invalid_field"}
