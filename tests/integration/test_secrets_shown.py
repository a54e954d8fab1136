"""What clients and vendors show of secrets: in heads, request lines, bodies and frames, good ones and wrong
ones, while everything is logged. None of it may be found in the log, or in an answer that is not its own."""

import http.server
import json
import subprocess
import threading

import pytest

from support.callers import AUTH_ON, PASSWORD, Caller, login, register
from support.server import run_program
from support.ports import free_port
from support.waiting import wait_until
from support.websocket import HandshakeRefused, WebSocket

MARK = "hush7Q"  # part of every secret that is none of the server's making
PROTOCOL = "portfolio.v1.json"


@pytest.fixture
def secrets():
    """Every one that is handed out while the test runs."""
    return {PASSWORD}


@pytest.fixture
def server(start_server):
    it = start_server(**AUTH_ON, AUTH_TIMEOUT_S=600, LOG_LEVEL="debug")
    it.is_judged = False
    return it


def found_in(text, secrets):
    """Whole ones, and of a token its signature, which is what makes it one."""
    parts = {part for secret in secrets for part in (secret, secret.rpartition(".")[2]) if len(part) > 8}
    return sorted(part for part in {MARK, *parts} if part in text)


def keep(secrets, tokens):
    secrets.update((tokens["access_token"], tokens["refresh_token"]))


def handshake(server, **options):
    """A stream, or the answer that refused it."""
    url = server.ws_url + options.pop("query", "")
    try:
        return WebSocket(url, **options)
    except HandshakeRefused as refused:
        return refused


def told(server, secrets, *answers):
    for answer in answers:
        assert not found_in(str(answer), secrets), answer
    server.stop()
    assert len(server.log_events()) > 5
    assert not found_in(server.log, secrets)


def test_passwords_and_tokens_of_rest(server, secrets):
    ada = register(server, "ada@example.com")
    keep(secrets, ada.tokens)
    used = ada.tokens["refresh_token"]
    keep(secrets, ada.refresh())
    ada.json("POST", "/auth/password", {"current_password": PASSWORD, "new_password": f"{MARK} flies at noon"})
    ada = login(server, "ada@example.com", f"{MARK} flies at noon")
    keep(secrets, ada.tokens)
    key = ada.json("POST", "/auth/keys", {"name": "robot", "scopes": ["read"]}, expect=201)
    secret = next(value for value in key.values() if isinstance(value, str) and value.startswith("pfk_"))
    secrets.add(secret)
    answers = [ada.json("GET", "/auth/keys"), ada.json("GET", "/auth/sessions"), Caller(server, secret).json("GET", "/auth/me")]

    nobody = Caller(server)
    for path, body in (
        ("/auth/login", {"email": "ada@example.com", "password": f"{MARK} wrong"}),
        ("/auth/login", {"email": f"{MARK}@example.com", "password": f"{MARK} wrong"}),
        ("/auth/login", {"email": "ada@example.com", "password": [MARK]}),
        ("/auth/register", {"name": "A", "email": "a@example.com", "password": MARK}),
        ("/auth/register", {"name": "A", "email": "ada@example.com", "password": f"{MARK} flies at noon"}),
        ("/auth/refresh", {"refresh_token": used}),
        ("/auth/refresh", {"refresh_token": f"pfr_{MARK}" + "a" * 37}),
        ("/auth/refresh", {"refresh_token": {MARK: 1}}),
    ):
        answers.append(nobody.request("POST", path, json=body))
        assert answers[-1][0] >= 400
    answers.append(nobody.request("POST", "/auth/login", body='{"email":"a@b.c","password":"%s' % MARK))
    for value in (f"Basic {MARK}", f"Bearer {MARK}", f"Bearer pfk_{MARK}" + "a" * 37, f"{MARK}", f"Bearer a.{MARK}.b"):
        answers.append(nobody.request("GET", "/auth/me", headers={"Authorization": value}))
        assert answers[-1][0] == 401
    for target in (f"/customers?access_token={MARK}", f"/nothing?token={MARK}", f"/stream?ticket={MARK}"):
        answers.append(ada.request("GET", target))
    told(server, secrets, *answers)


