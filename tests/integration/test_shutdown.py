"""SIGTERM: everybody is told, requests under way are answered, and within 10 s it is over, whatever hangs."""

import json
import os
import socket
from contextlib import closing

import psycopg2
import pytest

from support.frozen import frozen
from support.request_count import RequestCount
from support.scenario import Scenario
from support.stream_client import StreamClient
from support.waiting import wait_until
from support.websocket import Closed

STOP_WITHIN_S = 10  # the contract's


@pytest.fixture
def frozen_postgres(postgres):
    """A function that makes PostgreSQL stand still."""
    with frozen(postgres) as freeze:
        yield freeze


def send_request(server, method, path, body=None, headers=""):
    """Sends a request and does not wait for its answer."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    text = json.dumps(body) if body is not None else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
    connection.sendall(f"{head}\r\n{text}".encode())
    return connection


def begin_request(server, head):
    """Sends the beginning of a request."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(head.encode())
    return connection


def refusal_of(connection):
    """The document of a 503."""
    connection.settimeout(STOP_WITHIN_S)
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    connection.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 "), answer
    return json.loads(body)


def status_line(connection):
    connection.settimeout(STOP_WITHIN_S)
    line = connection.recv(65536).split(b"\r\n")[0].decode()
    connection.close()
    return line


def test_requests_under_way_are_answered(start_server, postgres):
    server = start_server()
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    received = RequestCount(server)
    kinds = [("GET", "/portfolios", None), ("GET", f"/portfolios/{portfolio.portfolio_id}/valuation", None)]
    kinds.append(("PUT", "/assets/KO/price", {"price": 5}))
    pending = [send_request(server, *kinds[number % 3]) for number in range(30)]
    received.wait_for(30)
    server.terminate()
    server.wait(STOP_WITHIN_S)
    assert {status_line(connection)[:10] for connection in pending} <= {"HTTP/1.1 2", "HTTP/1.1 4"}


def test_clients_that_do_not_read_do_not_hold_it_up(start_server, postgres):
    server = start_server()
    portfolio_id = server.create_portfolio()
    postgres.execute("INSERT INTO assets (ticker_symbol) SELECT 'S' || n FROM generate_series(1, 3000) n")
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT %s, 'S' || n, n, 1, '2020-01-02' FROM generate_series(1, 3000) n",
        portfolio_id,
    )
    sleepers = [StreamClient(server.ws_url, receive_buffer=4096) for _ in range(5)]
    for sleeper in sleepers:
        sleeper.send({"type": "subscribe", "portfolio_id": portfolio_id})
    wait_until(lambda: server.metric('pf_frames_sent_total{type="snapshot"}') == 5, what="a snapshot for each")
    for sleeper in sleepers:
        sleeper.send({"type": "ping"})
    wait_until(lambda: server.metric("pf_sends_deferred_total") >= 5, what="sockets that take no more")
    server.terminate()
    server.wait(STOP_WITHIN_S)
    for sleeper in sleepers:
        sleeper.drop()


def test_a_second_signal_changes_nothing(start_server):
    server = start_server()
    client = StreamClient(server.ws_url)
    # A request whose body never comes keeps the first one from ending at once.
    half = send_request(server, "POST", "/customers HTTP/1.1\r\nContent-Length: 50\r\nX:")
    server.terminate()
    client.expect("closing", code=1012, reconnect=True)
    server.terminate()
    server.terminate()
    with pytest.raises(Closed) as closed:
        client.recv()
    assert closed.value.code == 1012
    server.wait(STOP_WITHIN_S)
    half.close()


def test_who_comes_too_late_is_sent_elsewhere(start_server):
    """Requests that began before the signal and end behind it: the instance is not ready any more, and says so."""
    server = start_server()
    client = StreamClient(server.ws_url)
    health = begin_request(server, "GET /health HTTP/1.1\r\nHost: localhost\r\n")
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    handshake = begin_request(server, "GET /stream HTTP/1.1\r\nHost: localhost\r\n" + upgrade + key)
    client.barrier()
    server.metric("pf_connections")  # in a connection behind theirs: they are accepted
    client.barrier()  # and their beginnings read
    server.terminate()
    client.expect("closing", code=1012)
    for connection in (health, handshake):
        connection.sendall(b"\r\n")
    assert refusal_of(health)["status"] == "stopping"
    assert refusal_of(handshake)["code"] == "unavailable"
    client.close()
    server.wait(STOP_WITHIN_S)


@pytest.mark.threads
@pytest.mark.parametrize(
    "loops, is_redis_frozen, statement_timeout_ms",
    [(1, True, 5000), (1, True, 60000), (2, False, 5000), (2, True, 5000), (4, True, 60000)],
)
def test_what_hangs_does_not_keep_it(
    start_server, redis_server, frozen_postgres, loops, is_redis_frozen, statement_timeout_ms
):
    """A minute for a statement is longer than a stop may take: its end counts, not the statement's."""
    server = start_server(LOOPS=loops, STATEMENT_TIMEOUT_MS=statement_timeout_ms)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = StreamClient(server.ws_url)
    client.subscribe(portfolio.portfolio_id)
    frozen_postgres()
    if is_redis_frozen:
        redis_server.pause()
    pending = [send_request(server, "GET", "/portfolios") for _ in range(40)]
    wait_until(lambda: server.metric("pf_db_queue") > 0, what="jobs that wait")
    server.terminate()
    client.expect("closing", code=1012)
    server.wait(STOP_WITHIN_S)
    for connection in pending:
        connection.close()
    if is_redis_frozen:
        redis_server.resume()


