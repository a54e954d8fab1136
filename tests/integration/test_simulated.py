"""The simulated market, as `./dev run` has it: prices for what there is, none for what is typed wrong."""

import json

import pytest

from support.rest import loads, lot_body, problem
from support.waiting import wait_until


@pytest.fixture(params=["redis", "in process"])
def market(request, start_server):
    """A server with a simulated market."""
    settings = {"PROVIDERS": "simulated", "SIMULATED_TICK_MS": 200}
    server = start_server(**settings, **({} if request.param == "redis" else {"REDIS_URL": None}))
    wait_until(lambda: server.metric("pf_leader") == 1, what="the lead")
    server.see_bus()
    return server


def price_of(server, symbol):
    return server.request("GET", f"/assets/{symbol}/price")


def test_a_typo_has_no_price(market, postgres):
    assert "No provider knows it" in problem(price_of(market, "AAPLE"), 404, "not_found")["detail"]
    problem(price_of(market, "EUR%2FUSD"), 404, "not_found")
    many = market.json("POST", "/assets/prices", {"symbols": ["AAPLE", "MSFTT"]})
    assert many["items"] == [] and [error["code"] for error in many["errors"]] == ["not_found"] * 2
    # Nor is it one from then on.
    assert market.json("GET", "/assets?query=AAPLE")["items"] == []
    assert postgres.execute("SELECT count(*) FROM assets") == [(0,)]


def test_what_somebody_just_bought_has_one(market):
    """At once, before the leader's next look at what is held."""
    portfolio_id = market.create_portfolio()
    problem(price_of(market, "AAPL"), 404, "not_found")
    assert market.request("POST", "/investments", json=lot_body(portfolio_id, ticker_symbol="AAPL"))[0] == 201
    answer = price_of(market, "AAPL")
    assert answer[0] == 200 and loads(answer)["source"] == "simulated"
    market.json("POST", "/investments", lot_body(portfolio_id, ticker_symbol="MSFT"), expect=201)
    updated = market.json("POST", "/investments/update-prices", {})
    assert updated["failed"] == [] and updated["updated"] + updated["unchanged"] == 2


def test_what_the_catalog_lists_has_one(market, postgres):
    postgres.execute("INSERT INTO assets (ticker_symbol, name) SELECT 'S' || n, 'Listed' FROM generate_series(1, 999) n")
    symbols = [f"S{number}" for number in range(1, 1000)] + ["TYPO"]
    many = market.json("POST", "/assets/prices", {"symbols": symbols})
    assert len(many["items"]) == 999, json.dumps(many["errors"])[:500]
    assert [error["ticker_symbol"] for error in many["errors"]] == ["TYPO"]


def test_what_was_priced_by_hand_goes_on_from_there(market):
    market.json("PUT", "/assets/GOLD/price", {"price": 2000, "currency": "CHF"})
    wait_until(lambda: price_of(market, "GOLD")[0] == 200, what="the price by hand")
    market.json("POST", "/investments/update-prices", {"symbols": ["GOLD"]})
    found = loads(price_of(market, "GOLD"))
    assert found["currency"] == "CHF" and 1900 < found["price"] < 2100, found
