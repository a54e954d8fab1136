"""A client that comes back to another instance goes on with exactly one delta,
whatever happened meanwhile; and what it may get wrong, or too early, hurts nobody."""

import json

import pytest

from support.scenario import Scenario, matches
from support.stream_client import cursor_parts, merge_patch
from support.tcp_gate import TcpGate
from support.waiting import wait_until

# A way through all ordered pairs of the three instances.
WAY = [0, 1, 2, 0, 2, 1, 0]


@pytest.fixture
def gate(redis_server):
    it = TcpGate(redis_server.port)
    yield it
    it.stop()


def change_something(scenario, portfolio, step):
    """Prices and holdings: bought more, bought new, sold out, renamed, and a price that moved often."""
    for price in range(5):
        scenario.put_price("AAPL", 150 + step + price, 149 + step)
    scenario.put_price(f"NEW{step % 2}", 10 + step)
    scenario.buy(portfolio, "KO", 1 + step, 50)
    if portfolio.lots.get("GONE"):
        scenario.remove(portfolio, "GONE", portfolio.lots["GONE"][0])
    else:
        scenario.buy(portfolio, "GONE", 3, 7)
    scenario.buy(portfolio, f"NEW{step % 2}", 2, 9)
    scenario.rename(portfolio, f"After step {step}")


def settle_everywhere(scenario, connect, instances, portfolio):
    """Until each instance's own state is the model's."""
    for instance in instances:
        with connect(instance) as witness:
            witness.subscribe(portfolio.portfolio_id)
            scenario.settle(witness, portfolio)


def resume(instance, connect, left):
    client = connect(instance)
    view = client.subscribe(left.portfolio_id, resume_from=left)
    assert (view.recovered, view.deltas_n, view.snapshots_n) == (True, 1, 0), view.reason
    return client, view


def test_one_delta_from_every_instance_to_every_other(start_instances, connect):
    instances = start_instances()
    scenario = Scenario(instances[0])
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50), ("GONE", 1, 1))
    scenario.put_price("AAPL", 150, 149)
    client = connect(instances[WAY[0]])
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    points = []
    for step, index in enumerate(WAY[1:]):
        points.append(view.resume_point())
        client.drop()
        change_something(scenario, portfolio, step)
        settle_everywhere(scenario, connect, instances, portfolio)
        client, view = resume(instances[index], connect, points[-1])
        assert matches(scenario.expected(portfolio), view.data)
    # Away for long: from each point of the way, on each instance, still one delta, to the same state.
    for point in points:
        for instance in instances:
            back, view = resume(instance, connect, point)
            assert matches(scenario.expected(portfolio), view.data)
            back.close()


def test_an_instance_started_meanwhile_continues_too(start_instances, start_server, connect):
    """It has never seen the cursor's number or version happen."""
    instances = start_instances()
    scenario = Scenario(instances[0])
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50), ("GONE", 1, 1))
    scenario.put_price("AAPL", 150, 149)
    client = connect(instances[0])
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    left = view.resume_point()
    client.drop()
    for step in range(3):
        change_something(scenario, portfolio, step)
    new = start_server(HEARTBEAT_MS=300)
    # A resume waits two seconds for the bus, and no longer.
    new.see_bus()
    _, view = resume(new, connect, left)
    assert matches(scenario.expected(portfolio), view.data)