def test_credentials_of_the_stream(server, secrets):
    ada = register(server, "ada@example.com")
    keep(secrets, ada.tokens)
    ticket = ada.json("POST", "/auth/ticket")["ticket"]
    secrets.add(ticket)
    used = f"{PROTOCOL}, bearer.{ada.token}"
    good = [
        handshake(server, headers={"Authorization": f"Bearer {ada.token}"}),
        handshake(server, subprotocol=used),
        handshake(server, query=f"?ticket={ticket}"),
        handshake(server),
    ]
    for stream in good:
        assert json.loads(stream.recv_text())["type"] == "welcome"
    answers = [
        handshake(server, query=f"?ticket={ticket}"),
        handshake(server, query=f"?ticket=pft_{MARK}" + "a" * 37),
        handshake(server, query=f"?ticket={MARK}&ticket={MARK}"),
        handshake(server, query=f"?access_token={MARK}", subprotocol=f"{PROTOCOL}, bearer.{MARK}"),
        handshake(server, headers={"Authorization": f"Bearer {MARK}"}),
        handshake(server, subprotocol=used, headers={"Authorization": f"Bearer {MARK}"}),
        handshake(server, subprotocol=f"bearer.{ada.token}"),
    ]
    assert all(isinstance(answer, HandshakeRefused) for answer in answers)
    last = good[-1]
    frames = []
    for token in (MARK, f"a.{MARK}.b", f"pfk_{MARK}", ada.token):
        last.send_text(json.dumps({"type": "auth", "token": token}))
        frames.append(last.recv_text())
    assert json.loads(frames[-1])["type"] == "authenticated"
    for text in ('{"type":"auth","token":"%s"' % MARK, '{"type":"auth","token":["%s"]}' % MARK):
        last.send_text(text)
        frames.append(last.recv_text())
    for stream in good:
        stream.close()
    told(server, secrets, *frames, *[answer.head + str(answer.body) for answer in answers])


class Echo(http.server.BaseHTTPRequestHandler):
    """A vendor that repeats what it was asked, key and all, and is never content."""

    protocol_version = "HTTP/1.1"
    statuses = (200, 400, 401, 403, 404, 429, 500)
    asked = []

    def do_GET(self):
        status = self.statuses[len(self.asked) % len(self.statuses)]
        heard = f"{self.path} {self.headers}"
        self.asked.append(heard)
        texts = ("Information", "Note", "Error Message", "error", "message", "status", "detail")
        body = json.dumps({name: f"we have detected your API key as {heard}" for name in texts}).encode()
        self.send_response(status, f"the key {MARK} is not content")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_vendors_that_repeat_the_key(start_server):
    vendor = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=vendor.serve_forever, daemon=True).start()
    Echo.asked.clear()
    try:
        url = f"http://127.0.0.1:{vendor.server_port}"
        names = ("finnhub", "polygon", "alphavantage")
        server = start_server(
            LOG_LEVEL="debug",
            PROVIDERS=",".join(names),
            POLL_INTERVAL_MS=100,
            **{f"{name.upper()}_API_KEY": f"{MARK}-{name}" for name in names},
            **{f"{name.upper()}_URL": url for name in names},
            **{f"{name.upper()}_QUOTA": "none" for name in names},
        )
        server.is_judged = False
        portfolio_id = server.create_portfolio()
        for symbol in ("AAPL", "MSFT"):
            server.create_investment(portfolio_id, symbol, "1", "1")
        # Each was asked, with its key in the line or in the head.
        for name in names:
            wait_until(lambda name=name: any(f"{MARK}-{name}" in heard for heard in list(Echo.asked)))
        answers = [server.request("GET", path) for path in ("/providers", "/health", "/metrics", "/jobs")]
        answers.append(server.request("GET", "/assets/AAPL/price"))
        told(server, set(), *answers)
    finally:
        vendor.shutdown()
        vendor.server_close()


def test_an_outside_provider_that_cannot_be_asked(start_server):
    """A password in JWKS_URL is not taken; what else may be secret in it is not told."""
    outside = {"ISSUER": "https://login.example", "AUDIENCE": "portfolio"}
    for scheme in ("http", "https"):
        url = f"{scheme}://user:{MARK}@127.0.0.1:1/keys"
        done = run_program("check-config", settings={"DATABASE_URL": "dbname=x", "JWKS_URL": url, **outside})
        assert done.returncode != 0 and "JWKS_URL" in done.stderr and MARK not in done.stderr + done.stdout
    url = f"http://127.0.0.1:{free_port()}/keys?secret={MARK}"
    server = start_server(**AUTH_ON, LOG_LEVEL="debug", JWKS_URL=url, **outside)
    server.is_judged = False
    server.wait_for_log("key_set.fetch_failed")
    told(server, set(), server.request("GET", "/health"), server.request("GET", "/nowhere"))


def test_a_key_with_a_passphrase(authority, tmp_path):
    certificate = authority.issue()
    locked = tmp_path / "locked.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", certificate.key, "-aes256", "-passout", f"pass:{MARK}", "-out", str(locked)], check=True
    )
    content = locked.read_text().splitlines()[1]
    settings = {"AUTH": "off", "PORT": 0, "TLS_CERT": certificate.certificate, "TLS_KEY": locked, "DATABASE_URL": "dbname=x"}
    for command in ("check-config", "serve"):
        done = run_program(command, stdin=MARK + "\n", settings=settings)
        assert done.returncode != 0 and "passphrase" in done.stderr
        assert MARK not in done.stdout + done.stderr and content not in done.stdout + done.stderr
