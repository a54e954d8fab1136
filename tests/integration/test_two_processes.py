"""Two processes on one Redis and one PostgreSQL: what one is told, the clients of the other see.

REST goes to the first, the stream is the second's, and a client that comes
back comes back to the other one.
"""

import datetime
import json
import threading
import time
from decimal import Decimal as D

import pytest
from test_stream_rights import next_frames

from support.scenario import Scenario, matches
from support.server import run_program
from support.stream_client import cursor_parts
from support.waiting import wait_until


@pytest.fixture
def processes(start_server):
    return start_server(HEARTBEAT_MS=300), start_server(HEARTBEAT_MS=300)


def resume(server, connect, left, scenario, portfolio):
    """Comes back with the last cursor: exactly one delta, and it is enough."""
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id, resume_from=left)
    assert (view.recovered, view.deltas_n, view.snapshots_n) == (True, 1, 0), view.reason
    return client, view


def test_rest_on_one_stream_on_the_other(processes, connect):
    rest, stream = processes
    scenario = Scenario(rest)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50))
    client = connect(stream)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.put_price("AAPL", "189.84", "188.1")
    scenario.settle(client, portfolio)
    scenario.buy(portfolio, "MSFT", "0.5", "300.25")
    scenario.settle(client, portfolio)
    scenario.remove(portfolio, "KO", portfolio.lots["KO"][0])
    scenario.rename(portfolio, "Moved")
    scenario.settle(client, portfolio)
    assert view.snapshots_n == 1
    assert stream.metric("pf_bus_connected") == 1
    rest.json("DELETE", f"/portfolios/{portfolio.portfolio_id}?cascade=true", expect=204)
    client.expect("unsubscribed", portfolio_id=portfolio.portfolio_id, code="not_found")


def test_what_happened_while_away_is_one_delta_on_the_other_process(processes, connect):
    here, there = processes
    scenario = Scenario(here)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50), ("GE", 2, 10))
    scenario.put_price("AAPL", 160, 159)
    scenario.put_price("KO", 55)
    # A watcher on the other process, so that it holds the portfolio all the time.
    watcher = connect(there)
    watcher.subscribe(portfolio.portfolio_id)
    client = connect(here)
    client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    left = client.view(portfolio.portfolio_id).resume_point()
    client.drop()
    scenario.put_price("AAPL", "161.125")
    scenario.put_price("GE", 11, 10)
    scenario.remove(portfolio, "KO", portfolio.lots["KO"][0])
    scenario.buy(portfolio, "MSFT", 1, 300)
    scenario.settle(watcher, portfolio)
    _, view = resume(there, connect, left, scenario, portfolio)
    assert matches(scenario.expected(portfolio), view.data)


def test_a_cursor_is_good_wherever_and_whenever_the_portfolio_was_loaded(processes, connect):
    """One process loads it early, the other late, and prices of others move in between."""
    here, there = processes
    scenario = Scenario(here)
    portfolio, elsewhere = scenario.portfolio(("AAPL", 10, 150)), scenario.portfolio(("ELSEWHERE", 1, 1))
    scenario.put_price("AAPL", 160)
    early, witness = connect(there), connect(there)
    early.subscribe(portfolio.portfolio_id)
    witness.subscribe(elsewhere.portfolio_id)
    for price in range(5):
        scenario.put_price("ELSEWHERE", 10 + price)
    scenario.settle(witness, elsewhere)  # a number that is still to come is waited for, but for a second only
    late = connect(here)
    late_view = late.subscribe(portfolio.portfolio_id)
    early_view = early.view(portfolio.portfolio_id)
    assert cursor_parts(early_view.cursor)[1] <= cursor_parts(late_view.cursor)[1]
    for left, server in ((late_view, there), (early_view, here)):
        left = left.resume_point()
        client = connect(server)
        client.send({"type": "subscribe", "portfolio_id": portfolio.portfolio_id, "resume": left.cursor})
        subscribed, delta = next_frames(client, 2)
        assert subscribed["recovered"] is True, subscribed
        assert delta["type"] == "delta" and delta["base"] == left.cursor
        # A cursor does not lead back: what the client knows it keeps.
        assert cursor_parts(delta["cursor"])[1] >= cursor_parts(left.cursor)[1]
        client.drop()


