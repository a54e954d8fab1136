"""LOOPS=n on one port: each loop reads each batch once and keeps every quote, and
works for those symbols only that its own portfolios hold. The same is true of
an instance that nobody has come to."""

import pytest

from support.scenario import Scenario
from support.waiting import wait_until
from support.websocket import Closed

LOOPS = pytest.mark.parametrize("loops", [1, 2, 4])
NEVER_MS = 3600000  # a heartbeat is a frame too


pytestmark = pytest.mark.threads


class Work:
    """What an instance's loops have done since `mark`."""

    NAMES = {
        "batches": "pf_bus_events_total",
        "quotes": "pf_bus_quotes_total",
        "revalued": "pf_positions_revalued_total",
        "encoded": "pf_frames_encoded_total",
        "deltas": 'pf_frames_sent_total{type="delta"}',
        "frames": "pf_frames_sent_total",
        "loads": "pf_portfolio_loads_total",
    }

    def __init__(self, server, loops):
        self._server = server
        self._loops = loops
        self._marked = {}
        wait_until(lambda: server.metric("pf_bus_connected") == loops, what="the bus in every loop")
        self.mark()

    def mark(self):
        self._marked = {name: self._server.metric(metric) for name, metric in self.NAMES.items()}

    def done(self, name):
        return self._server.metric(self.NAMES[name]) - self._marked[name]

    def wait_for_batches(self, n):
        """Until each loop has taken n batches of one quote."""
        wait_until(lambda: self.done("batches") >= n * self._loops, what=f"{n} batches in {self._loops} loops")
        assert self.done("batches") == n * self._loops, "a loop read a batch twice"
        assert self.done("quotes") == n * self._loops

    def wait_for(self, **expected):
        """So much was done, and no more. A loop counts its frames when it has sent all of them: another one, asked for
        the metrics, may be faster."""
        wait_until(lambda: all(self.done(name) >= n for name, n in expected.items()), what=f"{expected}")
        assert {name: self.done(name) for name in expected} == expected

    def assert_idle(self):
        """Nothing was revalued, encoded, sent or loaded."""
        idle = {name: self.done(name) for name in ("revalued", "encoded", "deltas", "frames", "loads")}
        assert not any(idle.values()), idle


def subscribe_in_every_loop(server, connect, portfolio, loops):
    """Connections until the kernel has given each loop one that holds the portfolio."""
    clients = []
    while server.metric("pf_portfolios_held") < loops:
        assert len(clients) < 200, "the kernel gives some loop no connection"
        clients.append(connect(server))
        clients[-1].subscribe(portfolio.portfolio_id)
    return clients


@LOOPS
def test_loops_work_for_what_they_hold_and_for_nothing_else(start_server, connect, loops):
    server = start_server(LOOPS=loops, HEARTBEAT_MS=NEVER_MS)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50))
    work = Work(server, loops)
    for price in range(160, 165):
        scenario.put_price("AAPL", price)
    work.wait_for_batches(5)
    work.assert_idle()
    # One loop holds it now: one position a tick, one frame, however many loops there are.
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    assert view.price("AAPL") == 164
    assert server.metric("pf_portfolios_held") == 1
    work.mark()
    for price in range(165, 170):
        scenario.put_price("AAPL", price)
        scenario.settle(client, portfolio)
    work.wait_for_batches(5)
    work.wait_for(revalued=5, encoded=5, deltas=5)
    work.mark()
    for price in range(5):
        scenario.put_price("ELSEWHERE", 1 + price)
    work.wait_for_batches(5)
    work.assert_idle()
    # The quotes were kept where nobody wanted them: whoever comes is served from memory.
    late = subscribe_in_every_loop(server, connect, portfolio, loops)
    for other in [client, *late]:
        assert other.view(portfolio.portfolio_id).price("AAPL") == 169
    work.mark()
    scenario.put_price("KO", 55)
    for other in [client, *late]:
        scenario.settle(other, portfolio)
    work.wait_for(revalued=loops, encoded=loops, deltas=1 + len(late))


@LOOPS
def test_an_instance_without_watchers_only_keeps_quotes(start_server, connect, loops):
    here = start_server(LOOPS=loops, HEARTBEAT_MS=NEVER_MS)
    there = start_server(LOOPS=loops, HEARTBEAT_MS=NEVER_MS)
    scenario = Scenario(here)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50))
    idle = Work(there, loops)  # before the first price, which may come there late
    scenario.put_price("KO", 55)
    client = connect(here)
    client.subscribe(portfolio.portfolio_id)
    for price in range(160, 170):
        scenario.put_price("AAPL", price, 159)
        scenario.settle(client, portfolio)
    idle.wait_for_batches(11)
    idle.assert_idle()
    # The hint of a purchase comes too, behind the prices and the hints before them, and concerns nobody.
    hints_n = there.metric("pf_bus_hints_total")
    scenario.buy(portfolio, "MSFT", 1, 300)
    scenario.settle(client, portfolio)
    wait_until(lambda: there.metric("pf_bus_hints_total") >= hints_n + loops, what="the hint in each loop")
    idle.assert_idle()
    for late in subscribe_in_every_loop(there, connect, portfolio, loops):
        scenario.settle(late, portfolio)
        assert late.view(portfolio.portfolio_id).snapshots_n == 1


@LOOPS
def test_connections_are_spread_by_the_kernel_over_one_port(start_server, connect, loops):
    """Each of many connections is in some loop, and each loop has some of them."""
    server = start_server(LOOPS=loops)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    clients = subscribe_in_every_loop(server, connect, portfolio, loops)
    assert server.metric("pf_portfolios_held") == loops
    assert server.metric("pf_connections") == len(clients)
    scenario.put_price("AAPL", 161)
    scenario.buy(portfolio, "AAPL", 2, 170)
    for client in clients:
        scenario.settle(client, portfolio)
    cursors = {client.view(portfolio.portfolio_id).cursor for client in clients}
    assert len(cursors) == 1, cursors
    server.terminate()
    for client in clients:
        client.expect("closing", code=1012)
        with pytest.raises(Closed):
            client.recv()
    server.wait()
