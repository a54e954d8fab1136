"""How often and how many at once: what a client is told, and that others do not feel it."""

import contextlib
import json
import threading
import time

import psycopg2
import pytest

from support.rest import problem
from support.server import run_program
from support.waiting import promptly, wait_until, wait_with_few
from support.websocket import Closed, HandshakeRefused, WebSocket
from support.wire import HANDSHAKE, Wire, head

ADA, BOB = "127.0.0.2", "127.0.0.3"
MANY = [f"127.0.3.{n}" for n in range(1, 255)]  # each with a bucket of its own


def metric(server, name):
    """Asked for from an address of its own, which no test uses up."""
    with Wire(server, "127.0.0.99") as wire:
        _, _, body = wire.ask("GET", "/metrics")
    return next(int(line.split(" ")[-1]) for line in body.decode().splitlines() if line.startswith(name + " "))


def test_requests_of_an_address(start_server):
    server = start_server(RATE_ADDRESS=1, RATE_ADDRESS_BURST=5)
    refused = []  # who, each time

    def use_up(address):
        before = metric(server, 'pf_rate_limited_total{class="address"}')
        bob = address.replace("127.0.3.", "127.0.4.")
        with Wire(server, address) as wire, Wire(server, bob) as other, Wire(server, address) as again:
            taken = [wire.ask("OPTIONS", "*") for _ in range(5)]
            # What does not exist, what is not well formed, and files, too; and another connection of the same address.
            over = [wire.ask("OPTIONS", "*"), wire.ask("GET", "/nothing"), again.ask("OPTIONS", "*")]
            refused.extend(address for answer in over if answer[0] == 429)
            status = other.ask("OPTIONS", "*")[0]
        return address, taken, over, status, metric(server, 'pf_rate_limited_total{class="address"}') - before

    address, taken, over, others_status, refused_n = promptly(1, MANY, use_up)
    for left, (status, headers, _) in zip((4, 3, 2, 1, 0), taken):
        assert status == 204 and "retry-after" not in headers
        assert (headers["ratelimit-limit"], int(headers["ratelimit-remaining"])) == ("5", left)
        assert 1 <= int(headers["ratelimit-reset"]) <= 5
    for answer in over:
        document = problem(answer, 429, "rate_limited")
        assert "this address" in document["detail"]
        assert answer[1]["retry-after"] == "1" and answer[1]["ratelimit-remaining"] == "0"
        assert "connection" not in answer[1]
    assert refused_n == 3
    assert others_status == 204, "nobody else feels it"
    server.wait_for_log("limit.reached")
    logged = server.log_events("limit.reached")
    assert [(event["limit"], event["peer"]) for event in logged] == [("address", refused[0])]
    # It comes back by itself.
    with Wire(server, address) as wire:
        wait_until(lambda: wire.ask("OPTIONS", "*")[0] == 204)


def test_a_write_that_is_refused_does_nothing(start_server):
    server = start_server(RATE_ADDRESS=1, RATE_ADDRESS_BURST=2)

    def write_three(address):
        with Wire(server, address) as wire:
            bodies = [b'{"name":"x","email":"%s@%s.example.com"}' % (name, address.encode()) for name in (b"a", b"b", b"c")]
            statuses = [wire.ask("POST", "/customers", "Content-Type: application/json", body=body)[0] for body in bodies]
        return address, statuses

    address, statuses = promptly(1, MANY, write_three)
    assert statuses == [201, 201, 429]
    with Wire(server, BOB) as wire:
        customers = wire.ask("GET", "/customers?limit=1000")[2]
    assert f"b@{address}.".encode() in customers and f"c@{address}.".encode() not in customers


def test_requests_under_way(start_server, postgres):
    """While PostgreSQL is slow an address has so many requests in hand, and no more."""
    server = start_server(OPEN_REQUESTS_PER_USER=2, STATEMENT_TIMEOUT_MS=60000)
    portfolio_id = server.create_portfolio()
    body = b'{"portfolio_name":"other","portfolio_type":"IRA","base_currency":"USD"}'
    put = head("PUT", f"/portfolios/{portfolio_id}", "Content-Type: application/json", f"Content-Length: {len(body)}") + body
    with contextlib.closing(psycopg2.connect(postgres.url)) as held:
        held.cursor().execute("SELECT 1 FROM portfolios FOR UPDATE")
        with Wire(server, ADA) as one, Wire(server, ADA) as two, Wire(server, ADA) as three, Wire(server, BOB) as bob:
            one.send(put)
            two.send(put)
            wait_until(lambda: metric(server, "pf_db_jobs_locked_total") > 0)
            answer = three.send(put).answer()
            problem(answer, 429, "rate_limited")
            assert answer[1]["retry-after"] == "1"
            assert bob.ask("GET", f"/portfolios/{portfolio_id}")[0] == 200
            held.rollback()
            assert {one.answer()[0], two.answer()[0]} == {200}
            assert three.ask("OPTIONS", "*")[0] == 204
    assert metric(server, "pf_open_requests_refused_total") == 1


