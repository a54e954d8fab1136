"""REST over raw sockets: chunked bodies, heads that are too large, and what no reader should guess at."""

import json
import shutil
import subprocess

import pytest

from support.rest import problem
from support.waiting import DEADLINE_S
from support.wire import Wire, head

HEADER = b"ticker_symbol,quantity,purchase_price,purchase_date\n"


def chunked(body, size):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


CHUNKED = "Transfer-Encoding: chunked"
JSON = "Content-Type: application/json"


def customer(email):
    return json.dumps({"name": "Ada", "email": email}).encode()


def test_a_body_may_be_chunked(server):
    with Wire(server) as wire:
        for size in (1, 7, 1000):
            body = customer(f"{size}@example.com")
            wire.send(head("POST", "/customers", JSON, CHUNKED) + chunked(body, size))
            status, headers, _ = wire.answer()
            assert status == 201
            assert server.json("GET", headers["location"])["email"] == f"{size}@example.com"
        # It is the same request as with a length.
        key = "Idempotency-Key: k"
        wire.send(head("POST", "/customers", JSON, CHUNKED, key) + chunked(customer("k@example.com"), 5))
        first = wire.answer()
        answer = server.request(
            "POST",
            "/customers",
            body=customer("k@example.com"),
            headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
        )
        assert first[0] == answer[0] == 201 and answer[2] == first[2] and "idempotency-replayed" in answer[1]
        # Two in one packet, the first of which looks like the second inside.
        inside = head("DELETE", "/customers")
        wire.send(head("POST", "/customers", JSON, CHUNKED) + chunked(inside, 9) + head("GET", "/health"))
        problem(wire.answer(), 400, "invalid_json")
        assert wire.answer()[0] == 200


def test_an_import_may_be_chunked(start_server):
    server = start_server(MAX_BODY_BYTES=1000, MAX_IMPORT_BYTES=100_000)
    portfolio_id = server.create_portfolio()
    path = f"/portfolios/{portfolio_id}/investments/import"
    text = HEADER + b"".join(b"A,1,%d,2020-01-02\n" % n for n in range(1, 3001))
    with Wire(server) as wire:
        wire.send(head("POST", path, "Content-Type: text/csv", CHUNKED), chunked(text, 333))
        status, _, body = wire.answer()
        assert status == 200 and json.loads(body)["created"] == 3000
    for limit, target in ((100_000, path), (1000, "/customers")):
        with Wire(server) as wire:
            # Refused at the size of the chunk that is one byte too much; its data never comes.
            wire.send(head("POST", target, JSON, CHUNKED), b"%x\r\n" % (limit - 1), b"x" * (limit - 1), b"\r\n2\r\n")
            answer = wire.answer()
            assert str(limit) in problem(answer, 413, "too_large")["detail"] and answer[1]["connection"] == "close"
            assert wire.is_over()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_curl_uploads_what_comes_through_a_pipe(server):
    portfolio_id = server.create_portfolio()
    url = f"{server.url}/portfolios/{portfolio_id}/investments/import"
    done = subprocess.run(
        ["curl", "-sS", "-X", "POST", "-H", "Content-Type: text/csv", "-T", "-", url],
        input=HEADER + b"AAPL,1,10,2020-01-02\n",
        capture_output=True,
        timeout=DEADLINE_S,
        check=True,
    )
    assert json.loads(done.stdout)["created"] == 1


@pytest.mark.parametrize(
    "fields, body",
    [
        ((CHUNKED, "Content-Length: 5"), b"0\r\n\r\n"),
        (("Content-Length: 0", CHUNKED), b"0\r\n\r\n"),
        ((CHUNKED, CHUNKED), b"0\r\n\r\n"),
        (("Transfer-Encoding: gzip, chunked",), b"0\r\n\r\n"),
        (("Transfer-Encoding: identity",), b""),
        ((CHUNKED,), b"5\nhello\n0\n\n"),
        ((CHUNKED,), b"5;x\nhello\r\n0\r\n\r\n"),
        ((CHUNKED,), b"0x5\r\nhello\r\n0\r\n\r\n"),
        ((CHUNKED,), b"5\r\nhello\n0\r\n\r\n"),
        ((CHUNKED,), b"5;" + b"x" * 5000 + b"\r\nhello\r\n0\r\n\r\n"),
    ],
)
def test_what_two_readers_could_frame_differently_is_refused(server, fields, body):
    with Wire(server) as wire:
        wire.send(head("POST", "/customers", JSON, *fields) + body + head("GET", "/health"))
        answer = wire.answer()
        problem(answer, 400, "invalid_field")
        assert answer[1]["connection"] == "close" and wire.is_over()


def test_options_of_the_server(server):
    with Wire(server) as wire:
        status, headers, body = wire.send(head("OPTIONS", "*")).answer()
        assert (status, headers["allow"], body) == (204, "GET, HEAD, POST, PUT, DELETE, OPTIONS", b"")


def test_http_1_0_has_no_chunks(server):
    with Wire(server) as wire:
        wire.send(b"POST /customers HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        problem(wire.answer(), 400, "invalid_field")
        assert wire.is_over()


@pytest.mark.parametrize(
    "request_bytes, status, code",
    [
        (head("GET", "/customers?query=" + "x" * 20_000), 414, "too_large"),
        (head("GET", "/customers", "X: " + "x" * 70_000), 431, "too_large"),
        (head("GET", "/customers", *(f"X-{n}: x" for n in range(100))), 431, "too_large"),
        (b"GET /customers HTTP/1.1\nHost: localhost\n\n", 400, "invalid_field"),
    ],
)
def test_a_head_that_cannot_be_taken_is_answered_at_once(server, request_bytes, status, code):
    with Wire(server) as wire:
        wire.send(request_bytes)
        problem(wire.answer(), status, code)
        assert wire.is_over()
