"""The bench's peers do what they are measured for: five clients each get every
message, in order and whole; the applications' sums are right. A peer that is not
installed here is skipped, with its reason."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
from decimal import Decimal

import pytest
from support.publisher import Publisher
from support.server import binary_path
from support.waiting import DEADLINE_S, wait_until
from support.websocket import BINARY, TEXT, WebSocket

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from subjects import Job, Stack, load_modules  # noqa: E402

PUSHING, VALUING = (module.SUBJECTS for module in load_modules("peers/subject_*.py"))

CLIENTS = 5
MESSAGES = 20
COMERS = 50
MESSAGE_BYTES = 950

# What a client says first, and what it hears before and around each message.
NATS_HELLO = b'CONNECT {"verbose":false}\r\nSUB bench 1\r\nPING\r\n'
MQTT_HELLO = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x00\x00\x02c%d\x82\x0a\x00\x01\x00\x05bench\x00"
MQTT_ANSWERS = b"\x20\x02\x00\x00\x90\x03\x00\x01\x00"


def message_bytes(number):
    """About MESSAGE_BYTES, as peer_publisher varies them."""
    mixed = number * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 31) * 0x94D049BB133111EB % 2**64
    return MESSAGE_BYTES - 16 + (mixed >> 32) % 32


def message(number):
    return (f"{number:020} " + "".join(chr(ord("a") + i % 26) for i in range(21, message_bytes(number)))).encode()


def test_messages_vary_about_the_size_asked_for():
    sizes = [message_bytes(number) for number in range(1, 1001)]
    assert min(sizes) == MESSAGE_BYTES - 16 and max(sizes) == MESSAGE_BYTES + 15
    assert sum(sizes) / len(sizes) == pytest.approx(MESSAGE_BYTES, abs=1.5)
    assert any(one == other for one, other in zip(sizes, sizes[1:]))


def stack_of(redis_server):
    stack = Stack()
    stack.program = binary_path()
    stack.build = os.path.dirname(stack.program)
    stack.redis_url, stack.redis_port = redis_server.url, redis_server.port
    stack.server_core = stack.other_core = os.sched_getaffinity(0)
    return stack


@pytest.fixture
def start_peer(redis_server):
    peers = []

    def start(peer_class, kind):
        stack = stack_of(redis_server)
        reason = peer_class.unavailable(stack)
        if reason:
            pytest.skip(reason)
        job = Job(name="test", kind=kind, clients=CLIENTS, batches_per_s=10, frame_bytes=MESSAGE_BYTES)
        peers.append(peer_class(stack))
        peers[-1].start(job)
        return peers[-1], job

    yield start
    for peer in peers:
        peer.stop()


@pytest.fixture
def open_socket():
    sockets = []

    def open_one(port, path, subprotocol=None):
        sockets.append(WebSocket(f"ws://127.0.0.1:{port}{path}", subprotocol=subprotocol))
        return sockets[-1]

    yield open_one
    for websocket in sockets:
        websocket.drop()


class ByteStream:
    """The bytes of a connection's binary frames, wherever those end."""

    def __init__(self, websocket):
        self.websocket = websocket
        self._buffer = b""

    def take(self, length):
        while len(self._buffer) < length:
            fin, opcode, payload = self.websocket.recv_frame()
            assert fin and opcode == BINARY
            self._buffer += payload
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        return taken

    def take_until(self, end):
        taken = b""
        while not taken.endswith(end):
            taken += self.take(1)
        return taken


def join_nats(open_socket, peer, _):
    stream = ByteStream(open_socket(peer.port, "/"))
    stream.websocket.send_frame(BINARY, NATS_HELLO)
    assert stream.take_until(b"\r\n").startswith(b"INFO ")
    assert stream.take(6) == b"PONG\r\n"
    return stream


def join_mqtt(open_socket, peer, client):
    stream = ByteStream(open_socket(peer.port, "/mqtt", "mqtt"))
    assert stream.websocket.subprotocol == "mqtt"
    stream.websocket.send_frame(BINARY, MQTT_HELLO % client)
    assert stream.take(len(MQTT_ANSWERS)) == MQTT_ANSWERS
    return stream


def join_plain(open_socket, peer, _):
    return open_socket(peer.port, peer.path or "/")


def expect_nats(stream, number):
    expected = b"MSG bench 1 %d\r\n" % message_bytes(number) + message(number) + b"\r\n"
    begin = stream.take(6)
    if begin == b"PING\r\n":  # it measures the way once, a second or two after the connection
        stream.websocket.send_frame(BINARY, b"PONG\r\n")
        begin = stream.take(6)
    return begin + stream.take(len(expected) - 6), expected


