"""Frames that break the protocol, and messages of every wrong kind."""

import contextlib
import json
import os
import struct

import pytest

from support.waiting import wait_until
from support.websocket import BINARY, CLOSE, PING, TEXT, Closed, Timeout, WebSocket

CONTINUATION = 0x0


def frame(first, payload=b"", mask=True, length=None):
    """Raw: the first byte as it is, a length that may be a lie."""
    size = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    if size < 126:
        head = bytes([first, bit | size])
    elif size < 65536:
        head = struct.pack(">BBH", first, bit | 126, size)
    else:
        head = struct.pack(">BBQ", first, bit | 127, size)
    return head + (b"\x00" * 4 if mask else b"") + payload


def outcome(server, *pieces):
    """The close code it ends with; None: without one; "open": it goes on."""
    stream = WebSocket(server.ws_url)
    try:
        for piece in pieces:
            stream.send_bytes(piece)
        stream.send_bytes(frame(0x80 | TEXT, b'{"type":"ping","id":"end"}'))
        while True:
            if json.loads(stream.recv_text(timeout=20)).get("id") == "end":
                return "open"
    except Closed as closed:
        return closed.code
    except UnicodeDecodeError:  # it echoes what a close had to say
        return 1000
    except Timeout:
        return "stuck"
    finally:
        stream.drop()


# The library's part is read with its quirks (what it takes that RFC 6455 forbids is named in
# SECURITY.md); whatever it is, the connection ends or goes on, and nobody else feels it.
BROKEN = {
    "a reserved bit": (frame(0xC1, b"{}"), {1002, None}),
    "all reserved bits": (frame(0xF1, b"{}"), {1002, None}),
    "an opcode of no one": (frame(0x83, b"{}"), {1002, None}),
    "a control opcode of no one": (frame(0x8B, b"{}"), {1002, None}),
    "a continuation of nothing": (frame(0x80, b"{}"), {1002, None}),
    "a message inside another": (frame(TEXT, b"{") + frame(0x80 | TEXT, b"}"), {1002, None, "open"}),
    "a ping in pieces": (frame(PING, b"x") + frame(0x80, b"y"), {1002, None, "open"}),
    "a ping that is too long": (frame(0x80 | PING, b"x" * 126), {1002, None}),
    "a close that is too long": (frame(0x80 | CLOSE, struct.pack(">H", 1000) + b"x" * 124), {1002, None}),
    "a close of one byte": (frame(0x80 | CLOSE, b"\x03"), {1002, 1005, None}),
    "a close with a code of no one": (frame(0x80 | CLOSE, struct.pack(">H", 999)), {1002, 999, None}),
    "a close with 1005": (frame(0x80 | CLOSE, struct.pack(">H", 1005)), {1002, None}),
    "a close that is no text": (frame(0x80 | CLOSE, struct.pack(">H", 1000) + b"\xff\xfe"), {1002, 1007, 1000, None}),
    "a length beyond all": (frame(0x80 | TEXT, b"{}", length=(1 << 63) + 5), {1002, 1009, None}),
    "a length with the top bit less one": (frame(0x80 | TEXT, b"{}", length=(1 << 62)), {1009, 1002, None}),
    "more than a message may have": (frame(0x80 | TEXT, b"x" * 20000), {1009}),
    "pieces that are more together": (frame(TEXT, b"x" * 10000) + frame(0x80, b"x" * 10000), {1009}),
    "binary": (frame(0x80 | BINARY, b"\x00\x01"), {4400}),
    "not UTF-8": (frame(0x80 | TEXT, b"\xff\xfe"), {1007}),
    "UTF-8 cut by the frame": (frame(TEXT, b'{"type":"ping","id":"\xe2') + frame(0x80, b'\x82\xac"}'), {"open"}),
    "UTF-8 that never ends": (frame(TEXT, b'"\xe2') + frame(0x80, b'"'), {1007}),
    "a request": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", {1002, None, "stuck", "open"}),
    "no mask": (frame(0x80 | TEXT, b'{"type":"ping"}', mask=False), {1002, None, "open"}),
    "empty messages": (frame(0x80 | TEXT) * 50, {"open"}),
}


