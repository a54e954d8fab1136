"""The TypeScript SDK against the real server: states, exact digits, restarts, limits."""

from decimal import Decimal as D

import pytest

from support.frame_check import check_state
from support.sdk import put_prices, sdk_factory
from support.waiting import wait_until


@pytest.fixture(name="sdk")
def a_factory():
    yield from sdk_factory()


def own_prices(server, portfolio_id, *symbols):
    for symbol in symbols:
        server.create_investment(portfolio_id, symbol, 10, 100)
    put_prices(server, portfolio_id, **dict.fromkeys(symbols, 150))


def test_prices_and_holdings_move_live(sdk, start_server):
    server = start_server(HEARTBEAT_MS=3_600_000)  # one would say "quiet"
    portfolio_id = server.create_portfolio()
    own_prices(server, portfolio_id, "AAPL", "MSFT")
    client = sdk(server)
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    assert client.seen("state")[0]["changed"] is None
    since = client.mark()
    server.put_price("AAPL", "151.5")
    client.settle(server, portfolio_id)
    assert set(client.wait_for("state", since)["changed"]) == {"AAPL", "totals"}
    server.create_investment(portfolio_id, "NVDA", 3, 200)
    client.settle(server, portfolio_id)
    for price in range(30):
        server.put_price("MSFT", 160 + price)
    client.wait_until(lambda: client.seen("state")[-1]["document"]["positions"]["MSFT"]["current_price"] == 189)
    client.settle(server, portfolio_id)
    states = client.seen("state")
    for state in states:
        check_state(state["document"])
    assert len({state["cursor"] for state in states}) == len(states)
    assert not client.seen("sent", type="resync"), "nothing was lost, so nothing is asked for again"
    assert client.show(portfolio_id)["feed"] == "live"


def test_digits_are_exact(sdk, server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "MID", 1, 1)
    server.create_investment(portfolio_id, "BIG", D("89999999999.12345678"), D("0.00000001"))
    put_prices(server, portfolio_id, MID=D("90000000.12345678"), BIG=D("89999999999.87654321"))
    client = sdk(server)
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    document = client.show(portfolio_id)["document"]
    assert document["positions"]["MID"]["current_value"] == D("90000000.12345678")
    assert document["positions"]["BIG"]["current_value"] > D(8) * 10**21
    check_state(document)
    put_prices(server, portfolio_id, BIG=D("89999999999.87654322"))
    client.settle(server, portfolio_id)
    check_state(client.show(portfolio_id)["document"])


def test_fields_and_rates_are_the_applications(sdk, server):
    portfolio_id = server.create_portfolio()
    own_prices(server, portfolio_id, "AAPL")
    client = sdk(server)
    client.do("subscribe", id=portfolio_id, options={"fields": ["total_value", "current_price"], "maxRate": 5})
    state = client.wait_for("state")["document"]
    assert set(state["totals"]) == {"total_value"} and set(state["positions"]["AAPL"]) == {"current_price"}
    client.do("update", id=portfolio_id, options={"fields": ["gain_loss"]})
    client.wait_for("state", document={**state, "totals": {"gain_loss": 500}, "positions": {"AAPL": {"gain_loss": 500}}})
    # All of it again, which no update can ask for.
    client.do("update", id=portfolio_id, options={"fields": None})
    client.settle(server, portfolio_id)
    assert not client.seen("error")


def test_a_kill_and_a_restart_are_survived(sdk, server):
    portfolio_id = server.create_portfolio()
    own_prices(server, portfolio_id, "AAPL", "MSFT")
    client = sdk(server)
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    before = client.show(portfolio_id)
    since = client.mark()
    server.kill()
    client.wait_for("status", since, feed="disconnected")
    assert client.show(portfolio_id)["document"] == before["document"], "what was shown stays"
    server.start()
    server.put_price("AAPL", 175)
    client.settle(server, portfolio_id)
    since = client.mark()
    server.restart()
    server.put_price("MSFT", 180)
    client.wait_for("connection", since, state="open")
    client.settle(server, portfolio_id)
    for state in client.seen("state"):
        check_state(state["document"])


def test_a_resume_is_one_delta(sdk, start_server):
    server, other = start_server(), start_server()
    portfolio_id = server.create_portfolio()
    own_prices(server, portfolio_id, "AAPL", "MSFT")
    client = sdk(server)
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    since = client.mark()
    client.do("close")
    client.wait_for("connection", since, state="closed")
    other.create_investment(portfolio_id, "NVDA", 1, 1)
    other.put_price("AAPL", 190)

    def has_learned():
        positions = server.json("GET", f"/portfolios/{portfolio_id}/valuation")["data"]["positions"]
        return "NVDA" in positions and positions["AAPL"]["current_price"] == 190

    wait_until(has_learned, what="what the other server has changed, on this one")
    since = client.mark()
    client.do("connect")
    client.settle(server, portfolio_id)
    changed = [state["changed"] for state in client.seen("state", since)]
    assert changed and None not in changed, "a snapshot where a delta would have done"
    assert not client.seen("sent", since, type="resync")


