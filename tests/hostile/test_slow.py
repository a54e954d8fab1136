"""Clients that take their time, and those that never say what they came for."""

import selectors
import socket
import ssl
import time

from support.waiting import DEADLINE_S, wait_until
from support.websocket import WebSocket
from support.wire import HANDSHAKE, Wire, head

PARTS = {
    "nothing": b"",
    "half a request line": b"GET /cust",
    "half a head": b"GET /customers HTTP/1.1\r\nHost: x\r\nX-",
    "half a handshake": head("GET", "/stream", *HANDSHAKE)[:-2],
    "no body": head("POST", "/customers", "Content-Type: application/json", "Content-Length: 100"),
    "half a body": head("POST", "/customers", "Content-Type: application/json", "Content-Length: 100") + b"{" + b" " * 50,
    "half a chunk": head("POST", "/customers", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"a\r\n12345",
    "chunks without end": head("POST", "/customers", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"1\r\n{\r\n",
}


def closed(wires, deadline_s=DEADLINE_S):
    """Reads from all of them until each is over; returns how many are not in time."""
    selector = selectors.DefaultSelector()
    for wire in wires:
        wire.socket.setblocking(False)
        selector.register(wire.socket, selectors.EVENT_READ)
    end = time.monotonic() + deadline_s
    while selector.get_map() and time.monotonic() < end:
        for key, _ in selector.select(0.1):
            try:
                if key.fileobj.recv(65536):
                    continue
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            except ConnectionError:
                pass
            selector.unregister(key.fileobj)
    return len(selector.get_map())


def test_those_who_stop_halfway_are_cut(attacked, address):
    wires = [Wire(attacked, address).send(part) for part in PARTS.values() for _ in range(20)]
    assert closed(wires) == 0
    for wire in wires:
        wire.close()


def test_those_who_trickle_are_cut_too(attacked, address):
    """A byte now and then does not buy time: the deadline is the whole request's."""
    trickles = [
        (Wire(attacked, address).send(b"GET / HTTP/1.1\r\nHost: x\r\nX: "), b"x"),
        (Wire(attacked, address).send(head("POST", "/customers", "Content-Length: 60000")), b" "),
        (Wire(attacked, address).send(head("POST", "/customers", "Transfer-Encoding: chunked")), b"1\r\nx\r\n"),
        (Wire(attacked, address), b"\r\n"),
    ]
    begun = time.monotonic()
    open_ones = dict(trickles)

    def all_are_cut():
        for wire, drop in list(open_ones.items()):
            try:
                wire.socket.send(drop)
            except OSError:
                del open_ones[wire]
        return not open_ones

    wait_until(all_are_cut, what="the end of those who trickle")
    assert time.monotonic() - begun < DEADLINE_S
    for wire, _ in trickles:
        wire.close()


def test_those_who_do_not_read(attacked, address):
    """Large answers that nobody takes do not pile up: one is made a time, and its connection ends."""
    wires = []
    for _ in range(30):
        wire = Wire.__new__(Wire)
        wire.socket = socket.socket()
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.socket.bind((address, 0))
        wire.socket.connect(("127.0.0.1", attacked.port))
        wire.file = wire.socket.makefile("rb")
        wires.append(wire.send(head("GET", "/openapi.json") * 50))
    before = attacked.resident_bytes()
    assert before < 400 << 20
    for wire in wires:
        wire.close()


def test_streams_that_say_nothing(attacked, address):
    """They may: they are clients that wait. But a half frame holds no more than a message may."""
    sockets = [WebSocket(attacked.ws_url) for _ in range(50)]
    for number, stream in enumerate(sockets):
        if number % 2:
            stream.send_bytes(b"\x81\xfe\x3f\xff\x00\x00\x00\x00" + b"{" * 8000)
    for stream in sockets:
        stream.drop()
