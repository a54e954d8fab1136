"""What the world does to a server: stores die and come back, clients do not read.

Nobody but the world acts: the clients keep reading and must end at the truth.
"""

import threading
import time
from decimal import Decimal as D

import pytest

from support import exact_json
from support.publisher import Publisher
from support.scenario import Scenario, matches, today
from support.stream_client import StreamClient, cursor_parts
from support.waiting import wait_until
from support.websocket import WebSocket


@pytest.fixture
def server(start_server):
    return start_server(HEARTBEAT_MS=300)


def watchers(server, connect, portfolio, count=5):
    clients = [connect(server) for _ in range(count)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    return clients


def retry_put_price(scenario, symbol, price):
    """A person who tries again while the answer is 503: each loop finds the bus again in its own time."""

    def attempt():
        status, _, body = scenario.server.request("PUT", f"/assets/{symbol}/price", {"price": price})
        assert status in (200, 503), body
        return exact_json.loads_canonical(body.decode()) if status == 200 else None

    scenario.note_price(symbol, wait_until(attempt, what=f"the price of {symbol}"))


@pytest.mark.parametrize("how", ["kill", "restart"])
def test_redis_dies_and_comes_back(scenario, server, redis_server, connect, how):
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 4, 50))
    scenario.put_price("AAPL", 160, 159)
    scenario.put_price("KO", 55)
    clients = watchers(server, connect, portfolio)
    views = [client.view(portfolio.portfolio_id) for client in clients]
    epoch = cursor_parts(views[0].cursor)[0]
    if how == "kill":
        redis_server.kill()
        for client, view in zip(clients, views):
            # Prices stay, and are honest about it.
            client.run_until(lambda view=view: view.state == "stale")
            assert view.price("AAPL") == 160
        # Holdings still move.
        scenario.buy(portfolio, "KO", 1, 50)
        for client in clients:
            client.run_until(lambda client=client: client.view(portfolio.portfolio_id).positions["KO"]["quantity"] == 5)
        assert server.request("PUT", "/assets/AAPL/price", {"price": 161})[0] == 503
        redis_server.start()
    else:
        redis_server.restart()
    retry_put_price(scenario, "AAPL", 162)
    retry_put_price(scenario, "KO", 56)
    for client, view in zip(clients, views):
        # The new epoch comes as a snapshot nobody asked for.
        scenario.settle(client, portfolio)
        assert cursor_parts(view.cursor)[0] != epoch
        assert view.snapshots_n >= 2


def test_last_prices_return_after_redis_lost_them(scenario, server, redis_server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160, 159)
    (client,) = watchers(server, connect, portfolio, 1)
    view = client.view(portfolio.portfolio_id)
    epoch = cursor_parts(view.cursor)[0]
    redis_server.flush()
    client.run_until(lambda: cursor_parts(view.cursor)[0] != epoch)
    client.run_until(lambda: view.price("AAPL") == 160, what="the last price in the new epoch")