def test_connections_of_an_address(start_server):
    server = start_server(CONNECTIONS_PER_ADDRESS=3)
    wires = [Wire(server, ADA) for _ in range(3)]
    for wire in wires:
        assert wire.ask("OPTIONS", "*")[0] == 204
    with Wire(server, ADA) as refused:
        status, headers, _ = refused.answer()
        assert (status, headers["retry-after"], headers["connection"]) == (503, "5", "close")
        assert refused.is_over()
    with Wire(server, BOB) as bob:
        assert bob.ask("OPTIONS", "*")[0] == 204
    assert metric(server, 'pf_connections_refused_total{reason="address"}') == 1
    # One that becomes a stream still is one; when it goes there is room again.
    stream = wires.pop()
    assert stream.ask("GET", "/stream", *HANDSHAKE)[0] == 101
    with Wire(server, ADA) as refused:
        assert refused.answer()[0] == 503
    stream.close()

    def has_room():
        with Wire(server, ADA) as wire:
            return wire.ask("OPTIONS", "*")[0] == 204

    wait_until(has_room)
    for wire in wires:
        wire.close()


def test_connections_in_all(start_server):
    server = start_server(CONNECTIONS_MAX=4, LOOPS=2)
    wires = [Wire(server, f"127.0.0.{n}") for n in range(2, 6)]
    for wire in wires:
        assert wire.ask("OPTIONS", "*")[0] == 204
    with Wire(server, "127.0.0.6") as refused:
        assert refused.answer()[0] == 503 and refused.is_over()
    for wire in wires:
        wire.close()

    def is_counted():
        with contextlib.suppress(ConnectionError, StopIteration):  # no room yet
            return metric(server, 'pf_connections_refused_total{reason="all"}') >= 1

    wait_until(is_counted)
    server.wait_for_log("limit.reached")
    assert {event["limit"] for event in server.log_events("limit.reached")} == {"connections"}


def test_handshakes_of_an_address(start_server):
    server = start_server(RATE_HANDSHAKES=1)  # eleven at once
    accepted_n, began = 0, time.monotonic()
    with pytest.raises(HandshakeRefused) as refused:
        while accepted_n < 100:
            WebSocket(server.ws_url).close()
            accepted_n += 1
    assert 11 <= accepted_n <= 11 + time.monotonic() - began  # and one a second
    assert refused.value.status == 429 and "retry-after: 1" in refused.value.head.lower()
    with Wire(server, BOB) as bob:
        assert bob.ask("GET", "/stream", *HANDSHAKE)[0] == 101
    assert metric(server, 'pf_rate_limited_total{class="handshakes"}') == 1


# --- over several loops and processes ---


def left(server, address):
    with Wire(server, address) as wire:
        return int(wire.ask("OPTIONS", "*")[1]["ratelimit-remaining"])


@pytest.mark.threads
def test_processes_share_a_limit(start_server):
    one, two = (start_server(RATE_ADDRESS=1, RATE_ADDRESS_BURST=1000) for _ in range(2))
    wait_until(lambda: metric(one, "pf_bus_connected") == metric(two, "pf_bus_connected") == 1)
    with Wire(one, ADA) as wire:
        for _ in range(300):
            wire.ask("OPTIONS", "*")
    # Each hears of it once it has something to tell itself.
    wait_with_few(lambda: left(two, ADA) < 750, 200, "what the other took")
    assert left(two, BOB) > 900


@pytest.mark.threads
def test_loops_without_redis_share_a_limit(start_server):
    server = start_server(REDIS_URL=None, LOOPS=3, RATE_ADDRESS=1, RATE_ADDRESS_BURST=1000)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(server, ADA)) for _ in range(12)]
        for _ in range(300):
            wires[0].ask("OPTIONS", "*")
        heard = lambda: all(int(wire.ask("OPTIONS", "*")[1]["ratelimit-remaining"]) < 750 for wire in wires)  # noqa: E731
        wait_with_few(heard, 80, "what the others took")  # of them each loop may answer several


def test_without_redis_each_counts_for_itself(start_server, redis_server):
    server = start_server(RATE_ADDRESS=1, RATE_ADDRESS_BURST=20)
    wait_until(lambda: metric(server, "pf_bus_connected") == 1)
    redis_server.kill()
    with Wire(server, ADA) as wire:
        taken_n, began = 0, time.monotonic()
        while taken_n < 100 and wire.ask("OPTIONS", "*")[0] == 204:
            taken_n += 1
        assert 20 <= taken_n <= 20 + time.monotonic() - began  # and one a second
        wait_until(lambda: wire.ask("OPTIONS", "*")[0] == 204)
    wait_until(lambda: metric(server, "pf_limits_unshared_total") > 0)


# --- messages of the stream ---