def test_a_change_that_only_the_last_instance_knows_is_waited_for(start_instances, start_server, connect, gate):
    """No hint comes through: a version ahead is looked up, a number ahead is waited for."""
    (here, *_) = start_instances()
    there = start_server(HEARTBEAT_MS=300, REDIS_URL=f"redis://127.0.0.1:{gate.port}")
    scenario = Scenario(here)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    settle_everywhere(scenario, connect, [here, there], portfolio)
    client = connect(here)
    client.subscribe(portfolio.portfolio_id)
    for step in range(5):
        gate.shut()
        scenario.buy(portfolio, "AAPL", 1, 100 + step)
        scenario.put_price("AAPL", 161 + step)
        scenario.settle(client, portfolio)
        left = client.view(portfolio.portfolio_id).resume_point()
        back = connect(there)
        back.send({"type": "subscribe", "portfolio_id": portfolio.portfolio_id, "resume": left.cursor})
        # The number is asked for now; well before the second is over it comes.
        wait_until(lambda: there.metric("pf_subscriptions") > 0, what="the subscribe")
        gate.open()
        back.expect_subscribed(portfolio.portfolio_id, left)
        frame = back.expect("subscribed")  # a heartbeat may have come before
        # Recovered when the number came in time, which it does unless a second passed.
        assert frame["recovered"] is True or frame["reason"] == "seq_ahead", frame
        scenario.settle(back, portfolio)
        back.close()
        wait_until(lambda: there.metric("pf_subscriptions") == 0, what="its end")


def leave(server, connect):
    """A client has seen a priced portfolio; where it can go on."""
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    return scenario, portfolio, view.resume_point()


def test_a_loop_that_has_not_found_the_bus_lets_a_resume_wait(start_server, connect, gate):
    """An instance that starts while Redis does not answer: nobody is told that the epoch had changed."""
    scenario, portfolio, left = leave(start_server(HEARTBEAT_MS=300), connect)
    gate.shut()
    there = start_server(HEARTBEAT_MS=300, REDIS_URL=f"redis://127.0.0.1:{gate.port}")
    back = connect(there)
    back.send({"type": "subscribe", "portfolio_id": portfolio.portfolio_id, "resume": left.cursor})
    view = back.expect_subscribed(portfolio.portfolio_id, left)
    wait_until(lambda: there.metric("pf_portfolios_held") == 1, what="the portfolio")
    gate.open()
    frame = back.expect("subscribed")
    # Two seconds it waits for the bus; later the state without prices is better than none.
    assert frame["recovered"] is True or frame["reason"] == "epoch_changed", frame
    back.run_until(lambda: matches(scenario.expected(portfolio), view.data), what="the state with its price")


def test_an_instance_that_finds_no_bus_shows_what_it_has_and_heals(start_server, connect, gate):
    here = start_server(HEARTBEAT_MS=300)
    scenario, portfolio, left = leave(here, connect)
    gate.shut()
    there = start_server(HEARTBEAT_MS=300, REDIS_URL=f"redis://127.0.0.1:{gate.port}")
    back = connect(there)
    view = back.subscribe(portfolio.portfolio_id, resume_from=left)
    assert (view.recovered, view.reason) == (False, "epoch_changed")
    assert (view.totals["unpriced"], view.positions["AAPL"]["quantity"]) == (1, 10)
    back.run_until(lambda: view.state == "stale")
    assert there.health()["status"] == "unavailable"  # no balancer sends anybody here
    gate.open()
    back.run_until(lambda: view.totals["unpriced"] == 0, what="the prices")
    scenario.settle(back, portfolio)
    # And the cursor it had from there was good for nothing but a snapshot; the new one is.
    with connect(here) as again:
        assert again.subscribe(portfolio.portfolio_id, resume_from=view.resume_point()).recovered is True


def cursors_of_all_kinds(cursor):
    """What a confused or hostile client may send as `resume`, well formed."""
    epoch, seq, version = cursor_parts(cursor)
    most = 2**53 - 1
    for other_seq in (0, max(0, seq - 1), seq, seq + 1, most):
        for other_version in (0, 1, version, version + 1, 2**63 - 1):
            yield f"{epoch}-{other_seq}-{other_version}"
    yield f"{'0' * 16}-0-0"
    yield f"{'f' * 16}-{most}-{version}"


