"""Very many at once: connections, handshakes, subscriptions."""

import socket
import struct
from concurrent.futures import ThreadPoolExecutor

from support.beside import Beside
from support.waiting import wait_until
from support.websocket import Closed, WebSocket
from support.wire import HANDSHAKE, head

CONNECTS = 10_000
AT_ONCE = 500


def crowd_address(number):
    return f"127.77.{number // 250 % 250}.{number % 250 + 1}"


def open_one(server, number, payload):
    """A connection of one of many addresses; what it says, it says at once."""
    it = socket.socket()
    it.settimeout(30)
    it.bind((crowd_address(number), 0))
    try:
        it.connect(("127.0.0.1", server.port))
        it.sendall(payload)
    except ConnectionError:
        pass  # closed at the door
    return it


def leave(it, is_rude):
    if is_rude:
        it.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    it.close()


def test_ten_thousand_quick_connects(attacked):
    payloads = [b"", b"GET", head("GET", "/health"), head("GET", "/stream", *HANDSHAKE), head("GET", "/nothing") * 3]
    crowd = []
    for number in range(CONNECTS):
        crowd.append(open_one(attacked, number, payloads[number % len(payloads)]))
        if len(crowd) == AT_ONCE:
            for place, it in enumerate(crowd):
                leave(it, place % 2)
            crowd.clear()
    assert not crowd


def test_ten_thousand_from_one_address(attacked):
    """All but a few are turned away: at the door, where the silent ones stay, and by the bound of handshakes."""
    silent = [open_one(attacked, 0, b"") for _ in range(AT_ONCE)]
    wait_until(lambda: attacked.metric("pf_connections_refused_total") > 0, what="connections refused")
    for it in silent:
        it.close()
    crowd = []
    for _ in range(CONNECTS - AT_ONCE):
        crowd.append(open_one(attacked, 0, head("GET", "/stream", *HANDSHAKE)))
        if len(crowd) == AT_ONCE:
            for it in crowd:
                it.close()
            crowd.clear()
    wait_until(lambda: attacked.metric('pf_rate_limited_total{class="handshakes"}') > 0, what="handshakes refused")


def make_portfolios(postgres, n):
    postgres.execute("INSERT INTO customers (name, email) VALUES ('Crowd', 'crowd@example.com')")
    postgres.execute(
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type, base_currency)"
        " SELECT customer_id, 'P' || n, 'IRA', 'USD' FROM customers, generate_series(1, %s) n"
        " WHERE email = 'crowd@example.com'",
        n,
    )
    rows = postgres.execute("SELECT portfolio_id::text FROM portfolios WHERE portfolio_name ~ '^P[0-9]+$'")
    return [row[0] for row in rows]


def take_all(stream):
    """A thousand snapshots, and the word that one was too many."""
    snapshots_n = refused_n = 0
    while snapshots_n < 1000 or refused_n < 1:
        text = stream.recv_text(timeout=120)
        snapshots_n += text.startswith('{"type":"snapshot"')
        refused_n += '"limit_exceeded"' in text


def test_subscriptions_to_ten_thousand_portfolios(start_attacked, postgres):
    """Ten connections with a thousand each, as many as there may be; then they go, and so does all of it."""
    server = start_attacked(RATE_MESSAGES=0)
    ids = make_portfolios(postgres, CONNECTS)
    # The tables of ten thousand portfolios and their symbols keep their size (it was 18 MiB).
    with Beside(server, memory_left=28 << 20):
        streams = [WebSocket(server.ws_url) for _ in range(10)]
        for at, stream in enumerate(streams):
            for portfolio_id in ids[at::10]:
                stream.send_text('{"type":"subscribe","portfolio_id":"%s"}' % portfolio_id)
            stream.send_text('{"type":"subscribe","portfolio_id":"%s"}' % ids[at - 1])  # one too many
        # All at once: who is read last must have answered its pings.
        with ThreadPoolExecutor(len(streams)) as pool:
            list(pool.map(take_all, streams))
        assert server.metric("pf_subscriptions") >= CONNECTS
        for stream in streams:
            stream.close()
        wait_until(lambda: server.metric("pf_portfolios_held") == 1, 120, "the end of portfolios that nobody watches")


def test_messages_faster_than_they_may_be(attacked):
    """Every one is answered, refused, or the last: the connection is closed with 4429."""
    stream = WebSocket(attacked.ws_url)
    for _ in range(5000):
        stream.send_text('{"type":"ping"}')
    try:
        while True:
            stream.recv_text()
    except Closed as closed:
        assert closed.code in (4429, None)
