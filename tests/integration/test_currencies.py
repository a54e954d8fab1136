"""Several currencies, from the lots to the stream: rows in their own, totals in the portfolio's, rates as quotes."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from support.model import Quote
from support.publisher import Publisher
from support.rest import lot_body, problem, wrong_fields
from support.scenario import Scenario
from support.waiting import wait_until

CHF = {"base_currency": "CHF"}


def priced(scenario):
    """GOOGL in dollars and VOD in pence, with rates to francs and pounds; yesterday's too."""
    scenario.put_price("GOOGL", "116.45", "116", currency="USD")
    scenario.put_price("VOD", "72.31", "71.9", currency="GBX")
    scenario.put_price("USD/CHF", "0.8854", "0.88")
    scenario.put_price("GBP/CHF", "1.12", "1.11")
    scenario.put_price("USD/GBP", "0.79", "0.78")
    assert scenario.quotes["VOD"].currency == "GBp"
    assert scenario.quotes["USD/CHF"].currency == "CHF"


def test_the_published_case(scenario, connect):
    """Ghostfolio's: a dollar cost 0.9238 francs and is 0.8854; the fee has the rate of its day too."""
    scenario.put_price("GOOGL", "116.45", currency="USD")
    portfolio = scenario.portfolio(("GOOGL", 1, "89.12", "2023-01-03", 1, "0.9238"), **CHF)
    scenario.put_price("USD/CHF", "0.8854")
    client = connect(scenario.server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    row, totals = view.data["positions"]["GOOGL"], view.data["totals"]
    assert row["cost_basis_base"] == Decimal("82.329056") + Decimal("0.9238")
    assert row["current_value_base"] == totals["total_value"] == Decimal("103.10483")
    assert row["gain_loss_base"] == totals["gain_loss"] == Decimal("19.851974")
    assert row["gain_loss_base"] + Decimal("0.9238") == Decimal("20.775774")


def test_portfolios_in_francs_and_pounds_see_each_price_and_each_rate(scenario, connect):
    priced(scenario)
    lots = (
        ("GOOGL", "3.5", "89.12", "2023-01-03", 1, "0.9238"),
        ("GOOGL", 2, 100, "2024-01-03", 0, "0.87"),
        ("VOD", 1000, 80, "2023-01-03", "9.5", "1.13"),
    )
    francs = scenario.portfolio(*lots, **CHF)
    pounds = scenario.portfolio(*lots[:2], ("VOD", 1000, 80, "2023-01-03", "9.5"), base_currency="GBP")
    client = connect(scenario.server)
    for portfolio in (francs, pounds):
        client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, francs, pounds)
    assert client.view(pounds.portfolio_id).data["positions"]["VOD"]["fx_rate"] == 1
    for symbol, price in (("USD/CHF", "0.9"), ("GOOGL", "120.00000001"), ("GBP/CHF", "1.2"), ("VOD", "70"), ("USD/GBP", "0.8")):
        scenario.put_price(symbol, price, scenario.quotes[symbol].previous_close)
        scenario.settle(client, francs, pounds)
    for portfolio in (francs, pounds):
        assert client.view(portfolio.portfolio_id).data["totals"]["unpriced"] == 0
        # Over REST the same: the valuation is the snapshot, the summary has its totals.
        path = f"/portfolios/{portfolio.portfolio_id}"
        assert scenario.server.json("GET", path + "/valuation")["data"] == client.view(portfolio.portfolio_id).data
        summary = scenario.server.json("GET", path + "/investments/summary")
        assert summary["totals"] == client.view(portfolio.portfolio_id).data["totals"]