def test_whatever_cursor_comes_the_answer_is_whole(start_server, connect):
    """Each of these is answered by a delta from just that cursor, or a snapshot; the state is right from then on."""
    server = start_server()  # no heartbeat while a number ahead is waited for
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)
    known = view.resume_point()
    for cursor in cursors_of_all_kinds(known.cursor):
        back = connect(server)
        back.send({"type": "subscribe", "portfolio_id": portfolio.portfolio_id, "resume": cursor})
        subscribed = json.loads(back.ws.recv_text())
        assert subscribed["type"] == "subscribed", subscribed
        state = json.loads(back.ws.recv_text())
        if subscribed["recovered"]:
            assert (state["type"], state["base"]) == ("delta", cursor)
            # Merged into what is right already it changes nothing.
            assert merge_patch(state_of(known), state["patch"]) == state_of(known), cursor
        else:
            assert state["type"] == "snapshot" and state["data"] == state_of(known), cursor
        back.drop()
        client.barrier()  # whoever answers no ping for long is closed
    scenario.buy(portfolio, "KO", 1, 1)
    scenario.settle(client, portfolio)


def state_of(view):
    """As json.loads has it: numbers as floats, which are compared with floats only."""
    return json.loads(json.dumps(view.data, default=float))


def test_subscribes_on_top_of_each_other(start_server, connect):
    """The same portfolio twice, away and again, all without waiting for an answer: each is answered, in order."""
    server = start_server(MESSAGES_PER_SECOND=1000)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    with connect(server) as witness:
        left = witness.subscribe(portfolio.portfolio_id).resume_point()
    client = connect(server)
    rounds = 20
    for number in range(rounds):
        for kind, more in (("subscribe", {}), ("subscribe", {"resume": left.cursor}), ("unsubscribe", {})):
            name = f"{number} {kind} {len(more)}"
            client.send({"type": kind, "id": name, "portfolio_id": portfolio.portfolio_id, **more})
    client.send({"type": "subscribe", "id": "last", "portfolio_id": portfolio.portfolio_id, "resume": left.cursor})
    answers = []
    while not answers or answers[-1].get("id") != "last":
        answers.append(json.loads(client.ws.recv_text()))
    # One answer to each: a subscribe that its unsubscribe overtook is told so.
    named = {frame["id"]: (frame["type"], frame.get("code")) for frame in answers if "id" in frame}
    assert len(named) == sum("id" in frame for frame in answers) == 3 * rounds + 1
    for number in range(rounds):
        assert named[f"{number} subscribe 0"] in {("subscribed", None), ("error", "not_subscribed")}
        assert named[f"{number} subscribe 1"] == ("error", "already_subscribed")
        assert named[f"{number} unsubscribe 0"] == ("unsubscribed", None)
    assert answers[-1]["recovered"] is True
    delta = json.loads(client.ws.recv_text())
    assert (delta["type"], delta["base"]) == ("delta", left.cursor)
    wait_until(lambda: server.metric("pf_subscriptions") == 1, what="one subscription")


def test_a_storm_of_stale_cursors_costs_one_load_each_portfolio(start_server, connect):
    """Many clients, each with its own old cursor, on an instance that has nothing in memory yet."""
    server = start_server(HEARTBEAT_MS=300)
    scenario = Scenario(server)
    portfolios = [scenario.portfolio(("AAPL", 10 + number, 150), name=f"P{number}") for number in range(3)]
    scenario.put_price("AAPL", 160)
    client = connect(server)
    points = []
    for portfolio in portfolios:
        client.subscribe(portfolio.portfolio_id)
    for price in range(161, 171):
        scenario.put_price("AAPL", price)
        scenario.settle(client, *portfolios)
        points.append([client.view(portfolio.portfolio_id).resume_point() for portfolio in portfolios])
    client.close()
    server.restart()
    server.see_bus()
    assert server.metric("pf_portfolio_loads_total") == 0
    clients = [connect(server) for _ in points]
    for back, point in zip(clients, points):
        for view in point:
            back.send({"type": "subscribe", "portfolio_id": view.portfolio_id, "resume": view.cursor})
    for back, point in zip(clients, points):
        for left in point:
            back.expect_subscribed(left.portfolio_id, left)
        back.run_until(lambda back=back: len(back.views) == 3 and all(v.deltas_n for v in back.views.values()))
        assert all(view.recovered is True for view in back.views.values())
        scenario.settle(back, *portfolios)
    assert server.metric("pf_portfolio_loads_total") == len(portfolios)
