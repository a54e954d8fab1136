"""The headers that every answer has, and that nothing but the page's own files is to be had from it."""

import os
import socket

import pytest

from support.waiting import DEADLINE_S

SAME_EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_OUTSIDE = "what nobody may read"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("site")
    outside = root / "outside.txt"
    outside.write_text(_OUTSIDE)
    files = root / "files"
    (files / "img").mkdir(parents=True)
    (files / "index.html").write_text("<!doctype html>" + "x" * 2000)
    (files / "img" / "a.svg").write_text("<svg/>")
    (files / "link.txt").symlink_to(outside)
    (files / "up").symlink_to(root, target_is_directory=True)
    (files / ".hidden").write_text(_OUTSIDE)
    os.mkfifo(files / "fifo")
    return files


def ask(port, request):
    """(status, headers, body) of a raw request's first answer; the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as it:
        it.sendall(request)
        it.shutdown(socket.SHUT_WR)
        answer = b""
        while part := it.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = [line.partition(": ")[::2] for line in lines[1:]]
    headers = {name.lower(): value for name, value in fields}
    assert len(headers) == len(fields), f"a header twice: {lines}"
    return int(lines[0].split()[1]), headers, body


def get(path, *lines):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]).encode()


_ANSWERS = {
    "an answer": (get("/health"), {200, 503}),
    "a problem": (get("/nowhere"), {404}),
    "no method": (b"PATCH /customers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", {405}),
    "options": (b"OPTIONS /customers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", {204}),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "no sense": (b"nonsense\r\n\r\n", {400}),
    "a long target": (b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\n", {414}),
    "many fields": (get("/", *["A: b"] * 200), {431}),
    "smuggled": (get("/", "Content-Length: 1", "Content-Length: 2"), {400}),
    "a handshake refused": (get("/stream", "Upgrade: websocket", "Connection: Upgrade"), {400}),
    "another upgrade": (get("/stream", "Upgrade: h2c", "Connection: Upgrade"), {400}),
    "a file": (get("/"), {200}),
    "a packed file": (get("/", "Accept-Encoding: gzip"), {200}),
    "a file's method": (b"DELETE /index.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", {405}),
    "documents": (get("/docs"), {200}),
    "metrics": (get("/metrics"), {200}),
    "keys": (get("/.well-known/jwks.json"), {200}),
    "the docs' program": (get("/docs/viewer.js"), {200, 404}),
    "a contract": (get("/openapi.yaml"), {200}),
    "no such file": (get("/img/b.svg"), {404}),
    "a wrong body": (
        b"POST /customers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n\r\n{",
        {415},
    ),
    "a large body": (b"POST /customers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n", {413}),
    "a preflight": (
        b"OPTIONS /customers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: http://localhost\r\n"
        b"Access-Control-Request-Method: GET\r\n\r\n",
        {204},
    ),
}


@pytest.mark.parametrize("name", _ANSWERS)
def test_headers_of(name, start_server_once):
    request, statuses = _ANSWERS[name]
    status, headers, body = ask(start_server_once.port, request)
    assert status in statuses
    for header, value in SAME_EVERYWHERE.items():
        assert headers[header] == value, header
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    is_page = name in ("a file", "a packed file", "documents")
    is_program = name in ("the docs' program", "a contract")
    assert is_page or policy == "default-src 'none'; frame-ancestors 'none'"
    assert "permissions-policy" in headers and "server" not in headers
    if name in ("a problem", "no host", "no sense", "metrics", "an answer"):
        assert headers["cache-control"] == "no-store"
    for word in (b"SELECT", b".c:", b"server/", b"0x", b"libpq"):
        assert is_page or is_program or name == "metrics" or word not in body


def test_headers_of_who_may_not(start_server):
    """Nobody, somebody who may not, and who comes too often, or with too many."""
    server = start_server(AUTH="on", RATE_ADDRESS=1, RATE_ADDRESS_BURST=4)
    guess = get("/customers", "Authorization: Bearer x")  # costs as much as ten
    seen = [ask(server.port, get("/customers")), ask(server.port, guess)]
    seen.append(next(answer for answer in (ask(server.port, guess) for _ in range(100)) if answer[0] == 429))
    full = start_server(CONNECTIONS_PER_ADDRESS=1)
    with socket.create_connection(("127.0.0.1", full.port), timeout=DEADLINE_S):
        seen.append(ask(full.port, b""))  # who has said something may see a reset instead
    assert [status for status, _, _ in seen] == [401, 401, 429, 503]
    for status, headers, _ in seen:
        for header, value in SAME_EVERYWHERE.items():
            assert headers[header] == value, (status, header)
        assert "permissions-policy" in headers and headers["cache-control"] == "no-store"


@pytest.fixture(scope="module")
def start_server_once(shared_postgres, site):
    from support.redis_server import Redis
    from support.server import Server

    redis = Redis()
    server = Server(DATABASE_URL=shared_postgres.url, REDIS_URL=redis.url, PROVIDERS="none", STATIC_DIR=str(site))
    yield server
    try:
        server.stop()
    finally:
        server.discard()
        redis.destroy()


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/img/../../outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e/outside.txt",
        "/%2e%2e%2foutside.txt",
        "/..%5coutside.txt",
        "/..%c0%afoutside.txt",
        "/%252e%252e/outside.txt",
        "/....//outside.txt",
        "//outside.txt",
        "/./../outside.txt",
        "/..\\outside.txt",
        "/%2e%2e%5coutside.txt",
        "/img/..%2f..%2foutside.txt",
        "/%00",
        "/img%00/a.svg",
        "/link.txt",
        "/up/outside.txt",
        "/up/files/index.html",
        "/.hidden",
        "/%2ehidden",
        "/fifo",
        "/img",
        "/img/",
        "/index.html%00.txt",
        "/index.html/",
        "/INDEX.HTML",
        "/etc/passwd",
        "/proc/self/environ",
        "http://x/../outside.txt",
        "file:///etc/passwd",
    ],
)
def test_nothing_but_its_files_is_served(path, start_server_once):
    status, _, body = ask(start_server_once.port, get(path))
    assert status in (400, 404) and _OUTSIDE.encode() not in body and b"root:" not in body


def test_sql_and_stacks_stay_inside(start_server_once):
    """A database that answers with errors of its own: the answer has a request_id, the log the rest."""
    server = start_server_once
    server.is_judged = False
    for path in (
        "/customers/'; DROP TABLE customers; --",
        "/customers?search=%27%20OR%201%3D1",
        "/portfolios?sort=(select%201)",
        "/assets/%27%22%5c/price",
        "/customers/email/%00@x",
        "/jobs/99999999999999999999",
    ):
        status, _, body = ask(server.port, get(path.replace(" ", "%20")))
        assert 200 <= status < 500
        assert not any(word in body for word in (b"SELECT", b"syntax", b"pg_", b"relation", b"ERROR:"))


def test_an_error_of_the_database_is_not_told(start_server, postgres):
    server = start_server()
    server.is_judged = False
    server.create_customer()
    postgres.cluster.execute("ALTER TABLE customers RENAME TO spoilt", database=postgres.name)
    status, headers, body = server.request("GET", "/customers")
    assert status >= 500
    text = str(headers) + body.decode()
    assert "request_id" in text
    for word in ("customers\"", "relation", "SELECT", "does not exist", "42P01"):
        assert word not in text, text