def test_a_rates_tick_is_a_delta_of_its_rows(scenario, connect):
    priced(scenario)
    lots = (("GOOGL", 1, 100, "2023-01-03", 0, "0.9"), ("VOD", 10, 80, "2023-01-03", 0, "1.1"), ("NESN", 1, 100))
    portfolio = scenario.portfolio(*lots, **CHF)
    scenario.put_price("NESN", 105, currency="CHF")
    client = connect(scenario.server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    scenario.put_price("USD/CHF", "0.91", "0.88")
    delta = client.expect("delta")
    assert set(delta["patch"]["positions"]) == {"GOOGL"}
    row = delta["patch"]["positions"]["GOOGL"]
    assert (row["fx_rate"], row["current_value_base"]) == (Decimal("0.91"), Decimal("105.9695"))
    assert delta["patch"]["totals"]["total_value"] == view.data["totals"]["total_value"]
    scenario.settle(client, portfolio)


def test_what_becomes_known_comes_one_by_one(scenario, connect, postgres):
    portfolio = scenario.portfolio(("GOOGL", 2, 100, "2023-01-03", 1), **CHF)
    client = connect(scenario.server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    assert view.data["positions"]["GOOGL"]["currency"] == "CHF"  # as long as nobody knows better
    scenario.put_price("GOOGL", 120, 119, currency="USD")
    scenario.settle(client, portfolio)
    assert view.data["positions"]["GOOGL"]["current_value"] == 240
    assert view.data["totals"]["unpriced"] == 1
    scenario.put_price("USD/CHF", "0.9", "0.91")
    scenario.settle(client, portfolio)
    assert (view.data["positions"]["GOOGL"]["fx_rate"], view.data["totals"]["unpriced"]) == (Decimal("0.9"), 1)
    # At last what the lot cost: the day's rate, published later.
    postgres.execute("INSERT INTO exchange_rates VALUES ('USD', '2023-01-02', 1.08), ('CHF', '2023-01-02', 0.9936)")
    portfolio.lots["GOOGL"][0].fx_rate = Decimal("0.92")
    scenario.settle(client, portfolio)
    assert view.data["positions"]["GOOGL"]["cost_basis_base"] == Decimal("184.92")
    assert view.data["totals"]["unpriced"] == 0
    # And away again.
    postgres.execute("DELETE FROM exchange_rates")
    portfolio.lots["GOOGL"][0].fx_rate = None
    scenario.settle(client, portfolio)
    assert "current_value_base" not in view.data["positions"]["GOOGL"]


def test_an_asset_that_takes_another_currency(scenario, connect, postgres):
    priced(scenario)
    portfolio = scenario.portfolio(("GOOGL", 1, 100, "2023-01-03", 0, "0.9"), **CHF)
    client = connect(scenario.server)
    client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    postgres.execute("UPDATE assets SET currency = 'CHF' WHERE ticker_symbol = 'GOOGL'")
    scenario.currencies["GOOGL"] = "CHF"
    scenario.settle(client, portfolio)  # in dollars still: unpriced
    scenario.put_price("GOOGL", 90, currency="CHF")
    scenario.settle(client, portfolio)
    other = scenario.portfolio(("GOOGL", 1, 100, "2023-01-03"), **CHF)
    client.subscribe(other.portfolio_id)
    scenario.settle(client, other)
    other.base_currency = "USD"
    scenario.rename(other, "In dollars")
    scenario.settle(client, other)


def test_a_stale_rate_makes_its_rows_stale(server, connect):
    scenario = Scenario(server)
    scenario.put_price("GOOGL", "116.45", currency="USD")
    portfolio = scenario.portfolio(("GOOGL", 1, 100, "2023-01-03", 0, "0.9"), **CHF)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    publisher = Publisher(server.settings["REDIS_URL"])
    for is_stale in (False, True, False):
        rate = {"symbol": "USD/CHF", "price": Decimal("0.8854"), "source": "ecb", "stale": is_stale}
        publisher.publish([rate])
        scenario.quotes["USD/CHF"] = Quote(rate["price"], currency="CHF", stale=is_stale)
        scenario.settle(client, portfolio)
        assert view.data["positions"]["GOOGL"]["stale"] is is_stale
    publisher.stop()


def test_an_earlier_fixings_move_is_not_in_the_days_change(scenario, connect):
    """10 at 110 after 100, the dollar at 0.92 after 0.90. Fixed in the quote's session: 1012 - 900. Before Monday's
    fixing, at Friday's rate: 1012 - 10 x 100 x 0.92, Friday's 20 francs not once more. With Monday's, 0.95 after 0.92:
    10 x 110 x 0.95 - 920 = 125."""
    now = datetime.now(timezone.utc)
    earlier = (now - timedelta(days=3)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    scenario.note_price("USD/CHF", scenario.server.put_price("USD%2FCHF", "0.92", previous_close="0.90", as_of=earlier))
    scenario.put_price("GOOGL", 110, 100, currency="USD")
    portfolio = scenario.portfolio(("GOOGL", 10, 80, "2023-01-03", 0, 1), **CHF)
    client = connect(scenario.server)
    view = client.subscribe(portfolio.portfolio_id)
    path = f"/portfolios/{portfolio.portfolio_id}"
    for rate, day_change in (None, 92), (("0.95", "0.92"), 125):
        if rate:
            scenario.put_price("USD/CHF", *rate)
        scenario.settle(client, portfolio)
        assert view.data["positions"]["GOOGL"]["day_change_base"] == day_change
        assert view.data["totals"]["day_change"] == day_change
        assert scenario.server.json("GET", path + "/valuation")["data"] == view.data
        assert scenario.server.json("GET", path + "/investments/summary")["totals"]["day_change"] == day_change


def test_a_resume_over_a_rates_change_on_another_process(start_server, connect):
    first, second = start_server(), start_server()
    scenario = Scenario(first)
    priced(scenario)
    portfolio = scenario.portfolio(("GOOGL", 1, 100, "2023-01-03", 0, "0.9"), ("VOD", 10, 80, "2023-01-03", 0, "1.1"), **CHF)
    client = connect(first)
    client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    point = client.view(portfolio.portfolio_id).resume_point()
    client.close()
    scenario.put_price("USD/CHF", "0.95", "0.88")
    heard = lambda: b'"price":0.95,' in second.request("GET", "/assets/USD%2FCHF/price")[2]  # noqa: E731
    wait_until(heard, what="the rate in the other process")
    other = connect(second)
    view = other.subscribe(portfolio.portfolio_id, resume_from=point)
    scenario.settle(other, portfolio)
    assert view.recovered and (view.snapshots_n, view.deltas_n) == (0, 1)
    assert view.positions["GOOGL"]["fx_rate"] == Decimal("0.95")


# --- lots over REST ---


def test_a_lot_shows_both_currencies(scenario, postgres):
    server = scenario.server
    priced(scenario)
    portfolio_id = server.create_portfolio(**CHF)
    lot = server.create_investment(portfolio_id, "GOOGL", 1, "89.12", "2023-01-03", fee=1, fx_rate="0.9238")
    wait_until(lambda: "current_value_base" in server.json("GET", f"/investments/{lot}"), what="the prices in the loop")
    got = server.json("GET", f"/investments/{lot}")
    assert (got["fx_rate"], got["currency"]) == (Decimal("0.9238"), "USD")
    assert (got["cost_basis"], got["gain_loss"]) == (Decimal("90.12"), Decimal("26.33"))
    assert (got["cost_basis_base"], got["gain_loss_base"]) == (Decimal("83.252856"), Decimal("19.851974"))
    assert (got["current_value_base"], got["gain_loss_percent_base"]) == (Decimal("103.10483"), Decimal("23.8454"))
    pence = server.create_investment(portfolio_id, "VOD", 10, 80, "2023-01-03")
    assert not [name for name in server.json("GET", f"/investments/{pence}") if name.endswith("_base")]
    # A lot that says nothing of its rate has the day's, and may lose its own.
    postgres.execute("INSERT INTO exchange_rates VALUES ('USD', '2023-01-02', 1), ('CHF', '2023-01-02', 0.95)")
    body = {"ticker_symbol": "GOOGL", "quantity": 1, "purchase_price": 100, "purchase_date": "2023-01-03"}
    changed = server.json("PUT", f"/investments/{lot}", body, expect=200)
    assert "fx_rate" not in changed and changed["cost_basis_base"] == 95


def test_a_rate_is_part_of_a_lots_tag(server):
    lot = server.create_investment(server.create_portfolio(**CHF), "GOOGL", 1, 1, fx_rate="0.9")
    before = server.request("GET", f"/investments/{lot}")[1]["etag"]
    body = {"ticker_symbol": "GOOGL", "quantity": 1, "purchase_price": 1, "purchase_date": "2020-01-02", "fx_rate": "0.91"}
    server.json("PUT", f"/investments/{lot}", body, expect=200)
    assert server.request("GET", f"/investments/{lot}")[1]["etag"] != before


@pytest.mark.parametrize("rate", [0, -1, "x", "0.000000001", True])
def test_what_is_no_rate_is_422(server, rate):
    answer = server.request("POST", "/investments", json=lot_body(server.create_portfolio(), fx_rate=rate))
    assert wrong_fields(answer) == {"fx_rate": "invalid_field"}


@pytest.mark.parametrize("asset, base", [("CHF", "CHF"), ("GBp", "GBP")])
def test_a_rate_in_the_portfolios_own_currency_is_1(server, postgres, asset, base):
    postgres.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('AAPL', %s)", asset)
    portfolio_id = server.create_portfolio(base_currency=base)
    answer = server.request("POST", "/investments", json=lot_body(portfolio_id, fx_rate="1.5"))
    assert wrong_fields(answer) == {"fx_rate": "invalid_field"}
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1, fx_rate="1.0")
    answer = server.request("PUT", f"/investments/{lot}", json=lot_body(portfolio_id, fx_rate="1.5"))
    assert wrong_fields(answer) == {"fx_rate": "invalid_field"}
    assert postgres.execute("SELECT fx_rate FROM investments") == [(1,)]


@pytest.mark.parametrize("currency", ["GBp", "GBX", "ZAc", "ILA"])
def test_a_portfolio_in_a_minor_unit_is_422(server, currency):
    body = {"customer_id": server.create_customer(), "portfolio_name": "P", "portfolio_type": "IRA"}
    answer = server.request("POST", "/portfolios", json={**body, "base_currency": currency})
    assert wrong_fields(answer) == {"base_currency": "invalid_field"}


def test_a_row_that_a_rate_takes_above_the_bound_is_unpriced_and_counted(scenario, connect):
    scenario.put_price("GOOGL", 90000000000, currency="USD")
    portfolio = scenario.portfolio(("GOOGL", 90000000000, 1, "2023-01-03", 0, 1), **CHF)
    scenario.put_price("USD/CHF", 1)
    client = connect(scenario.server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    assert view.data["totals"]["total_value"] == Decimal("8100000000000000000000")
    for rate in ("1.00000001", 90000000000):
        scenario.put_price("USD/CHF", rate)
        scenario.settle(client, portfolio)
        assert "current_value_base" not in view.data["positions"]["GOOGL"]
        assert view.data["totals"]["unpriced"] == 1
    scenario.put_price("USD/CHF", "0.5")
    scenario.settle(client, portfolio)
    assert view.data["totals"]["unpriced"] == 0
    assert scenario.server.metric("pf_positions_past_bound_total") == 1
    scenario.server.wait_for_log("position.value_past_bound")
    assert len(scenario.server.log_events("position.value_past_bound")) == 1


def test_a_base_currency_stays_while_lots_have_rates_to_it(server):
    portfolio_id = server.create_portfolio(base_currency="CHF")
    server.put_price("AAPL", 100, currency="USD")
    lot = server.create_investment(portfolio_id, "AAPL", 10, 100, fx_rate=Decimal("0.9"))
    portfolio = server.json("GET", f"/portfolios/{portfolio_id}")
    body = {name: portfolio[name] for name in ("portfolio_name", "portfolio_type")}
    answer = server.request("PUT", f"/portfolios/{portfolio_id}", {**body, "base_currency": "JPY"})
    error = problem(answer, 409, "conflict")["errors"][0]
    assert error["field"] == "base_currency" and "PUT those without fx_rate first" in error["detail"]
    assert server.json("PUT", f"/portfolios/{portfolio_id}", {**body, "base_currency": "CHF"})["base_currency"] == "CHF"
    # What the answer says, step by step.
    purchase = {"ticker_symbol": "AAPL", "quantity": 10, "purchase_price": 100, "purchase_date": "2023-01-03"}
    server.json("PUT", f"/investments/{lot}", purchase)
    assert server.json("PUT", f"/portfolios/{portfolio_id}", {**body, "base_currency": "JPY"})["base_currency"] == "JPY"
    assert server.json("PUT", f"/investments/{lot}", {**purchase, "fx_rate": 150})["cost_basis_base"] == 150000