def test_messages_of_a_client_over_all_its_connections(start_server):
    server = start_server(RATE_MESSAGES=1, RATE_MESSAGES_BURST=50)
    sockets = [WebSocket(server.ws_url) for _ in range(2)]
    for socket in sockets:
        assert json.loads(socket.recv_text())["type"] == "welcome"
    refused, began = [], time.monotonic()
    for number in range(60):
        socket = sockets[number % 2]
        socket.send_text(json.dumps({"type": "ping", "id": number}))
        answer = json.loads(socket.recv_text())
        assert answer["id"] == number
        refused.extend([answer] if answer["type"] == "error" else [])
    assert 10 - (time.monotonic() - began) <= len(refused) <= 10  # one a second comes back
    assert {(frame["code"], frame["retryable"]) for frame in refused} == {("rate_limited", True)}
    assert all(0 < frame["retry_after_ms"] <= 1000 for frame in refused)


def test_who_goes_on_sending_is_closed(start_server):
    server = start_server(MESSAGES_PER_SECOND=1, MAX_SUBSCRIPTIONS=1)
    socket = WebSocket(server.ws_url)
    for _ in range(1100):
        socket.send_text('{"type":"ping"}')
    with pytest.raises(Closed) as closed:
        while True:
            socket.recv_text()
    assert closed.value.code == 4429
    assert server.metric('pf_connections_closed_total{reason="too_many"}') == 1


# --- behind a proxy ---


def test_the_client_of_a_trusted_proxy(start_server):
    server = start_server(TRUSTED_PROXIES="127.0.0.2, 10.0.0.0/8", RATE_ADDRESS=1, RATE_ADDRESS_BURST=2)
    refused = []  # who, each time

    def ask(wire, client, forwarded):
        status = wire.ask("OPTIONS", "*", f"X-Forwarded-For: {forwarded}")[0]
        refused.extend([client] if status == 429 else [])
        return status

    def ask_thrice(number):
        # Each client of the proxy has its own, over one connection; what it writes there itself changes nothing.
        clients = f"1.1.1.{number}", f"2.2.2.{number}", f"2001:db8:{number}::1"
        with Wire(server, ADA) as proxy:
            own = [[ask(proxy, client, f"9.9.9.9, {client}, 10.0.0.7") for _ in range(3)] for client in clients]
            # A site has one bucket.
            site = ask(proxy, clients[-1], f"2001:db8:{number}::ffff:1")
            return own, site, ask(proxy, clients[-1], f"2001:db8:{number}:1::1")

    def ask_as_stranger(address):
        with Wire(server, address) as stranger:
            return [ask(stranger, address, f"3.3.3.{n}") for n in range(3)]

    assert promptly(1, range(1, 255), ask_thrice) == ([[204, 204, 429]] * 3, 429, 204)
    # Nobody else is believed.
    assert promptly(1, MANY, ask_as_stranger) == [204, 204, 429]
    server.wait_for_log("limit.reached")
    assert {event["peer"] for event in server.log_events("limit.reached")} == {refused[0]}


def test_streams_through_a_trusted_proxy(start_server):
    """A proxy may have any number of connections; each of its clients so many streams."""
    server = start_server(TRUSTED_PROXIES="127.0.0.2", CONNECTIONS_PER_ADDRESS=2)

    def open_stream(client):
        wire = Wire(server, ADA)
        return wire, wire.ask("GET", "/stream", *HANDSHAKE, f"X-Forwarded-For: {client}")

    wires = []
    for client, statuses in (("1.1.1.1", [101, 101, 429, 429]), ("2.2.2.2", [101, 101, 429])):
        for status in statuses:
            wire, answer = open_stream(client)
            assert answer[0] == status
            if status == 429:
                assert problem(answer, 429, "rate_limited") and answer[1]["retry-after"] == "5" and wire.is_over()
            wires.append(wire)
    wires[0].close()
    wait_until(lambda: open_stream("1.1.1.1")[1][0] == 101)
    for wire in wires:
        wire.close()


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.0/33", "127.0.0.1:80"])
def test_a_wrong_list_of_proxies_stops_the_start(portfoliod, value):
    done = run_program("serve", settings={"TRUSTED_PROXIES": value, "PORT": 0})
    assert done.returncode != 0 and "TRUSTED_PROXIES" in done.stderr and value in done.stderr


@pytest.mark.threads
def test_from_many_sides_at_once(start_server):
    """The counts of open connections and requests end where they began."""
    server = start_server(LOOPS=2, CONNECTIONS_PER_ADDRESS=20, OPEN_REQUESTS_PER_USER=5, RATE_ADDRESS=1000)
    failures = []

    def come_and_go(address):
        for n in range(40):
            with Wire(server, address) as wire:
                try:
                    status = wire.ask("GET", "/health" if n % 2 else "/customers")[0]
                    failures.extend([status] if status not in (200, 429, 503) else [])
                except ConnectionError:
                    pass

    threads = [threading.Thread(target=come_and_go, args=(f"127.0.1.{n % 3 + 1}",)) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures

    def has_all_its_room(address):
        with contextlib.ExitStack() as wires, contextlib.suppress(ConnectionError):
            return all(wires.enter_context(Wire(server, address)).ask("OPTIONS", "*")[0] == 204 for _ in range(20))

    for address in ("127.0.1.1", "127.0.1.2", "127.0.1.3"):
        wait_until(lambda address=address: has_all_its_room(address))
