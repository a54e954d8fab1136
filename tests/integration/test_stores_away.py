"""What is still answered while a store is away, and what a store that comes back with its data means."""

import json

import pytest

from support.redis_server import Redis
from support.scenario import Scenario
from support.stream_client import cursor_parts
from support.waiting import wait_until


@pytest.fixture
def server(start_server):
    return start_server(HEARTBEAT_MS=300)


def test_a_price_by_hand_without_postgresql_is_not_published(scenario, server, postgres, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    seq = cursor_parts(view.cursor)[1]
    postgres.kill()
    status, headers, body = server.request("PUT", "/assets/AAPL/price", json={"price": 161})
    assert (status, json.loads(body)["code"]) == (503, "unavailable")
    assert int(headers["retry-after"]) >= 0
    # What is published otherwise still arrives, and takes the next number.
    scenario.publish("AAPL", 162)
    scenario.settle(client, portfolio)
    assert cursor_parts(view.cursor)[1] == seq + 1
    postgres.start()
    wait_until(lambda: server.request("GET", "/portfolios")[0] == 200, what="portfolios")


def test_a_price_by_hand_without_redis_is_not_kept(scenario, server, redis_server, postgres, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    redis_server.kill()
    client.run_until(lambda: view.state == "stale")
    assert server.request("PUT", "/assets/AAPL/price", json={"price": 161})[0] == 503
    assert postgres.execute("SELECT price FROM asset_prices WHERE ticker_symbol = 'AAPL'") == [(160,)]
    # Subscribing, resuming, valuations: all from the last known prices.
    late = connect(server)
    assert late.subscribe(portfolio.portfolio_id).price("AAPL") == 160
    back = connect(server)
    assert back.subscribe(portfolio.portfolio_id, resume_from=view.resume_point()).recovered is True
    assert server.request("GET", f"/portfolios/{portfolio.portfolio_id}/valuation")[0] == 200
    redis_server.start()


def test_watchers_are_served_while_postgresql_is_away(scenario, server, postgres, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    left = view.resume_point()
    postgres.kill()
    # What is held is held: for those who come, come back, ask again.
    late = connect(server)
    assert late.subscribe(portfolio.portfolio_id).price("AAPL") == 160
    back = connect(server)
    assert back.subscribe(portfolio.portfolio_id, resume_from=left).recovered is True
    late.send({"type": "resync", "id": 1, "portfolio_id": portfolio.portfolio_id})
    late.expect("snapshot", id=1)
    # A version that cannot be looked up now is a version ahead.
    epoch, seq, version = cursor_parts(left.cursor)
    left.cursor = f"{epoch}-{seq}-{version + 1}"
    ahead = connect(server)
    lost = ahead.subscribe(portfolio.portfolio_id, resume_from=left)
    assert (lost.recovered, lost.reason, lost.price("AAPL")) == (False, "version_ahead", 160)
    client.run_until(lambda: view.state == "quiet")
    postgres.start()
    wait_until(lambda: server.request("GET", "/portfolios")[0] == 200, what="portfolios")
    scenario.buy(portfolio, "AAPL", 1, 1)
    for each in (client, late, back, ahead):
        scenario.settle(each, portfolio)


def test_a_portfolio_is_kept_for_a_while_after_its_last_user(start_server, connect):
    server = start_server(PORTFOLIO_KEEP_S=600)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)  # and the hints of before have come
    clients = [connect(server), connect(server)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    server.json("GET", f"/portfolios/{portfolio.portfolio_id}/valuation")
    loads = server.metric("pf_portfolio_loads_total")
    clients[0].close()
    clients[1].send({"type": "unsubscribe", "portfolio_id": portfolio.portfolio_id})
    clients[1].expect("unsubscribed")
    wait_until(lambda: server.metric("pf_subscriptions") == 0, what="the end of the last subscription")
    assert server.metric("pf_portfolios_held") == 1
    # Back in time: still there.
    clients[1].subscribe(portfolio.portfolio_id)
    assert server.metric("pf_portfolio_loads_total") == loads


def test_a_portfolio_is_not_kept_for_ever(start_server, connect):
    server = start_server(PORTFOLIO_KEEP_S=1)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    client.close()
    wait_until(lambda: server.metric("pf_portfolios_held") == 0, what="nothing held")
    assert server.metric("pf_subscriptions") == 0
    # And again from the database.
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)


@pytest.fixture
def durable_redis():
    server = Redis(appendonly=True)
    yield server
    server.destroy()


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_a_redis_that_comes_back_with_its_data_begins_a_new_epoch(start_server, durable_redis, connect, how):
    server = start_server(REDIS_URL=durable_redis.url, LOOPS=2)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 1, 50))
    scenario.put_price("AAPL", 160, 159)
    scenario.put_price("KO", 50)
    clients = [connect(server) for _ in range(4)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    epoch = cursor_parts(clients[0].view(portfolio.portfolio_id).cursor)[0]
    if how == "kill":
        durable_redis.kill()
        durable_redis.start()
    else:
        durable_redis.restart()
    assert durable_redis.client.hexists("pf:quotes", "AAPL") or durable_redis.client.hget("pf:bus", "epoch") != epoch
    for client in clients:
        view = client.view(portfolio.portfolio_id)
        # The leader's regular empty batch finds another replication id.
        client.run_until(lambda view=view: cursor_parts(view.cursor)[0] != epoch, what="a new epoch")
        scenario.settle(client, portfolio)
    # Also that one which has none of the clients.
    wait_until(lambda: server.metric("pf_bus_connected") == 2, what="the bus in both loops")
    scenario.put_price("AAPL", 161)
    for client in clients:
        scenario.settle(client, portfolio)


BAD = [
    {"id": 7},
    {"type": "dance", "id": 7},
    {"type": "subscribe", "id": 7},
    {"type": "subscribe", "id": 7, "portfolio_id": 3},
    {"type": "subscribe", "id": 7, "portfolio_id": "none"},
    {"type": "update", "id": 7, "portfolio_id": "none"},
    {"type": "auth", "id": 7},
    {"type": "auth", "id": 7, "token": "x"},
]


@pytest.mark.parametrize("message", BAD, ids=json.dumps)
def test_an_error_echoes_the_id(shared_server, connect, message):
    client = connect(shared_server)
    client.send(message)
    client.expect_next("error", id=7)
