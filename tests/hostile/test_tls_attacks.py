"""What test_slow, test_streams and test_crowds do, where TLS is spoken: handshakes that never end, too."""

import contextlib
import socket
import ssl
import struct

import pytest

from support.beside import Beside
from support.waiting import wait_until
from support.websocket import PING, TEXT, WebSocket
from support.wire import HANDSHAKE, Wire, head
from test_heads import AMBIGUOUS, SMUGGLED
from test_slow import PARTS, closed
from test_streams import CONTINUATION, frame

CONNECTS = 2_000
AT_ONCE = 200
HANDSHAKE_RECORD = b"\x16\x03\x01"


def client_hello(tls):
    """The first thing that a real client says."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1").do_handshake()
    return outgoing.read()


@pytest.fixture
def tls(authority):
    return authority.client()


@pytest.fixture
def settings(authority, tls):
    return {"tls": tls, **authority.issue().settings}


@pytest.fixture
def attacked(start_attacked, settings, tls):
    """Once as many as ever come at once have begun a handshake, the allocator keeps what they took: 50 KB each.
    So that is before; the attack may leave no more."""
    server = start_attacked(**settings)
    hello = client_hello(tls)
    first = [Wire(server, "127.0.0.98").send(hello) for _ in range(AT_ONCE)]
    assert all(wire.socket.recv(1) for wire in first)
    for wire in first:
        wire.close()
    with Beside(server) as beside:
        yield beside.server


def failed(server):
    return server.metric("pf_tls_handshakes_failed_total")


def secure_wire(server, address, tls):
    wire = Wire(server, address)
    wire.file.close()
    wire.socket = tls.wrap_socket(wire.socket, server_hostname="127.0.0.1")
    wire.file = wire.socket.makefile("rb")
    return wire


# --- slow ones ---


def test_handshakes_that_stop_halfway_are_cut_and_counted(attacked, address, tls):
    hello = client_hello(tls)
    parts = [b"", hello[:1], hello[:5], hello[: len(hello) // 2], hello[:-1], hello]
    before = failed(attacked)
    wires = [Wire(attacked, address).send(part) for part in parts for _ in range(20)]
    assert closed(wires) == 0
    assert failed(attacked) == before + len(wires)
    for wire in wires:
        wire.close()


def test_handshakes_that_trickle_are_cut_too(attacked, address, tls):
    """A byte now and then does not buy time. The last one is kept back."""
    hello = client_hello(tls)[:-1]
    before = failed(attacked)
    wires = {Wire(attacked, address): iter(hello) for _ in range(5)}
    everyone = list(wires)

    def all_are_cut():
        for wire, rest in list(wires.items()):
            wire.socket.setblocking(False)
            try:
                with contextlib.suppress(StopIteration):
                    wire.socket.send(bytes([next(rest)]))
                with contextlib.suppress(BlockingIOError):
                    if wire.socket.recv(1000) == b"":
                        del wires[wire]
            except OSError:
                del wires[wire]
        return not wires

    wait_until(all_are_cut, what="the end of those who trickle")
    assert failed(attacked) == before + len(everyone)
    for wire in everyone:
        wire.close()


def test_a_hello_without_end(attacked, address):
    """It says that it has 16 MB, and goes on until nobody listens."""
    before = failed(attacked)
    body = b"\x01\xff\xff\xff\x03\x03" + b"x" * 16378
    record = HANDSHAKE_RECORD + struct.pack(">H", len(body))
    for _ in range(5):
        with Wire(attacked, address) as wire:
            with contextlib.suppress(ConnectionError):
                wire.send(record + body, *[record + b"x" * len(body)] * 200)
            assert closed([wire]) == 0
    assert failed(attacked) == before + 5


def test_requests_that_stop_halfway_are_cut(attacked, address, tls):
    wires = [secure_wire(attacked, address, tls).send(part) for part in PARTS.values() for _ in range(5)]
    assert closed(wires) == 0
    for wire in wires:
        wire.close()


def test_what_is_ambiguous_is_refused(attacked, address, tls):
    """A record of TLS may hold several requests, and half of one."""
    for name, request in AMBIGUOUS.items():
        with secure_wire(attacked, address, tls) as wire:
            answer = wire.send(request[:10]).send(request[10:] + SMUGGLED).answer()
            assert answer[0] == 400 and answer[1]["connection"] == "close", name
            assert wire.is_over(), name


# --- floods ---


@pytest.mark.parametrize("unit", [frame(0x80 | PING, b"x"), frame(CONTINUATION), frame(0x8A)])
def test_floods_without_end_are_cut(attacked, tls, unit):
    """Their bytes are counted where they come in, not where the library reads what was in them."""
    stream = WebSocket(attacked.ws_url, tls=tls)
    stream.send_bytes(frame(TEXT, b"{"))  # for the pieces
    stream.socket.setblocking(False)
    wants = (ssl.SSLWantReadError, ssl.SSLWantWriteError)

    def is_cut():
        try:
            with contextlib.suppress(*wants):
                if stream.socket.recv(1 << 18) == b"":
                    return True
            with contextlib.suppress(*wants):
                stream.socket.send(unit * 1_000)
        except OSError:
            return True

    wait_until(is_cut)
    stream.drop()
    assert attacked.metric('pf_connections_closed_total{reason="too_many"}') == 1
    wait_until(lambda: attacked.log_events("websocket.flood"), what="the log's word of it")


# --- crowds ---


def test_very_many_quick_connects(attacked, tls):
    """Silent ones, halves of a hello, whole handshakes, requests, streams; half of them leave with a reset."""
    hello = client_hello(tls)
    crowd = []
    for number in range(CONNECTS):
        it = socket.socket()
        it.settimeout(30)
        it.bind((f"127.78.{number // 250}.{number % 250 + 1}", 0))
        it.connect(("127.0.0.1", attacked.port))
        kind = number % 10
        if kind < 7:
            it.sendall((b"", hello[:100], hello)[kind % 3])
        else:
            it = tls.wrap_socket(it, server_hostname="127.0.0.1")
            it.sendall((head("GET", "/health"), head("GET", "/stream", *HANDSHAKE), b"GET")[kind - 7])
        crowd.append(it)
        if len(crowd) == AT_ONCE:
            for place, one in enumerate(crowd):
                if place % 2:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.close()
            crowd.clear()
    assert not crowd


def test_connections_of_an_address(start_attacked, settings, tls):
    """Whoever has too many is closed at the door; before, within and after the handshake they count as one each."""
    server = start_attacked(CONNECTIONS_PER_ADDRESS=3, **settings)
    refused = 'pf_connections_refused_total{reason="address"}'
    silent, asking = Wire(server, "127.0.0.2"), secure_wire(server, "127.0.0.2", tls)
    assert asking.ask("OPTIONS", "*")[0] == 204
    stream = secure_wire(server, "127.0.0.2", tls)
    assert stream.ask("GET", "/stream", *HANDSHAKE)[0] == 101
    for number in range(3):
        with Wire(server, "127.0.0.2") as wire:
            assert closed([wire]) == 0
        assert server.metric(refused) == number + 1

    def has_rooms(n):
        with contextlib.suppress(OSError), contextlib.ExitStack() as wires:
            return all(
                wires.enter_context(secure_wire(server, "127.0.0.2", tls)).ask("OPTIONS", "*")[0] == 204 for _ in range(n)
            )

    for number, it in enumerate((stream, silent, asking)):
        it.close()
        wait_until(lambda n=number + 1: has_rooms(n))
    assert not has_rooms(4)