def expect_mqtt(stream, number):
    rest = message_bytes(number) + len(b"\x00\x05bench")
    expected = bytes([0x30, rest % 128 | 0x80, rest // 128]) + b"\x00\x05bench" + message(number)
    return stream.take(len(expected)), expected


def expect_plain(websocket, number):
    return websocket.recv_frame(), (True, TEXT, message(number))


JOIN = {"nats": join_nats, "mqtt": join_mqtt, "plain": join_plain}
EXPECT = {"nats": expect_nats, "mqtt": expect_mqtt, "plain": expect_plain}


class PushPublisher:
    """peer_publisher as the load client runs it."""

    def __init__(self, peer, job):
        self._popen = subprocess.Popen(
            peer.publish_command(job), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def publish(self, number):
        self._popen.stdin.write("[]\n")
        self._popen.stdin.flush()
        assert self._popen.stdout.readline() == f"ok {number}\n"

    def stop(self):
        self._popen.stdin.close()
        assert self._popen.wait(DEADLINE_S) == 0
        self._popen.stdout.close()


@pytest.mark.parametrize("peer_class", PUSHING, ids=lambda peer_class: peer_class.name)
def test_each_message_reaches_each_client_whole(peer_class, start_peer, open_socket):
    peer, job = start_peer(peer_class, "shared")
    clients = [JOIN[peer.dialect](open_socket, peer, i) for i in range(CLIENTS)]
    if hasattr(peer, "subscribers"):
        # Hands are shaken before the channel knows its subscriber.
        wait_until(lambda: peer.subscribers() == CLIENTS, what="all subscribers in the channel")
    publisher = PushPublisher(peer, job)
    for number in range(1, MESSAGES + 1):
        publisher.publish(number)
    for client in clients:
        for number in range(1, MESSAGES + 1):
            got, expected = EXPECT[peer.dialect](client, number)
            assert got == expected
    publisher.stop()


def quotes_of(batch):
    """Every tenth symbol, as the bench moves them; all in the first."""
    symbols = range(500) if batch == 0 else range(batch % 10, 500, 10)
    return [
        {"symbol": f"S{s:03}", "price": Decimal(100 + s) + Decimal(7 * batch + s + 1) / 100, "previous_close": 100 + s}
        for s in symbols
    ]


def totals_of(portfolio, prices):
    """What portfolio `portfolio` of SEED_SQL is worth, exactly."""
    lots = [(f"S{(portfolio * 30 + j) % 500:03}", 1 + j * Decimal("1.25"), 100 + j) for j in range(30)]
    value = sum(quantity * prices[symbol] for symbol, quantity, _ in lots)
    cost = sum(quantity * price for _, quantity, price in lots)
    return {"total_value": value, "cost_basis": cost, "gain_loss": value - cost}


def check_document(document, portfolio, number, prices):
    assert (document["portfolio_id"], document["seq"]) == (str(portfolio), number)
    assert len(document["positions"]) == 30
    assert document["totals"]["unpriced"] == 0
    for name, expected in totals_of(portfolio, prices).items():
        # To the cent and far beyond it; node's doubles are not exact.
        assert abs(Decimal(document["totals"][name]) - expected) < Decimal("0.000001")


@pytest.mark.parametrize("peer_class", VALUING, ids=lambda peer_class: peer_class.name)
def test_each_event_values_each_portfolio(peer_class, start_peer, open_socket, redis_server):
    peer, _ = start_peer(peer_class, "personal")
    clients = []
    for portfolio in range(CLIENTS):
        clients.append(open_socket(peer.port, peer.path.replace("{index}", str(portfolio))))
        clients[-1].send_text(peer.hello)
        assert json.loads(clients[-1].recv_text())["totals"]["unpriced"] == 30
    publisher, prices = Publisher(redis_server.url), {}
    try:
        for batch in range(MESSAGES):
            quotes = quotes_of(batch)
            prices.update({quote["symbol"]: quote["price"] for quote in quotes})
            number = publisher.publish(quotes)
            for portfolio, client in enumerate(clients):
                check_document(json.loads(client.recv_text(), parse_float=Decimal), portfolio, number, prices)
    finally:
        publisher.stop()


@contextlib.contextmanager
def events_without_end(redis_url, watcher):
    """Two events are on their way to the watcher, the next goes when it has one: nothing piles up."""
    publisher, is_over = Publisher(redis_url), threading.Event()

    def publish():
        for batch in itertools.count(1):
            publisher.publish(quotes_of(batch))
            if batch > 2:
                watcher.recv_text()
            if is_over.is_set():
                return

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        publisher.stop()


@pytest.mark.parametrize("peer_class", VALUING, ids=lambda peer_class: peer_class.name)
def test_who_comes_amid_events_goes_forward(peer_class, start_peer, open_socket, redis_server):
    """Its first document is not sent behind a newer one."""
    peer, _ = start_peer(peer_class, "personal")

    def join(portfolio):
        websocket = open_socket(peer.port, peer.path.replace("{index}", str(portfolio)))
        websocket.send_text(peer.hello)
        return websocket

    with events_without_end(redis_server.url, join(0)):
        for comer in range(COMERS):
            websocket = join(comer % CLIENTS)
            numbers = [json.loads(websocket.recv_text())["seq"] for _ in range(3)]
            assert numbers == sorted(numbers)
            websocket.drop()


def run_load_client(peer, job):
    """A second of messages, counted by the bench's own client."""
    command = [os.path.join(peer.stack.build, "load_client"), "stream", "--port", str(peer.port)]
    command += ["--pids", ",".join(str(pid) for pid in peer.pids), "--dialect", peer.dialect]
    command += ["--clients", str(CLIENTS), "--portfolios", str(job.portfolios), "--window", str(peer.window)]
    command += ["--rate", "100", "--warm-up", "0.2", "--seconds", "1"]
    for option in ("path", "hello"):
        if getattr(peer, option):
            command += ["--" + option, getattr(peer, option)]
    command += ["--", *peer.publish_command(job)]
    done = subprocess.run(
        command, env=peer.publish_environment(), capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{peer.log}"
    return json.loads(done.stdout)


@pytest.mark.parametrize("peer_class", PUSHING + VALUING, ids=lambda peer_class: peer_class.name)
def test_the_load_client_loses_nothing(peer_class, start_peer):
    """Masks of zeros are taken, the dialect reads all there is."""
    peer, job = start_peer(peer_class, "shared")
    counted = run_load_client(peer, job)
    assert counted["frames"] > 0
    assert counted["batches_per_frame"] == 1, "a frame for each message"
    for name in ("out_of_step", "broken", "closed", "refused_batches"):
        assert counted[name] == 0, name
    if peer_class in PUSHING:
        assert counted["bytes_per_frame"] == pytest.approx(MESSAGE_BYTES, abs=16)