# Past STOP_WAIT_MS, at which the loops give up on their clients, and past the stores' end.
EVERY_TABLE = "LOCK TABLE customers, portfolios, investments, assets, asset_prices, portfolio_values, idempotency_keys"


def requests_of_every_kind(server, portfolio):
    """(method, path, body, headers): each ends in the database, and most go on from there to more."""
    lot = {
        "portfolio_id": portfolio.portfolio_id,
        "ticker_symbol": "AAPL",
        "quantity": 1,
        "purchase_price": 1,
        "purchase_date": "2020-01-02",
    }
    customer_id = server.json("GET", f"/portfolios/{portfolio.portfolio_id}")["customer_id"]
    customer = f"/customers/{customer_id}"
    below = f"/portfolios/{portfolio.portfolio_id}"
    key = "Idempotency-Key: k\r\n"
    return [
        ("GET", "/customers", None, ""),
        ("GET", f"{below}", None, ""),
        ("GET", f"{below}/valuation", None, ""),
        ("GET", f"{below}/investments/summary", None, ""),
        ("GET", f"{below}/returns", None, ""),
        ("POST", f"{below}/sync-values", {}, ""),
        ("GET", f"{customer}/portfolios/summary", None, ""),
        ("POST", "/investments", lot, ""),
        ("POST", "/investments", lot, key),
        ("PUT", "/assets/KO/price", {"price": 5}, ""),
        ("PUT", "/assets/AAPL/price", {"price": 5, "currency": "USD"}, ""),
        ("POST", "/investments/update-prices", {}, ""),
        ("GET", "/health", None, ""),
    ]


def threads_of(server):
    names = []
    for task in os.listdir(f"/proc/{server.pid}/task"):
        try:
            with open(f"/proc/{server.pid}/task/{task}/comm", encoding="ascii") as file:
                names.append(file.readline().strip())
        except OSError:
            pass  # it ended meanwhile
    return names


@pytest.mark.threads
@pytest.mark.parametrize("lock_timeout_ms, are_gone", [(50, False), (60000, False), (60000, True)])
@pytest.mark.parametrize("is_released", [False, True])
def test_a_table_that_stays_locked_does_not_keep_it(start_server, postgres, lock_timeout_ms, are_gone, is_released):
    """The lock outlives the loops, and the stop or not: then the work is done, but nobody is left to hear of it.
    Requests wait in the workers and for them; their clients wait too, or have left."""
    server = start_server(LOCK_TIMEOUT_MS=lock_timeout_ms, STATEMENT_TIMEOUT_MS=60000, REPORT_TIMEOUT_MS=60000)
    portfolio = Scenario(server).portfolio(("AAPL", 10, 150))
    client = StreamClient(server.ws_url)
    client.subscribe(portfolio.portfolio_id)
    kinds = requests_of_every_kind(server, portfolio)
    with closing(psycopg2.connect(postgres.superuser_url)) as blocker, blocker.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        received = RequestCount(server)
        pending = [send_request(server, *kind) for kind in kinds * 3]
        received.wait_for(len(pending))
        if are_gone:
            for connection in pending:
                connection.close()
        server.terminate()
        if is_released:
            wait_until(lambda: "loop-0" not in threads_of(server), what="the end of the loop")
            blocker.rollback()
        server.wait(STOP_WITHIN_S)
        assert server.log_events("server.stopped")
    if not are_gone:
        assert {status_line(connection)[9:12] for connection in pending} <= {"200", "503", ""}
    client.close()


def test_clients_that_leave_during_their_calls_cost_nothing(start_server, postgres):
    server = start_server(LOCK_TIMEOUT_MS=60000, STATEMENT_TIMEOUT_MS=60000)
    portfolio = Scenario(server).portfolio(("AAPL", 10, 150))
    kinds = requests_of_every_kind(server, portfolio)
    with closing(psycopg2.connect(postgres.superuser_url)) as blocker, blocker.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        received = RequestCount(server)
        pending = [send_request(server, *kind) for kind in kinds * 3]
        received.wait_for(len(pending))
        for connection in pending:
            connection.close()
        # What came behind them on the loop was dispatched after their ends.
        server.request("GET", "/metrics")
    wait_until(lambda: server.metric("pf_db_queue") + server.metric("pf_report_queue") == 0, what="their ends")
    # Both writes without a key, three times, and the one with it.
    wait_until(lambda: postgres.execute("SELECT count(*) FROM investments") == [(1 + 3 + 1,)], what="the lots")
    server.stop(STOP_WITHIN_S)
