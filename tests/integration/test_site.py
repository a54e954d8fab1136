"""The page's files over HTTP: bytes, forms, caches, a new build, and below a path of a proxy."""

import gzip
import hashlib
import os
import random

import pytest

from support import haproxy
from support.stream_client import StreamClient
from support.waiting import wait_until
from support.wire import Wire

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
YEAR = "public, max-age=31536000, immutable"
CHUNK = "static/index-BqLzQ2yD.js"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".ico": "image/vnd.microsoft.icon",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}


def noise(seed, length):
    return random.Random(seed).randbytes(length)


@pytest.fixture
def site(tmp_path):
    """As Vite leaves it: hashed names, some of them packed."""
    root = tmp_path / "site"
    (root / "static").mkdir(parents=True)
    (root / "index.html").write_bytes(b"<!doctype html><title>one</title>" + b"<p>" * 600)
    script = b"export const word = 'gain';\n" * 5000
    (root / CHUNK).write_bytes(script)
    (root / (CHUNK + ".gz")).write_bytes(gzip.compress(script, 9, mtime=0))
    for suffix in TYPES:
        (root / "static" / f"file{suffix}").write_bytes(noise(suffix, 3000))
    (root / "empty.txt").write_bytes(b"")
    (root / "large.woff2").write_bytes(noise("large", 3_000_000))
    return root


@pytest.fixture
def server(start_server, site):
    return start_server(STATIC_DIR=site)


def test_every_byte_arrives(server, site):
    for folder, _, names in os.walk(site):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), site)
            if path.endswith(".gz"):
                assert server.request("GET", "/" + path)[0] == 404
                continue
            expected = (site / path).read_bytes()
            status, headers, body = server.request("GET", "/" + path)
            assert (status, hashlib.sha256(body).digest()) == (200, hashlib.sha256(expected).digest()), path
            assert "content-encoding" not in headers and headers["vary"] == "Accept-Encoding"
            head = server.request("HEAD", "/" + path)
            assert (head[0], head[1]["content-length"], head[2]) == (200, str(len(expected)), b"")
            assert head[1]["etag"] == headers["etag"]
            _, headers, body = server.request("GET", "/" + path, headers=GZIP)
            assert (gzip.decompress(body) if "content-encoding" in headers else body) == expected, path
    for suffix, content_type in TYPES.items():
        assert server.request("GET", f"/static/file{suffix}")[1]["content-type"] == content_type


@pytest.mark.parametrize(
    "accept, is_packed",
    [("gzip", True), ("gzip;q=0.001, br", True), ("*", True), ("gzip;q=0", False), ("*;q=0", False), ("br", False),
     ("identity, gzip;q=0.5", False), ("", False)],
)  # fmt: skip
def test_the_packed_form_goes_to_who_takes_it(server, site, accept, is_packed):
    status, headers, body = server.request("GET", "/" + CHUNK, headers={"Accept-Encoding": accept})
    assert status == 200 and headers["vary"] == "Accept-Encoding" and headers["cache-control"] == YEAR
    assert headers.get("content-encoding") == ("gzip" if is_packed else None)
    assert body == (site / (CHUNK + ".gz" if is_packed else CHUNK)).read_bytes()
    assert headers["etag"].endswith('-gzip"') is is_packed
    again = server.request("GET", "/" + CHUNK, headers={"Accept-Encoding": accept, "If-None-Match": headers["etag"]})
    assert (again[0], again[2], again[1]["etag"], again[1]["cache-control"]) == (304, b"", headers["etag"], YEAR)


def test_what_may_be_kept(server):
    for path, kept in (("/", "no-cache"), ("/index.html", "no-cache"), ("/static/file.js", "no-cache"), ("/" + CHUNK, YEAR)):
        status, headers, _ = server.request("GET", path)
        assert (status, headers["cache-control"]) == (200, kept), path
        assert server.request("GET", path, headers={"If-None-Match": headers["etag"]})[0] == 304
    missing = server.request("GET", "/static/index-AqLzQ2yD.js")
    assert missing[0] == 404 and missing[1]["cache-control"] == "no-store"


