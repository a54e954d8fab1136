"""portfolio-top and servers that mean ill, or are broken: nothing of theirs commands the
terminal, takes memory without end, or gets the user's token by a detour."""

import asyncio
import json
import re
from http import HTTPStatus

import pytest

from support.false_server import WELCOME, FalseServer, snapshot, subscribe
from support.terminal import Lines, run_top
from support.waiting import DEADLINE_S, wait_until

ID = "5e5e0000-0000-4000-8000-000000000001"
EVIL = "\\u001b]0;title\\u0007\\u009b31m\\u202e\\u0000\\r\\n\\ud834\\udd73"
GOOD = '{"portfolio_name":"Good","base_currency":"USD","totals":{"total_value":1},"positions":{}}'


def once_evil_then_good(evil):
    """The first connection gets something; those after it a portfolio."""

    async def script(socket, number):
        await subscribe(socket)
        if number == 0:
            await evil(socket)
        else:
            await socket.send(snapshot(ID, GOOD))

    return script


def has_no_commands(text):
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\U0001d173]", text)


@pytest.mark.parametrize("arguments", [("--once",), ("--once", "--json")])
def test_names_that_are_commands(arguments):
    data = (
        f'{{"portfolio_name":"{EVIL}","base_currency":"{EVIL}","totals":{{"total_value":1}},'
        f'"positions":{{"{EVIL[:-12]}":{{"currency":"{EVIL}","price_as_of":"{EVIL}"}}}}}}'
    ).replace("\\u0000", "")

    async def script(socket, _):
        await subscribe(socket)
        await socket.send(snapshot(ID, data))

    with FalseServer(script) as server:
        done = run_top(*arguments, "--url", server.url, ID)
    assert done.returncode == 0 and has_no_commands(done.stdout), repr(done.stdout)
    if "--json" in arguments:
        assert json.loads(done.stdout)["data"] == json.loads(data)
    else:
        assert "\\u{1b}]0;title\\u{7}\\u{9b}31m\\u{202e}" in done.stdout


def test_errors_that_are_commands():
    async def script(socket, _):
        await socket.send(WELCOME)
        message = json.loads(await socket.recv())
        await socket.send(
            f'{{"type":"error","id":{message["id"]},"code":"{EVIL[:6]}x","status":500,"detail":"{EVIL}",'
            f'"retryable":false,"portfolio_id":"{ID}"}}'.replace("\\u0000", "")
        )

    with FalseServer(script) as server:
        done = run_top("--json", "--url", server.url, ID)
    assert done.returncode == 1 and has_no_commands(done.stderr) and has_no_commands(done.stdout)


async def binary(socket):
    await socket.send(b"\x00\x01")


async def deep(socket):
    await socket.send('{"a":' * 10000 + "1" + "}" * 10000)


async def large(socket):
    await socket.send(snapshot(ID, '{"portfolio_name":"' + "x" * (17 * 1024 * 1024) + '"}'))


async def crowded(socket):
    await socket.send('{"type":"of another version","a":[' + "[]," * 1_200_000 + "[]]}")


async def no_utf8(socket):
    socket.transport.write(b"\x81\x04\xff\xfe\xfd\xfc")


async def reserved_bits(socket):
    socket.transport.write(b"\xf1\x02{}")


@pytest.mark.parametrize("evil", [binary, deep, large, crowded, no_utf8, reserved_bits])
def test_what_is_no_frame_ends_the_connection(evil):
    with FalseServer(once_evil_then_good(evil)) as server:
        top = Lines("--url", server.url, ID)
        state = top.until(lambda line: line["type"] == "state")
        assert state["data"]["portfolio_name"] == "Good"
        assert len(server.requests) == 2
        top.stop()