def test_a_redis_that_hangs_is_noticed(scenario, server, redis_server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    (client,) = watchers(server, connect, portfolio, 1)
    view = client.view(portfolio.portfolio_id)
    redis_server.pause()
    try:
        client.run_until(lambda: view.state == "stale")
        # The loop itself does not hang: it answers and holdings move.
        client.barrier()
        scenario.buy(portfolio, "AAPL", 1, 1)
        client.run_until(lambda: view.positions["AAPL"]["quantity"] == 11)
    finally:
        redis_server.resume()
    retry_put_price(scenario, "AAPL", 161)
    scenario.settle(client, portfolio)


@pytest.mark.parametrize("how", ["kill", "restart", "terminate"])
def test_postgresql_dies_and_comes_back(scenario, server, postgres, connect, how):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    clients = watchers(server, connect, portfolio)
    if how == "kill":
        postgres.kill()
        # Prices still move.
        scenario.publish("AAPL", 161)
        for client in clients:
            scenario.settle(client, portfolio)
        late = connect(server)
        late.send({"type": "subscribe", "id": 1, "portfolio_id": "00000000-0000-4000-8000-000000000000"})
        frame = late.expect("error", id=1)
        assert (frame["code"], frame["retryable"], frame["status"]) == ("unavailable", True, 503)
        status, headers, _ = server.request("GET", "/portfolios")
        assert status == 503 and int(headers["retry-after"]) >= 0
        postgres.start()
    elif how == "restart":
        postgres.restart()
    else:
        postgres.terminate_connections()
    wait_until(lambda: server.request("GET", "/portfolios")[0] == 200, what="portfolios again")
    scenario.buy(portfolio, "AAPL", 5, 140)
    scenario.publish("AAPL", 162)
    for client in clients:
        scenario.settle(client, portfolio)
        assert client.view(portfolio.portfolio_id).snapshots_n == 1


def test_everything_is_down_at_start(postgres, redis_server, start_server, connect):
    postgres.kill()
    redis_server.kill()
    server = start_server()
    assert server.request("GET", "/health")[0] in (200, 503)
    postgres.start()
    redis_server.start()
    wait_until(lambda: server.request("GET", "/portfolios")[0] == 200, what="portfolios")
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    retry_put_price(scenario, "AAPL", 160)
    (client,) = watchers(server, connect, portfolio, 1)
    scenario.settle(client, portfolio)


def test_a_change_with_psql_reaches_the_subscribers(scenario, server, postgres, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 1, 50))
    scenario.put_price("AAPL", 160)
    clients = watchers(server, connect, portfolio)
    postgres.execute(
        "UPDATE investments SET quantity = 12.5 WHERE portfolio_id = %s AND ticker_symbol = 'AAPL'",
        portfolio.portfolio_id,
    )
    postgres.execute(
        "DELETE FROM investments WHERE portfolio_id = %s AND ticker_symbol = 'KO'", portfolio.portfolio_id
    )
    postgres.execute(
        "UPDATE portfolios SET cash_balance = -3.25, portfolio_name = 'By hand' WHERE portfolio_id = %s",
        portfolio.portfolio_id,
    )
    portfolio.lots["AAPL"][0].quantity = D("12.5")
    portfolio.lots["KO"].clear()
    portfolio.cash_balance, portfolio.portfolio_name = D("-3.25"), "By hand"
    for client in clients:
        scenario.settle(client, portfolio)
    postgres.execute("DELETE FROM portfolios WHERE portfolio_id = %s", portfolio.portfolio_id)
    for client in clients:
        client.expect("unsubscribed", portfolio_id=portfolio.portfolio_id, code="not_found")


def test_a_lot_past_the_bound_made_with_psql_is_unpriced_and_logged(scenario, server, postgres, connect):
    portfolio = scenario.portfolio(("AAPL", 90_000_000_000, 1), ("KO", 1, 50))
    scenario.put_price("AAPL", 1)
    scenario.put_price("KO", 55)
    (client,) = watchers(server, connect, portfolio, 1)
    view = client.view(portfolio.portfolio_id)
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " VALUES (%s, 'AAPL', 1, 1, '2020-01-01')",
        portfolio.portfolio_id,
    )
    client.run_until(lambda: view.totals["unpriced"] == 1, what="an unpriced position")
    assert view.totals["total_value"] == 55
    assert server.metric("pf_positions_unpriceable_total") >= 1


def test_a_client_that_never_reads_costs_bounded_memory_and_stays(start_server, redis_server, connect):
    # What AddressSanitizer keeps of freed memory would hide what the server keeps.
    options = "detect_leaks=1:exitcode=86:quarantine_size_mb=4:thread_local_quarantine_size_kb=64"
    server = start_server(FLUSH_MS=1, MAX_RATE=1000, STALL_TIMEOUT_S=3600, ASAN_OPTIONS=options)
    scenario = Scenario(server)
    symbols = [f"S{n}" for n in range(60)]
    portfolio = scenario.portfolio(*[(symbol, 3, 100) for symbol in symbols])
    for symbol in symbols:
        scenario.put_price(symbol, 100)
    witness = connect(server)
    witness.subscribe(portfolio.portfolio_id)
    sleepers = [StreamClient(server.ws_url, receive_buffer=4096) for _ in range(20)]
    for sleeper in sleepers:
        sleeper.subscribe(portfolio.portfolio_id)

    publisher = Publisher(server.settings["REDIS_URL"])
    warm = publish_rounds(publisher, scenario, witness, portfolio, symbols, 150)
    before = server.resident_bytes()
    publish_rounds(publisher, scenario, witness, portfolio, symbols, 600, first=warm)
    grown = server.resident_bytes() - before
    publisher.stop()
    # 600 rounds of 60 rows are some 6 MB of frames a client; the sleepers' share of that may not pile up.
    assert grown < 24 * 1024 * 1024, f"grown by {grown} bytes"
    assert server.metric("pf_sends_deferred_total") > 0
    assert server.metric('pf_connections_closed_total{reason="stalled"}') == 0
    # They wake up, and see the newest state at once.
    for sleeper in sleepers:
        view = sleeper.view(portfolio.portfolio_id)
        scenario.settle(sleeper, portfolio)
        assert view.deltas_n < 400
        sleeper.close()


