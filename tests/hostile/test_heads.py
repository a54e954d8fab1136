"""Requests that two readers could take for different ones, and heads of any size and kind."""

import json

import pytest

from support.beside import FRUGAL, Beside
from support.redis_server import Redis
from support.rest import problem
from support.server import Server, migrate
from support.wire import HANDSHAKE, Wire, head

CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = head("DELETE", "/customers/00000000-0000-4000-8000-000000000000")


@pytest.fixture(scope="module", name="beside")
def one_for_all(postgres_cluster, portfoliod):
    """One server for all: each of these is refused, or answered, at once."""
    database, redis = postgres_cluster.create_database(migrate), Redis()
    server = Server(DATABASE_URL=database.url, REDIS_URL=redis.url, PROVIDERS="none", ASAN_OPTIONS=FRUGAL)
    try:
        with Beside(server) as beside:
            yield beside
        server.stop()
    finally:
        server.discard()
        redis.destroy()
        database.drop()


AMBIGUOUS = {
    "a length and chunks": head("POST", "/customers", "Content-Length: 4", CHUNKED) + b"0\r\n\r\n",
    "chunks and a length": head("POST", "/customers", CHUNKED, "Content-Length: 4") + b"0\r\n\r\n",
    "two lengths": head("POST", "/customers", "Content-Length: 4", "Content-Length: 5") + b"12345",
    "the same length twice": head("POST", "/customers", "Content-Length: 4", "Content-Length: 4") + b"1234",
    "a list of lengths": head("POST", "/customers", "Content-Length: 4, 4") + b"1234",
    "a signed length": head("POST", "/customers", "Content-Length: +4") + b"1234",
    "a negative length": head("POST", "/customers", "Content-Length: -4"),
    "a length in hex": head("POST", "/customers", "Content-Length: 0x4") + b"1234",
    "a huge length": head("POST", "/customers", "Content-Length: 18446744073709551620") + b"1234",
    "two codings": head("POST", "/customers", CHUNKED, CHUNKED) + b"0\r\n\r\n",
    "a coding before": head("POST", "/customers", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
    "a coding behind": head("POST", "/customers", "Transfer-Encoding: chunked, identity") + b"0\r\n\r\n",
    "another coding": head("POST", "/customers", "Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "a quoted coding": head("POST", "/customers", 'Transfer-Encoding: "chunked"') + b"0\r\n\r\n",
    "a tab before the colon": head("POST", "/customers", "Transfer-Encoding\t: chunked") + b"0\r\n\r\n",
    "a blank before the colon": head("POST", "/customers", "Content-Length : 4") + b"1234",
    "a vertical tab": head("POST", "/customers", "Transfer-Encoding:\x0bchunked") + b"0\r\n\r\n",
    "a folded field": head("POST", "/customers", "X: a\r\n b"),
    "a folded coding": head("POST", "/customers", "Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n",
    "a field that begins with a blank": b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    "bare LF": b"GET /health HTTP/1.1\nHost: x\n\n",
    "bare LF in between": b"GET /health HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
    "bare CR": b"GET /health HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
    "a NUL": b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "a host with a path": b"GET /health HTTP/1.1\r\nHost: x/y\r\n\r\n",
    "a host with a user": b"GET /health HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "no version": b"GET /health\r\nHost: x\r\n\r\n",
    "version 0.9": b"GET /health HTTP/0.9\r\nHost: x\r\n\r\n",
    "version 2": b"GET /health HTTP/2.0\r\nHost: x\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is no token": b"G(T /health HTTP/1.1\r\nHost: x\r\n\r\n",
    "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "a blank in the target": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "authority-form": b"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
    "authority-form of a GET": b"GET x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
    "another scheme": b"GET ftp://x/health HTTP/1.1\r\nHost: x\r\n\r\n",
    "asterisk-form of a GET": b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "half an escape": b"GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
    "a chunk size with a sign": head("POST", "/customers", CHUNKED) + b"+5\r\nhello\r\n0\r\n\r\n",
    "a chunk size with an underscore": head("POST", "/customers", CHUNKED) + b"1_0\r\nhello\r\n0\r\n\r\n",
    "a chunk that is too long": head("POST", "/customers", CHUNKED) + b"5\r\nhelloX\r\n0\r\n\r\n",
    "a chunk extension with LF": head("POST", "/customers", CHUNKED) + b"5;a\nx\r\nhello\r\n0\r\n\r\n",
    "TLS where there is none": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 160 + b"\n\n",
    "bytes": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_requests_are_refused_and_nothing_behind_them_is_read(beside, address, name):
    with Wire(beside.server, address) as wire:
        wire.send(AMBIGUOUS[name] + SMUGGLED)
        answer = wire.answer()
        problem(answer, 400, "invalid_field")
        assert answer[1]["connection"] == "close" and wire.is_over()


CLEAR = {
    "an absolute target": (b"GET http://elsewhere/health?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", (200, 503)),
    "an absolute target without a path": (b"GET http://elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n", (404,)),
    "a chunk extension": (head("POST", "/customers", CHUNKED) + b"2;a=b\r\n{}\r\n0\r\n\r\n", (415,)),
    "trailers": (head("POST", "/customers", CHUNKED) + b"2\r\n{}\r\n0\r\nContent-Length: 99\r\n\r\n", (415,)),
    "empty lines before": (b"\r\n\r\n" + head("GET", "/health"), (200, 503)),
    "a range": (head("GET", "/openapi.yaml", "Range: bytes=0-1,5-9,-1"), (200,)),
    "very many ranges": (head("GET", "/openapi.yaml", "Range: bytes=" + ",".join(["0-"] * 2000)), (200,)),
    "TRACE": (head("TRACE", "/health"), (405,)),
    "a method of no one": (head("X-NOBODY", "/health"), (405,)),
    "dots": (head("GET", "/../../../etc/passwd"), (404,)),
    "escaped dots": (head("GET", "/%2e%2e/%2e%2e/etc/passwd"), (404,)),
    "an escaped NUL": (head("GET", "/health%00.html"), (404,)),
    "very many slashes": (head("GET", "/" * 5000), (404,)),
    "expecting something else": (head("GET", "/health", "Expect: the-unexpected"), (200, 503)),
    "hop-by-hop names": (head("GET", "/health", "Connection: keep-alive, host, x-request-id"), (200, 503)),
    "a hundred of one field": (head("GET", "/health", *["Accept: a"] * 90), (200, 503)),
}


@pytest.mark.parametrize("name", CLEAR)
def test_what_is_clear_is_answered_and_the_next_request_is_the_next_one(beside, address, name):
    request, statuses = CLEAR[name]
    with Wire(beside.server, address) as wire:
        assert wire.send(request + head("OPTIONS", "*")).answer()[0] in statuses
        assert wire.answer()[0] == 204


UPGRADES = {
    "h2c": head("GET", "/health", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"),
    "h2c on the stream": head("GET", "/stream", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AA"),
    "TLS": head("OPTIONS", "*", "Upgrade: TLS/1.0", "Connection: Upgrade"),
    "two protocols": head("GET", "/stream", *HANDSHAKE[1:], "Upgrade: websocket, h2c"),
    "two fields": head("GET", "/stream", *HANDSHAKE, "Upgrade: h2c"),
    "no connection field": head("GET", "/stream", HANDSHAKE[0], *HANDSHAKE[2:]),
    "an old version": head("GET", "/stream", *HANDSHAKE[:2], "Sec-WebSocket-Version: 8", HANDSHAKE[3]),
    "no key": head("GET", "/stream", *HANDSHAKE[:3]),
    "a short key": head("GET", "/stream", *HANDSHAKE[:3], "Sec-WebSocket-Key: AAAA"),
    "two keys": head("GET", "/stream", *HANDSHAKE, HANDSHAKE[3]),
    "a POST": head("POST", "/stream", *HANDSHAKE),
    "a body": head("GET", "/stream", *HANDSHAKE, "Content-Length: 4") + b"1234",
    "chunks": head("GET", "/stream", *HANDSHAKE, CHUNKED) + b"0\r\n\r\n",
    "another path": head("GET", "/health", *HANDSHAKE),
    "HTTP/1.0": head("GET", "/stream", *HANDSHAKE).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a subprotocol of no one": head("GET", "/stream", *HANDSHAKE, "Sec-WebSocket-Protocol: chat"),
    "a frame before the answer": head("GET", "/stream", *HANDSHAKE) + b"\x81\x80\x00\x00\x00\x00",
}


@pytest.mark.parametrize("name", UPGRADES)
def test_upgrades_that_are_no_handshake_are_refused(beside, address, name):
    with Wire(beside.server, address) as wire:
        status, headers, body = wire.send(UPGRADES[name]).answer()
        assert status == 400 and headers["connection"] == "close" and json.loads(body)["request_id"]
        assert wire.is_over()


def test_extensions_are_offered_in_vain(beside, address):
    offers = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame, " + "a," * 3000
    with Wire(beside.server, address) as wire:
        status, headers, _ = wire.send(head("GET", "/stream", *HANDSHAKE, offers)).answer()
        assert status == 101 and "sec-websocket-extensions" not in headers


SIZES = {
    "a target": (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "a target without an end": (b"GET /" + b"a" * 200000, 414),
    "a field": (head("GET", "/health", "X: " + "a" * 20000), 431),
    "a field without an end": (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200000, 431),
    "101 fields": (head("GET", "/health", *["X: y"] * 101), 431),
    "very many empty fields": (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X:\r\n" * 50000, 431),
    "a body": (head("POST", "/customers", "Content-Type: application/json", "Content-Length: 999999999"), 413),
    "a chunk size beyond all": (head("POST", "/customers", CHUNKED) + b"ffffffffffffffff1\r\nhello\r\n0\r\n\r\n", 413),
    "chunks": (head("POST", "/customers", "Content-Type: application/json", CHUNKED) + b"ffffff\r\n" + b"a" * 200000, 413),
}


@pytest.mark.parametrize("name", SIZES)
def test_what_is_too_large_is_refused_before_it_has_come(beside, address, name):
    request, status = SIZES[name]
    with Wire(beside.server, address) as wire:
        try:
            wire.send(request)
        except ConnectionError:
            pass  # it said so before all was sent
        answer = wire.answer()
        problem(answer, status, "too_large")
        assert answer[1]["connection"] == "close"


def test_a_pipeline_without_end(beside, address):
    """It fills its own socket, and is answered in order."""
    with Wire(beside.server, address) as wire:
        for _ in range(20):
            wire.send(head("OPTIONS", "*") * 50)
            assert [wire.answer()[0] for _ in range(50)] == [204] * 50