def test_the_last_process_that_saw_a_number_is_believed(processes, redis_server, connect):
    """Redis loses a number (as an append-only file may): a new epoch, not a silent lie."""
    here, there = processes
    scenario = Scenario(here)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    clients = [connect(here), connect(there)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
        scenario.settle(client, portfolio)
    epoch = cursor_parts(clients[0].view(portfolio.portfolio_id).cursor)[0]
    redis = redis_server.client
    redis.hset("pf:bus", mapping={"seq": 0, "replid": "0" * 40})
    redis.hdel("pf:quotes", "AAPL")
    redis.close()
    for client in clients:
        view = client.view(portfolio.portfolio_id)
        client.run_until(lambda view=view: cursor_parts(view.cursor)[0] != epoch, what="a new epoch")
        client.run_until(lambda view=view: view.price("AAPL") == 160, what="the last price")
    scenario.put_price("AAPL", 170)
    for client in clients:
        scenario.settle(client, portfolio)
    assert len({client.view(portfolio.portfolio_id).cursor for client in clients}) == 1


def test_the_other_process_leads_when_the_leader_goes(start_server, connect):
    first = start_server(HEARTBEAT_MS=300)
    wait_until(lambda: first.metric("pf_leader") == 1, what="a leader")
    second = start_server(HEARTBEAT_MS=300)
    scenario = Scenario(second)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(second)
    view = client.subscribe(portfolio.portfolio_id)
    first.kill()
    wait_until(lambda: second.metric("pf_leader") == 1, what="another leader")
    client.run_until(lambda: view.state == "quiet", what="a heartbeat with a leader")
    scenario.put_price("AAPL", 161)
    scenario.settle(client, portfolio)


def test_without_a_leader_heartbeats_are_stale(start_server, redis_server, connect):
    server = start_server(HEARTBEAT_MS=200)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    client.run_until(lambda: view.state == "quiet")
    # Somebody else holds the lock for a while and then dies with it.
    redis = redis_server.client
    redis.set("pf:leader", "another", px=600000)
    wait_until(lambda: server.metric("pf_leader") == 0, what="the lead lost")
    redis.delete("pf:leader")
    redis.close()
    wait_until(lambda: server.metric("pf_leader") == 1, what="the lead regained")
    client.run_until(lambda: view.state == "quiet")
    assert view.positions["AAPL"]["stale"] is False


def test_a_published_price_is_kept_and_returns_unstale(start_server, redis_server, postgres, connect):
    server = start_server()
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 1, 50), ("GE", 1, 10))
    scenario.put_price("AAPL", 160, 159)
    scenario.publish("KO", "55.5", "54")
    batch = json.dumps([{"symbol": "GE", "price": 11, "source": "simulated"}])
    done = run_program("publish", "-", stdin=batch + "\n", settings={"REDIS_URL": server.settings["REDIS_URL"]})
    assert done.stdout.startswith("ok "), done
    wait_until(
        lambda: postgres.execute("SELECT count(*) FROM asset_prices")[0][0] == 3, what="the prices in PostgreSQL"
    )
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    before = {symbol: dict(row) for symbol, row in view.positions.items()}
    epoch = cursor_parts(view.cursor)[0]
    redis_server.flush()
    client.run_until(lambda: cursor_parts(view.cursor)[0] != epoch)
    client.run_until(lambda: view.totals["unpriced"] == 0, what="the last prices")
    # By hand and published: not stale; a provider's: stale until it confirms.
    assert view.positions["AAPL"] == before["AAPL"]
    assert view.positions["KO"] == before["KO"]
    assert view.positions["GE"] == {**before["GE"], "stale": True}
    # The snapshot of the new epoch had waited for them.
    assert view.snapshots_n == 2


def test_a_price_by_hand_in_a_new_epoch_does_not_hide_the_others(start_server, redis_server, connect):
    server = start_server()
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 1, 50))
    scenario.put_price("AAPL", 160, 159)
    scenario.put_price("KO", 55)
    states = []
    client = connect(server, on_state=lambda view: states.append((time.monotonic(), view.totals["unpriced"])))
    view = client.subscribe(portfolio.portfolio_id)
    flushed_at = time.monotonic()
    redis_server.flush()
    # The price itself begins the new epoch, before the leader has noticed.
    scenario.put_price("KO", D("56.5"))
    scenario.settle(client, portfolio)
    assert view.positions["AAPL"]["current_price"] == 160
    # For two seconds, and not for a leader that is slower.
    early = [n for at, n in states if at - flushed_at < 2]
    assert set(early) <= {0}, "a snapshot did not wait for the last prices"


def test_a_machine_whose_clock_is_behind_sets_prices_too(processes, connect):
    """Who gives no as_of means now; another machine's now may be later than ours."""
    here, there = processes
    scenario = Scenario(here)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(there)
    client.subscribe(portfolio.portfolio_id)
    ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
    as_of = ahead.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ahead.microsecond // 1000:03}Z"
    batch = json.dumps([{"symbol": "AAPL", "price": 161, "as_of": as_of}])
    done = run_program("publish", "-", stdin=batch + "\n", settings={"REDIS_URL": here.settings["REDIS_URL"]})
    assert done.stdout.startswith("ok "), done
    assert scenario.put_price("AAPL", 162)["as_of"] >= as_of
    scenario.settle(client, portfolio)
    # A time that was given is not moved.
    past = here.request("PUT", "/assets/AAPL/price", json={"price": 1, "as_of": "2020-01-02T00:00:00.000Z"})
    assert past[0] == 409


@pytest.mark.threads
@pytest.mark.parametrize("loops", [1, 2, 4])
def test_prices_by_hand_at_the_same_moment_all_succeed(start_server, connect, loops):
    """Who gives no as_of means now, and now is never too old."""
    servers = start_server(LOOPS=loops), start_server(LOOPS=loops)
    for server in servers:
        server.see_bus()
    scenario = Scenario(servers[0])
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(servers[1])
    client.subscribe(portfolio.portfolio_id)
    statuses = []

    def put(server, first):
        for price in range(first, first + 25):
            statuses.append(server.request("PUT", "/assets/AAPL/price", json={"price": price})[0])

    threads = [threading.Thread(target=put, args=(servers[n % 2], 100 * (n + 1))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    scenario.put_price("AAPL", "77.25")
    scenario.settle(client, portfolio)