def test_what_is_not_there_ends_the_subscription(sdk, server):
    missing = "00000000-0000-4000-8000-000000000000"
    portfolio_id = server.create_portfolio()
    client = sdk(server)
    client.do("subscribe", id=missing)
    assert client.wait_for("end")["problem"] == "not_found"
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    server.json("DELETE", f"/portfolios/{portfolio_id}")
    assert client.wait_for("end", id=portfolio_id)["problem"] == "not_found"
    assert client.show(portfolio_id)["document"] is None
    assert client.seen("connection")[-1]["state"] == "open"


def test_what_the_server_cannot_read_ends_the_subscription(sdk, server):
    portfolio_id = server.create_portfolio()
    for refused, options in (("", {}), ("x" * 100, {}), (portfolio_id, {"maxRate": -1}), (portfolio_id, {"fields": ["no"]})):
        client = sdk(server)
        client.do("subscribe", id=refused, options=options)
        assert client.wait_for("end")["problem"] in ("invalid_field", "missing_field", "not_found"), options
        assert client.show(refused)["feed"] == "ended"
    client = sdk(server)
    client.do("subscribe", id=portfolio_id, options={"maxRate": 5})
    client.settle(server, portfolio_id)
    client.do("update", id=portfolio_id, options={"fields": []})
    client.wait_for("error", id=portfolio_id, problem="invalid_field", retryable=False)
    client.do("update", id=portfolio_id, options={"fields": None, "maxRate": None})
    since = client.mark()
    server.create_investment(portfolio_id, "AAPL", 10, 100)
    client.settle(server, portfolio_id)
    assert not client.seen("end", since)


def test_a_cursor_of_another_version_is_given_up(sdk, server):
    portfolio_id = server.create_portfolio()
    client = sdk(server)
    client.do("subscribe", id=portfolio_id, options={"resume": {"cursor": "of-another-version", "document": {}}})
    client.settle(server, portfolio_id)
    assert not client.seen("end")


def test_who_wants_all_is_not_shown_a_part(sdk, server):
    portfolio_id = server.create_portfolio()
    own_prices(server, portfolio_id, "AAPL")
    client = sdk(server)
    client.do("subscribe", id=portfolio_id, options={"fields": ["total_value"]})
    client.wait_for("state")
    client.do("subscribe", id=portfolio_id, options={})
    document = client.show(portfolio_id)["document"]
    assert document is None or document["positions"]
    client.settle(server, portfolio_id)


def test_a_thousand_subscriptions_stay_within_the_limits(sdk, start_server):
    # A client may say so much in a second, however many portfolios it has.
    server = start_server(MESSAGES_PER_SECOND=50, MAX_SUBSCRIPTIONS=1000)
    customer_id = server.create_customer()
    ids = [server.create_portfolio(customer_id, name=f"P{n}") for n in range(1000)]
    client = sdk(server)
    for portfolio_id in ids:
        client.do("subscribe", id=portfolio_id, is_telling_states=False)
    client.wait_for("sent", type="subscribe")

    def are_live():
        return {event["id"] for event in client.seen("status", feed="live")} == set(ids)

    client.wait_until(are_live)
    since = client.mark()
    server.kill()
    server.start()
    client.wait_until(lambda: {event["id"] for event in client.seen("status", since, feed="live")} == set(ids))
    assert not client.seen("error") and not client.seen("client_error")
    client.settle(server, ids[0], ids[-1])


def test_a_database_that_is_away_is_waited_for(sdk, start_server, postgres):
    server = start_server()
    portfolio_id = server.create_portfolio()
    other_id = server.create_portfolio()
    client = sdk(server)
    client.do("subscribe", id=portfolio_id)
    client.settle(server, portfolio_id)
    postgres.kill()
    try:
        client.do("subscribe", id=other_id)
        assert client.wait_for("error", id=other_id) == {
            "event": "error", "id": other_id, "problem": "unavailable", "retryable": True,
        }  # fmt: skip
    finally:
        postgres.start()
    client.wait_for("status", id=other_id, feed="live")
    client.settle(server, other_id)


def test_rest_is_beside_it(sdk, server):
    client = sdk(server)
    customer = {"name": "Ada", "email": "ada@example.com"}
    client.do("rest", method="post", path="/customers", request={"body": customer})
    customer_id = client.wait_for("answer")["data"]["customer_id"]
    since = client.mark()
    body = {"customer_id": customer_id, "portfolio_name": "Growth", "portfolio_type": "IRA"}
    client.do("rest", method="post", path="/portfolios", request={"body": body})
    portfolio_id = client.wait_for("answer", since)["data"]["portfolio_id"]
    since = client.mark()
    digits = D("89999999.12345678")
    lot = {"portfolio_id": portfolio_id, "ticker_symbol": "AAPL", "quantity": digits, "purchase_price": digits, "purchase_date": "2026-01-02"}
    client.do("rest", method="post", path="/investments", request={"body": lot, "idempotencyKey": True})
    made = client.wait_for("answer", since)["data"]
    assert (made["quantity"], made["purchase_price"]) == (digits, digits)
    assert made == server.json("GET", f"/investments/{made['investment_id']}")
    since = client.mark()
    client.do("rest", method="post", path="/portfolios", request={"body": {"portfolio_type": "NONE"}})
    problem = client.wait_for("problem", since)
    assert problem["answered"] == 422
    assert {error["field"] for error in problem["errors"]} >= {"customer_id", "portfolio_name", "portfolio_type"}
