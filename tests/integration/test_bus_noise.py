"""What others may write into Redis: it is ignored and counted, or healed, and never believed for long."""

import json

import pytest

from support.scenario import Scenario
from support.stream_client import cursor_parts
from support.waiting import wait_until

QUOTE = {
    "symbol": "AAPL",
    "price": 1,
    "currency": "USD",
    "session": "2026-01-02",
    "as_of": "2026-01-02T15:00:00.000Z",
    "source": "manual",
    "stale": False,
}

NOT_READABLE = [
    "",
    "{",
    "null",
    "[]",
    "AAPL=190",
    json.dumps({"symbol": "AAPL", "price": 190}),
    json.dumps({"quotes": [QUOTE]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": 0, "quotes": [QUOTE]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": -1, "quotes": [QUOTE]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": 2**53, "quotes": [QUOTE]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": "5", "quotes": [QUOTE]}),
    json.dumps({"epoch": "short", "seq": 5, "quotes": [QUOTE]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": 5, "quotes": [{**QUOTE, "price": 0}]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": 5, "quotes": [{**QUOTE, "price": -1}]}),
    json.dumps({"epoch": "0123456789abcdef", "seq": 5, "quotes": [{**QUOTE, "symbol": "a b"}]}),
    json.dumps({"portfolio": "not-a-uuid"}),
    "x" * 100_000,
]


@pytest.fixture
def watched(server, connect):
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 1, 50))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    return scenario, portfolio, client


def test_what_has_no_number_is_ignored_and_counted(watched, server, redis_server):
    scenario, portfolio, client = watched
    view = client.view(portfolio.portfolio_id)
    cursor, reloads = view.cursor, server.metric("pf_bus_reloads_total")
    for text in NOT_READABLE:
        assert redis_server.client.publish("pf:events", text) == 1
    wait_until(lambda: server.metric("pf_bus_ignored_total") == len(NOT_READABLE), what="all of them counted")
    client.barrier()
    assert view.cursor == cursor
    assert server.metric("pf_bus_reloads_total") == reloads
    # Once for all of them, not a line each.
    assert len(server.log_events("bus.message_ignored")) == 1
    scenario.put_price("KO", 51)
    scenario.settle(client, portfolio)


# Not ("this", 1): a forged event that is the very next one cannot be told from a true one.
@pytest.mark.parametrize("epoch_of, ahead", [("this", 2), ("this", 1000), ("another", 1), ("another", 1000)])
def test_an_event_out_of_line_makes_the_book_be_read(watched, redis_server, epoch_of, ahead):
    """An event that the script did not write is not believed: Redis' own book counts."""
    scenario, portfolio, client = watched
    view = client.view(portfolio.portfolio_id)
    epoch, seq, _ = cursor_parts(view.cursor)
    event = {"epoch": epoch if epoch_of == "this" else "f" * 16, "seq": seq + ahead, "quotes": [QUOTE]}
    for _ in range(50):
        redis_server.client.publish("pf:events", json.dumps(event))
    scenario.put_price("KO", 51)
    scenario.put_price("AAPL", 161)
    scenario.settle(client, portfolio)


def test_a_hint_for_what_nobody_holds_costs_nothing(watched, server, redis_server):
    scenario, portfolio, client = watched
    loads = server.metric("pf_portfolio_loads_total")
    for number in range(100):
        hint = {"portfolio": f"00000000-0000-4000-8000-{number:012d}"}
        redis_server.client.publish("pf:events", json.dumps(hint))
    wait_until(lambda: server.metric("pf_bus_hints_total") >= 100, what="the hints")
    assert server.metric("pf_portfolio_loads_total") == loads
    scenario.put_price("KO", 51)
    scenario.settle(client, portfolio)


def test_changed_rights_of_strangers_cost_nothing(watched, server, redis_server):
    scenario, portfolio, client = watched
    loads = server.metric("pf_portfolio_loads_total")
    for number in range(100):
        notice = {"access": f"00000000-0000-4000-8000-{number:012d}"}
        redis_server.client.publish("pf:events", json.dumps(notice))
    wait_until(lambda: server.metric("pf_access_changes_total") >= 100, what="the notices")
    assert server.metric("pf_portfolio_loads_total") == loads
    assert server.metric("pf_bus_ignored_total") == 0
    scenario.put_price("KO", 51)
    scenario.settle(client, portfolio)


@pytest.mark.parametrize("key", ["pf:bus", "pf:quotes", "pf:leader", "pf:watched"])
@pytest.mark.parametrize("value", ["gone", "another type", "rubbish"])
def test_keys_that_were_tampered_with(watched, server, redis_server, key, value):
    """Somebody's hands in Redis: prices move again by themselves, at the latest when the keys are gone."""
    scenario, portfolio, client = watched
    redis = redis_server.client
    if value == "gone":
        redis.delete(key)
    elif value == "another type":
        redis.delete(key)
        redis.rpush(key, "x")
    elif key == "pf:leader":
        redis.set(key, "x", px=1500)
    elif key == "pf:bus":
        redis.hset(key, mapping={"epoch": "rubbish", "seq": "rubbish"})
    else:
        redis.hset(key, "AAPL", "rubbish")
    client.barrier()
    if value != "gone":
        redis.delete(key)

    def put():
        return server.request("PUT", "/assets/AAPL/price", json={"price": 170})[0] == 200

    wait_until(put, what="a price by hand")
    scenario.put_price("AAPL", 171)
    scenario.put_price("KO", 52)
    scenario.settle(client, portfolio)