def test_frames_that_break_the_protocol(attacked):
    for name, (bytes_sent, expected) in BROKEN.items():
        assert outcome(attacked, bytes_sent) in expected, name


def test_messages_of_every_wrong_kind(attacked):
    texts = [
        "", " ", "null", "[]", "1", '"x"', "{", "{}", '{"type":1}', '{"type":"x"}', '{"type":null}', "[" * 9000,
        '{"a":' * 3000, '{"type":"subscribe"}', '{"type":"subscribe","portfolio_id":1}',
        '{"type":"subscribe","portfolio_id":"' + "a" * 9000 + '"}', '{"type":"ping","type":"ping"}',
        '{"type":"ping","id":' + "9" * 70 + "}", '{"type":"ping","id":{}}', '{"type":"ping","id":"' + "\u20ac" * 65 + '"}',
        '{"type":"ping","x":[' + "1," * 7000 + "1]}", '{"type":"auth","token":"' + "a" * 9000 + '"}',
        '{"type":"subscribe","portfolio_id":"00000000-0000-4000-8000-000000000000","fields":[' + '"x",' * 3000 + '"x"]}',
        '{"type":"subscribe","portfolio_id":"00000000-0000-4000-8000-000000000000","resume":"' + "-" * 9000 + '"}',
        '{"type":"subscribe","portfolio_id":"00000000-0000-4000-8000-000000000000","max_rate":1e999}',
    ]  # fmt: skip
    stream = WebSocket(attacked.ws_url)
    assert json.loads(stream.recv_text())["type"] == "welcome"
    for text in texts:
        stream.send_text(text)
        answer = json.loads(stream.recv_text())
        assert answer["type"] in ("error", "pong"), text[:200]
        assert len(json.dumps(answer)) < 1000
    stream.close()


def test_a_hundred_wrong_ones_in_a_row(attacked):
    stream = WebSocket(attacked.ws_url)
    with pytest.raises(Closed) as closed:
        for _ in range(200):
            stream.send_text("{")
            stream.recv_text()
    assert closed.value.code == 4400


def test_floods_of_small_frames(attacked):
    """Pings, empty pieces and pieces of a byte by the hundred thousand."""
    floods = {
        "pings": frame(0x80 | PING, b"x") * 100_000,
        "empty pieces": frame(TEXT, b'{"type":"ping"') + frame(CONTINUATION) * 100_000 + frame(0x80, b"}"),
        "pieces of a byte": frame(TEXT, b'{"type":"ping","x":"') + frame(CONTINUATION, b"a") * 10_000 + frame(0x80, b'"}'),
        "pongs that nobody asked for": frame(0x8A, b"x") * 100_000,
    }
    streams = []
    for flood in floods.values():
        for _ in range(2):
            stream = WebSocket(attacked.ws_url)
            stream.socket.settimeout(30)
            stream.send_bytes(flood)
            streams.append(stream)
    for stream in streams:
        stream.drop()


@pytest.mark.parametrize("unit", [frame(0x80 | PING, b"x"), frame(CONTINUATION), frame(0x8A)])
def test_floods_without_end_are_cut(attacked, unit):
    """What the library answers or drops by itself is counted in bytes."""
    stream = WebSocket(attacked.ws_url)
    stream.send_bytes(frame(TEXT, b"{"))  # for the pieces
    stream.socket.setblocking(False)

    def is_cut():
        try:
            with contextlib.suppress(BlockingIOError):
                stream.socket.recv(1 << 18)
            with contextlib.suppress(BlockingIOError):
                stream.socket.send(unit * 10_000)
        except OSError:
            return True

    wait_until(is_cut)
    stream.drop()
    assert attacked.metric('pf_connections_closed_total{reason="too_many"}') == 1
    wait_until(lambda: attacked.log_events("websocket.flood"), what="the log's word of it")


def test_random_bytes_as_frames(attacked):
    for _ in range(60):
        stream = WebSocket(attacked.ws_url)
        stream.send_bytes(os.urandom(2000))
        stream.drop()