def publish_rounds(publisher, scenario, witness, portfolio, symbols, rounds, first=0):
    """Moves all symbols again and again; the witness sees the end of it."""
    for number in range(first, first + rounds):
        publisher.publish([{"symbol": symbol, "price": 100 + number % 97 + 1} for symbol in symbols])
    for symbol in symbols:
        quote = scenario.quotes[symbol]
        quote.price, quote.as_of, quote.session = D(100 + (first + rounds - 1) % 97 + 1), None, today()
    scenario.settle(witness, portfolio)
    return first + rounds


def test_a_stalled_socket_is_closed_at_last(start_server, connect):
    server = start_server(FLUSH_MS=1, MAX_RATE=1000, STALL_TIMEOUT_S=1)
    scenario = Scenario(server)
    symbols = [f"S{n}" for n in range(60)]
    portfolio = scenario.portfolio(*[(symbol, 3, 100) for symbol in symbols])
    witness = connect(server)
    witness.subscribe(portfolio.portfolio_id)
    sleeper = StreamClient(server.ws_url, receive_buffer=4096)
    sleeper.subscribe(portfolio.portfolio_id)
    left = sleeper.view(portfolio.portfolio_id).resume_point()
    for symbol in symbols:
        scenario.put_price(symbol, 100)
    publisher = Publisher(server.settings["REDIS_URL"])
    end = time.monotonic() + 120
    rounds = 0
    while not server.metric('pf_connections_closed_total{reason="stalled"}'):
        rounds = publish_rounds(publisher, scenario, witness, portfolio, symbols, 20, first=rounds)
        assert time.monotonic() < end, "the stalled socket was not closed"
    publisher.stop()
    sleeper.drop()
    # The client comes back where it was.
    back = connect(server)
    view = back.subscribe(portfolio.portfolio_id, resume_from=left)
    assert view.recovered is True
    scenario.settle(back, portfolio)


def test_a_client_that_answers_no_ping_is_closed(start_server):
    server = start_server(PING_S=1)
    client = WebSocket(server.ws_url)
    client.recv_text()
    wait_until(lambda: server.metric('pf_connections_closed_total{reason="no_pong"}') == 1, 60, "the closing")
    client.drop()


@pytest.mark.threads
@pytest.mark.parametrize("loops", [1, 2, 4])
def test_many_loops_and_processes_agree_through_kills(start_server, redis_server, postgres, connect, loops):
    first, second = start_server(LOOPS=loops, HEARTBEAT_MS=300), start_server(LOOPS=loops, HEARTBEAT_MS=300)
    scenario = Scenario(first)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 5, 50))
    scenario.put_price("AAPL", 160)
    clients = watchers(first, connect, portfolio, 4) + watchers(second, connect, portfolio, 4)
    failures = []

    def keep_reading(client, is_done):
        try:
            while not is_done.is_set():
                client.run_for(0.05)
        except BaseException as failure:  # shown by the test below
            failures.append(failure)

    is_done = threading.Event()
    threads = [threading.Thread(target=keep_reading, args=(client, is_done)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        redis_server.kill()
        redis_server.start()
        postgres.kill()
        postgres.start()
        wait_until(lambda: first.request("GET", "/portfolios")[0] == 200, what="portfolios")
        scenario.buy(portfolio, "KO", 2, 51)
        retry_put_price(scenario, "AAPL", 171)
        retry_put_price(scenario, "KO", 61)
        cursors = lambda: {client.view(portfolio.portfolio_id).cursor for client in clients}  # noqa: E731
        wait_until(
            lambda: failures
            or all(matches(scenario.expected(portfolio), c.view(portfolio.portfolio_id).data) for c in clients)
            and len(cursors()) == 1,
            60,
            lambda: f"the same state everywhere, at {cursors()},",
        )
    finally:
        is_done.set()
        for thread in threads:
            thread.join()
    assert not failures, failures[0]