def test_the_policy(server):
    host = f"127.0.0.1:{server.port}"
    directives = dict(
        part.strip().partition(" ")[::2] for part in server.request("GET", "/")[1]["content-security-policy"].split(";")
    )
    assert directives == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' ws://{host} wss://{host}",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "object-src": "'none'",
    }
    with Wire(server) as wire:
        _, headers, _ = wire.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").answer()
        assert headers["content-security-policy"].endswith("connect-src 'self' ws://localhost wss://localhost")
        status, headers, _ = wire.send(b"GET / HTTP/1.1\r\nHost: x;script-src *\r\n\r\n").answer()
        assert "script-src *" not in headers["content-security-policy"], status


def replace(site, text):
    """A new build in place of the old one."""
    new = site.parent / "new"
    (new / "static").mkdir(parents=True)
    (new / "index.html").write_text(text)
    (new / "static" / "index-CqLzQ2yE.js").write_text("2")
    site.rename(site.parent / f"old {text}")
    new.rename(site)


@pytest.mark.threads
def test_a_new_build_comes_with_sighup(start_server, site):
    server = start_server(STATIC_DIR=site, LOOPS=2)
    tag = server.request("GET", "/")[1]["etag"]
    replace(site, "two")
    assert server.request("GET", "/", headers={"If-None-Match": tag})[0] == 304
    server.hang_up()
    server.wait_for_log("site.reloaded")
    assert server.request("GET", "/", headers={"If-None-Match": tag})[2] == b"two"
    assert server.request("GET", "/static/index-CqLzQ2yE.js")[0] == 200
    # For pages that are open: the hashed files of the build before, and nothing else of it.
    assert server.request("GET", "/" + CHUNK)[0] == 200
    assert server.request("GET", "/empty.txt")[0] == 404
    (site / "index.html").write_text("three")
    (site / "index.html.gz").write_bytes(b"cut off")
    server.hang_up()
    assert "/index.html.gz" in server.wait_for_log("site.reload_failed")["reason"]
    assert server.request("GET", "/")[2] == b"two"
    assert server.metric("pf_site_reloads_failed_total") == 1


@pytest.mark.skipif(haproxy.PROGRAM is None, reason="haproxy is not installed")
def test_below_a_path_of_a_proxy(server, site):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    proxy = haproxy.HAProxy([server, server, server], prefix="/my/portfolio")
    try:
        status, headers, _ = proxy.request("GET", "/my/portfolio")
        assert (status, headers["location"]) == (308, "/my/portfolio/")
        assert proxy.request("GET", "/my/portfolio/")[2] == (site / "index.html").read_bytes()
        status, headers, body = proxy.request("GET", f"/my/portfolio/{CHUNK}?v=1", headers=GZIP)
        assert (status, headers["cache-control"], gzip.decompress(body)) == (200, YEAR, (site / CHUNK).read_bytes())
        found = proxy.json("GET", f"/my/portfolio/portfolios?customer_id={customer_id}")
        assert [item["portfolio_id"] for item in found["items"]] == [portfolio_id]
        body = {"customer_id": customer_id, "portfolio_name": "New", "portfolio_type": "OTHER"}
        status, headers, _ = proxy.request("POST", "/my/portfolio/portfolios", json=body)
        assert status == 201 and headers["location"].startswith("/my/portfolio/portfolios/")
        assert proxy.request("GET", headers["location"])[0] == 200
        for path in ("/", "/portfolios", "/my/portfolios", "/my/portfolio/metrics", "/other" + "/my/portfolio/"):
            assert proxy.request("GET", path)[0] == 404, path
        client = StreamClient(f"ws://127.0.0.1:{proxy.port}/my/portfolio/stream")
        view = client.subscribe(portfolio_id)
        wait_until(lambda: view.data is not None or client.run_for(0.05), what="a snapshot through the proxy")
        client.close()
    finally:
        proxy.stop()
