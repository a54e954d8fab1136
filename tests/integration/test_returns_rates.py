"""What a range of days begins and ends with when prices and exchange rates are of other days."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from support.history import write_closes

pytestmark = pytest.mark.usefixtures("closed_sessions")
ADD_RATE = "INSERT INTO exchange_rates (currency, date, units_per_eur) VALUES (%s, %s, %s)"


def today():
    return datetime.now(timezone.utc).date()


def returns(server, portfolio_id, start=None, end=None, **more):
    query = {"start_date": start, "end_date": end, **more}
    text = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    return server.json("GET", f"/portfolios/{portfolio_id}/returns?{text}", expect=200)


@pytest.mark.usefixtures("quiet_date")
def test_a_live_price_of_the_last_session_leaves_the_opening(server, postgres):
    """Closed at 100 three days ago, quoted at 105 since, of that session still: today's gain is 10 x 5."""
    portfolio_id = server.create_portfolio()
    before = today() - timedelta(3)
    write_closes(postgres, "AAPL", {str(before): 100})
    server.create_investment(portfolio_id, "AAPL", 10, 90, "2020-01-02")
    server.put_price("AAPL", 105, as_of=f"{before}T23:00:00.000Z")
    got = returns(server, portfolio_id, str(today()), str(today()), benchmark="AAPL")
    assert (got["opening_value"], got["closing_value"], got["gain"]) == (1000, 1050, 50)
    part = got["contributions"][0]
    assert (part["opening_value"], part["closing_value"], part["gain"]) == (1000, 1050, 50)
    assert (part["contribution"], part["price_return"]) == (Decimal("0.05"), Decimal("0.05"))
    assert got["benchmark"]["price_return"] == Decimal("0.05")


def test_the_newer_rate_counts_today(server, postgres):
    """A dollar by hand at 0.80 a week ago; since then published at 0.90: 10 x 100 x 0.90. By hand today at 0.85: 850."""
    portfolio_id = server.create_portfolio(base_currency="CHF")
    write_closes(postgres, "AAPL", {"2023-01-03": 100})
    server.create_investment(portfolio_id, "AAPL", 10, 90, "2023-01-03", fx_rate=Decimal("0.9"))
    server.put_price("USD%2FCHF", Decimal("0.8"), as_of=f"{today() - timedelta(7)}T12:00:00.000Z")
    assert returns(server, portfolio_id)["closing_value"] == 800
    for currency, units in (("USD", "1"), ("CHF", "0.9")):
        postgres.execute(ADD_RATE, currency, str(today() - timedelta(3)), units)
    assert returns(server, portfolio_id)["closing_value"] == 900
    server.put_price("USD%2FCHF", Decimal("0.85"))
    assert returns(server, portfolio_id)["closing_value"] == 850


def test_a_day_on_which_only_the_rate_moved(server, postgres):
    """In francs over Independence Day: 900, then 880 with the exchange closed, which is what 07-05 begins with."""
    portfolio_id = server.create_portfolio(base_currency="CHF")
    write_closes(postgres, "AAPL", {"2023-07-03": 100, "2023-07-05": 105})
    rates = {"2023-07-03": "0.9", "2023-07-04": "0.88", "2023-07-05": "0.88"}
    for at, rate in rates.items():
        postgres.execute(ADD_RATE, "USD", at, "1")
        postgres.execute(ADD_RATE, "CHF", at, rate)
    server.create_investment(portfolio_id, "AAPL", 10, 100, "2023-07-03")
    history = server.json("GET", f"/portfolios/{portfolio_id}/history?to=2023-07-31")["items"]
    assert [(item["date"], item["value"]) for item in history] == [
        ("2023-07-03", 900), ("2023-07-04", 880), ("2023-07-05", 924),
    ]  # fmt: skip
    holiday = returns(server, portfolio_id, "2023-07-04", "2023-07-04")
    assert (holiday["opening_value"], holiday["closing_value"], holiday["twr"]) == (900, 880, Decimal("-0.022222"))
    after = returns(server, portfolio_id, "2023-07-05", "2023-07-05")
    assert (after["opening_value"], after["gain"], after["contributions"][0]["gain"]) == (880, 44, 44)
    risk = server.json("GET", f"/portfolios/{portfolio_id}/risk?end_date=2023-07-31", expect=200)
    assert (risk["max_drawdown"]["value"], risk["max_drawdown"]["trough_date"]) == (Decimal("0.022222"), "2023-07-04")


def test_a_rate_that_8_decimals_cannot_say_is_told(server, postgres):
    """1 / 9e10 francs for a dollar is 0.00000000: no rate. The day is left out and counted, the one before counts on."""
    portfolio_id = server.create_portfolio(base_currency="CHF")
    write_closes(postgres, "AAPL", {"2023-01-03": 100})
    for at, dollars in (("2023-01-03", "1"), ("2023-01-04", "90000000000")):
        postgres.execute(ADD_RATE, "USD", at, dollars)
        postgres.execute(ADD_RATE, "CHF", at, "0.9")
    server.create_investment(portfolio_id, "AAPL", 10, 90, "2023-01-03")
    assert returns(server, portfolio_id, end="2023-01-31")["closing_value"] == 900
    assert server.metric("pf_rates_not_legal_total") >= 1
    assert server.wait_for_log("rates.not_legal")["to"] == "CHF"
