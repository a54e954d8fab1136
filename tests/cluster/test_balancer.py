"""deploy/haproxy/haproxy.cfg does what its comments say."""

import os
import signal

import pytest

from support import haproxy
from support.scenario import Scenario
from support.stream_client import StreamClient
from support.waiting import wait_until
from support.websocket import Closed
from support.wire import Wire


def connections(instance):
    return instance.metric("pf_connections")


@pytest.mark.skipif(haproxy.PROGRAM is None, reason="haproxy is not installed")
def test_haproxy_accepts_the_file_as_it_is():
    checked = haproxy.check_configuration()
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr, checked.stderr


def test_streams_and_requests_pass_and_are_spread(start_instances, start_balancer, connect):
    instances = start_instances()
    balancer = start_balancer(instances)
    scenario = Scenario(instances[0])
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    clients = [connect(balancer) for _ in range(6)]
    assert [connections(instance) for instance in instances] == [2, 2, 2]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    # A write goes to any of them, and all of them show it.
    body = {"portfolio_id": portfolio.portfolio_id, "ticker_symbol": "AAPL", "quantity": 1}
    balancer.json("POST", "/investments", {**body, "purchase_price": 2, "purchase_date": "2020-01-02"}, expect=201)
    for client in clients:
        view = client.view(portfolio.portfolio_id)
        client.run_until(lambda view=view: view.positions["AAPL"]["quantity"] == 11)
    assert balancer.json("GET", "/health")["status"] == "ok"
    status, headers, _ = balancer.request("GET", "/portfolios", headers={"X-Request-Id": "mine"})
    assert (status, headers["x-request-id"]) == (200, "mine")
    assert balancer.request("GET", "/metrics")[0] == 404


def test_each_client_behind_it_has_limits_of_its_own(start_instances, start_balancer):
    instances = start_instances(TRUSTED_PROXIES="127.0.0.1", RATE_ADDRESS=1, RATE_ADDRESS_BURST=1000)
    balancer = start_balancer(instances)

    def left(address):
        """Whatever the client writes there itself, it is who it is."""
        with Wire(balancer, address) as wire:
            return int(wire.ask("OPTIONS", "*", "X-Forwarded-For: 9.9.9.9")[1]["ratelimit-remaining"])

    with Wire(balancer, "127.0.0.2") as wire:
        for _ in range(300):
            wire.ask("OPTIONS", "*")
    wait_until(lambda: left("127.0.0.2") < 800)
    assert left("127.0.0.3") > 950


def test_an_instance_that_is_gone_gets_nobody_and_comes_back(start_instances, start_balancer, connect):
    instances = start_instances()
    balancer = start_balancer(instances)
    clients = [connect(balancer) for _ in range(3)]
    instances[0].kill()
    with pytest.raises(Closed):  # one of them had it
        for client in clients:
            client.barrier()
    # At once, not only after the checks have noticed: the others take it.
    for _ in range(4):
        connect(balancer).barrier()
    assert sum(connections(instance) for instance in instances[1:]) == 6
    balancer.wait_for_states(a="DOWN", b="UP", c="UP")
    instances[0].start()
    balancer.wait_for_states(a="UP", b="UP", c="UP")

    def comes_to_the_first():
        connect(balancer).barrier()
        return connections(instances[0]) > 0

    wait_until(comes_to_the_first, what="a connection to the instance that came back")


def test_a_store_away_for_all_turns_nobody_away(start_instances, start_balancer, redis_server, postgres, connect):
    """No instance is healthy then; what they have in memory is served all the same."""
    instances = start_instances()
    balancer = start_balancer(instances)
    scenario = Scenario(instances[0])
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    clients = [connect(balancer) for _ in range(3)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
        scenario.settle(client, portfolio)  # each instance has heard of the price
    left = clients[0].view(portfolio.portfolio_id).resume_point()
    postgres.kill()
    redis_server.kill()
    balancer.wait_for_states(a="DOWN", b="DOWN", c="DOWN")
    assert balancer.request("GET", "/health")[0] == 503
    for client in clients:
        client.barrier()  # nobody was cut off
    for _ in range(4):
        view = connect(balancer).subscribe(portfolio.portfolio_id, resume_from=left)
        assert view.recovered is True and view.price("AAPL") == 160
    postgres.start()
    redis_server.start()
    balancer.wait_for_states(a="UP", b="UP", c="UP")
    wait_until(lambda: balancer.request("GET", "/portfolios")[0] == 200, what="portfolios")


def test_nobody_there_is_a_problem_like_the_instances_own(start_instances, start_balancer):
    instances = start_instances()
    balancer = start_balancer(instances)
    for instance in instances:
        instance.stop()
    status, headers, body = balancer.request("GET", "/portfolios")
    assert status == 503 and headers["content-type"] == "application/problem+json", (status, headers)
    assert b'"code":"unavailable"' in body and b'"request_id":"' in body
    assert int(headers["retry-after"]) >= 1


def test_a_restart_loses_no_handshake(start_instances, start_balancer):
    """Clients come one after another while an instance stops and starts: each is taken by somebody."""
    instances = start_instances()
    balancer = start_balancer(instances)
    for instance in instances:
        instance.terminate()
        for _ in range(20):
            client = StreamClient(balancer.ws_url)
            client.close()
        instance.stop()
        instance.start()
        balancer.wait_for_states(a="UP", b="UP", c="UP")


def test_an_instance_that_hangs_keeps_nobody_waiting_for_long(start_instances, start_balancer, connect):
    """It takes connections and says nothing: whom it has taken goes on elsewhere, the others never meet it."""
    instances = start_instances()
    balancer = start_balancer(instances)
    frozen = instances[1]
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        # Handshakes that come before the checks have noticed: the one that hangs has the fewest connections.
        clients = [connect(balancer) for _ in range(3)]
        balancer.wait_for_states(a="UP", b="DOWN", c="UP")
        clients += [connect(balancer) for _ in range(3)]
        for client in clients:
            client.barrier()
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    balancer.wait_for_states(a="UP", b="UP", c="UP")