def test_a_document_does_not_grow_without_end():
    """Each delta adds a megabyte: the client leaves before it has thirty of them."""
    seen = []

    async def script(socket, number):
        await subscribe(socket)
        if number > 0:
            await socket.send(snapshot(ID, GOOD))
            return
        await socket.send(snapshot(ID, GOOD))
        cursor = "0123456789abcdef-1-1"
        for step in range(2, 60):
            following = f"0123456789abcdef-{step}-1"
            await socket.send(
                f'{{"type":"delta","portfolio_id":"{ID}","base":"{cursor}","cursor":"{following}",'
                f'"as_of":"2026-03-02T14:30:00.000Z","patch":{{"n{step}":"{"x" * 1024 * 1024}"}}}}'
            )
            cursor = following
            seen.append(step)

    with FalseServer(script) as server:
        top = Lines("--url", server.url, ID)
        # It reads and applies thirty megabytes first.
        wait_until(lambda: len(server.requests) == 2, 4 * DEADLINE_S, what="another connection")
        assert len(seen) < 57
        top.stop()


def test_a_message_in_pieces():
    text = snapshot(ID, GOOD)

    async def script(socket, _):
        await subscribe(socket)
        await socket.send([text[:10], text[10:11], "", text[11:]])

    with FalseServer(script) as server:
        done = run_top("--once", "--json", "--url", server.url, ID)
    assert done.returncode == 0 and json.loads(done.stdout)["data"] == json.loads(GOOD)


def test_silence():
    async def script(_socket, _number):
        await asyncio.sleep(0)

    with FalseServer(script) as server:
        done = run_top("--once", "--timeout", "1", "--url", server.url, ID)
    assert done.returncode == 5 and "no answer in time" in done.stderr


def test_what_the_handshake_says():
    async def script(socket, _):
        await subscribe(socket)
        await socket.send(snapshot(ID, GOOD))

    with FalseServer(script) as server:
        assert run_top("--once", "--token", "abc", "--url", server.url + "/prefix/", ID).returncode == 0
        ((path, headers),) = server.requests
    assert path == "/prefix/stream"
    assert headers["Authorization"] == "Bearer abc"
    assert headers["Sec-WebSocket-Protocol"] == "portfolio.v1.json"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["User-Agent"].startswith("portfolio-top/")
    assert "Sec-WebSocket-Extensions" not in headers and "Origin" not in headers


def test_a_redirect_does_not_get_the_token():
    async def script(socket, _):
        await subscribe(socket)

    with FalseServer(script) as thief:
        for status in (301, 302, 307, 308):
            location = [("Location", f"{thief.url}/stream"), ("Content-Length", "0")]
            with FalseServer(script, lambda *_, s=status, h=location: (HTTPStatus(s), h, b"")) as server:
                done = run_top("--once", "--token", "secret", "--url", server.url, ID)
                assert done.returncode == 5 and len(server.requests) == 1, done.stderr
                done = run_top("--list", "--token", "secret", "--url", server.url)
                assert done.returncode == 1, done.stderr
        assert thief.requests == []


@pytest.mark.parametrize("status, code", [(401, 4), (403, 4), (404, 5), (429, 5), (500, 5), (503, 5)])
def test_refused_handshakes(status, code):
    with FalseServer(None, lambda *_: (HTTPStatus(status), [("Content-Length", "0")], b"")) as server:
        done = run_top("--once", "--token", "abc", "--url", server.url, ID)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr


def test_a_proxy_of_the_environment_does_not_get_the_token():
    async def script(socket, _):
        await subscribe(socket)
        await socket.send(snapshot(ID, GOOD))

    with FalseServer(script) as server, FalseServer(script) as proxy:
        names = ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "socks_proxy")
        settings = {name: f"127.0.0.1:{proxy.port}" for name in names}
        done = run_top("--once", "--token", "abc", "--url", server.url, ID, settings=settings)
        assert done.returncode == 0, done.stderr
        run_top("--list", "--token", "abc", "--url", server.url, settings=settings)
        assert proxy.requests == [] and len(server.requests) == 2
