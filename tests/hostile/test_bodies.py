"""JSON that is deep, wide, broken, or not UTF-8; and credentials that are none."""

import base64
import json
import os

import pytest

from support.beside import Footprint
from support.rest import problem
from support.waiting import wait_until
from support.wire import Wire

TYPE = "Content-Type: application/json"
BODIES = {
    "arrays without end": b"[" * 60000,
    "objects without end": b'{"a":' * 12000,
    "deep and closed": b"[" * 30000 + b"]" * 30000,
    "a little too deep": b'{"a":' + b"[" * 16 + b"]" * 16 + b"}",
    "wide": b'{"a":[' + b"1," * 20000 + b"1]}",
    "many members": b"{" + b",".join(b'"%d":1' % n for n in range(6000)) + b',"a":[' + b"1," * 5000 + b"1]}",
    "a key twice": b'{"name":"a","name":"b"}',
    "not UTF-8": b'{"name":"\xff\xfe"}',
    "an overlong NUL": b'{"name":"\xc0\x80"}',
    "half a surrogate": b'{"name":"\xed\xa0\x80"}',
    "beyond Unicode": b'{"name":"\xf5\x80\x80\x80"}',
    "a cut sequence": b'{"name":"\xe2\x82"}',
    "a lone surrogate": b'{"name":"\\ud800"}',
    "a NUL": b'{"name":"\\u0000"}',
    "a raw NUL": b'{"name":"a\x00b"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"a":NaN}',
    "a comment": b"{/**/}",
    "two values": b"{}{}",
    "nothing": b"",
}


@pytest.mark.parametrize("path", ["/customers", "/investments"])
def test_bodies_that_are_no_json(attacked, address, path):
    for name, body in BODIES.items():
        with Wire(attacked, address) as wire:
            answer = wire.ask("POST", path, TYPE, *([] if body else ["Content-Length: 0"]), body=body)
            assert problem(answer, 400, "invalid_json"), name
            assert len(answer[2]) < 2000, name


def test_ten_thousand_kinds_of_wrong(attacked, address):
    """As many wrong fields as fit: told up to a bound, in one answer of a bounded size."""
    body = json.dumps({f"{n}": [] for n in range(5000)}).encode()
    with Wire(attacked, address) as wire:
        status, _, answer = wire.ask("POST", "/customers", TYPE, body=body[:65000] if len(body) > 65536 else body)
        assert status == 422 and len(answer) < 600_000


def forged_tokens():
    """JWTs and keys of every wrong kind; each is new."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    while True:
        word = os.urandom(24).hex()
        yield from (word, f"pfk_{word}", f"{header}.{word}.", f"{header}.{word}.{word}", f"{word}.{word}.{word}")


def test_very_many_tokens_that_are_none(start_attacked, address):
    """None is kept for long: thousands of them, and the server is as it was."""
    server = start_attacked(AUTH="on", RATE_ADDRESS=0)
    tokens = forged_tokens()

    def flood(n):
        with Wire(server, address) as wire:
            for _ in range(n):
                assert wire.ask("GET", "/customers?limit=1", f"Authorization: Bearer {next(tokens)}")[0] in (401, 503)

    flood(100)
    before = Footprint(server)
    flood(5000)
    wait_until(lambda: Footprint(server).is_like(before), what=f"{before}")


def test_guessing_tokens_costs_more(start_attacked, address):
    """An address that sends tokens that are none has used up its requests ten times as fast."""
    server = start_attacked(AUTH="on", RATE_ADDRESS=1, RATE_ADDRESS_BURST=100)
    tokens = forged_tokens()
    with Wire(server, address) as wire:
        statuses = [wire.ask("GET", "/customers", f"Authorization: Bearer {next(tokens)}")[0] for _ in range(30)]
    assert statuses[0] == 401 and 5 <= statuses.count(401) <= 15 and statuses[-1] == 429


def test_tokens_of_any_length(attacked, address):
    for length in (0, 1, 8191, 8192, 8193, 15000):
        with Wire(attacked, address) as wire:
            status, _, _ = wire.ask("GET", "/customers?limit=1", "Authorization: Bearer " + "a" * length)
            assert status in (200, 401), length
    with Wire(attacked, address) as wire:
        assert wire.ask("GET", "/customers", "Authorization: Bearer " + "a" * 17000)[0] == 431
    with Wire(attacked, address) as wire:
        assert wire.ask("GET", "/customers", "Authorization: Bearer a", "Authorization: Bearer b")[0] == 400
