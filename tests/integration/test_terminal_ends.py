"""How portfolio-top leaves, what it says when it cannot write, and who it takes a server for."""

import contextlib
import json
import signal
import socket
import ssl
import subprocess
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.false_server import WELCOME, FalseServer, snapshot, subscribe
from support.process import tied
from support.terminal import Lines, check_reports, run_top, top_environment, top_path
from support.waiting import DEADLINE_S, wait_until

ID = "5e5e0000-0000-4000-8000-000000000001"
GOOD = '{"portfolio_name":"Good","base_currency":"USD","totals":{"gain_loss":1},"positions":{}}'


async def stays(stream, _number):
    await subscribe(stream)
    await stream.send(snapshot(ID, GOOD))


def shell(command, settings=None):
    """A line of bash, with "top" for the program."""
    line = command.replace("top ", top_path() + " ", 1)
    environment = top_environment(settings)
    done = subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    check_reports(done.stderr)
    return done


# --- leaving ---


@pytest.mark.parametrize("arguments", [("--once",), ("--once", "--json")])
def test_the_server_hears_that_it_is_over(arguments):
    with FalseServer(stays) as server:
        assert run_top(*arguments, "--url", server.url, ID).returncode == 0
        wait_until(lambda: server.close_codes == [1000], what=lambda: f"1000, not {server.close_codes},")


def is_waiting(pid):
    """In poll(): not in the middle of a line, when a signal ends it at once."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        return file.read().split()[0] in ("7", "73")  # of x86-64, of arm64 (ppoll)


def test_the_server_hears_of_a_signal():
    with FalseServer(stays) as server:
        top = Lines("--url", server.url, ID)
        top.next()
        wait_until(lambda: is_waiting(top.popen.pid), what="waiting")
        top.popen.send_signal(signal.SIGTERM)
        assert top.wait() == 128 + signal.SIGTERM
        wait_until(lambda: server.close_codes == [1000], what=lambda: f"1000, not {server.close_codes},")


class SilentRenewals(BaseHTTPRequestHandler):
    """Lets anybody in, for a second, and answers no renewal."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers["Authorization"]))
        if self.path == "/auth/refresh":
            self.server.is_over.wait()
            return
        tokens = b'{"access_token":"first","refresh_token":"once","expires_in":1}'
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(tokens)))
        self.end_headers()
        self.wfile.write(tokens)

    def log_message(self, format, *_):  # pylint: disable=redefined-builtin
        pass


@contextlib.contextmanager
def silent_renewals():
    with ThreadingHTTPServer(("127.0.0.1", 0), SilentRenewals) as server:
        server.asked, server.is_over = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()


def test_leaving_does_not_wait_for_a_renewal():
    with silent_renewals() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        with subprocess.Popen(
            tied([top_path(), "--json", "--login", "ada@example.com", "--url", url, ID]),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=top_environment(),
            text=True,
        ) as top:
            top.stdin.write("the password\n")
            top.stdin.flush()
            wait_until(lambda: ("/auth/refresh", None) in server.asked, what=lambda: f"a renewal: {server.asked}")
            began = time.monotonic()
            top.send_signal(signal.SIGTERM)
            _, errors = top.communicate(timeout=DEADLINE_S)
        check_reports(errors)
        assert top.returncode == 128 + signal.SIGTERM, errors
        assert time.monotonic() - began < 8  # a renewal has ten seconds
        assert server.asked[-1] == ("/auth/logout", "Bearer first")


# --- writing ---


@pytest.mark.parametrize("arguments", ["--once", "--once --json", "--json"])
@pytest.mark.parametrize("target, why", [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
def test_what_cannot_be_written(arguments, target, why):
    """Only whoever reads and goes is no failure; a full disk is one."""
    with FalseServer(stays) as server:
        done = shell(f"top {arguments} --url {server.url} {ID} {target}")
    assert (done.returncode, done.stderr) == (1, f"portfolio-top: cannot write: {why}\n")


@pytest.mark.parametrize("arguments", ["--help", "--version"])
def test_help_that_cannot_be_written(arguments):
    done = shell(f"top {arguments} > /dev/full")
    assert (done.returncode, done.stderr) == (1, "portfolio-top: cannot write: No space left on device\n")


def test_a_list_that_cannot_be_written(server, scenario):
    scenario.portfolio(("AAPL", "1", "1"))
    done = shell(f"top --list --url {server.url} > /dev/full")
    assert (done.returncode, done.stderr) == (1, "portfolio-top: cannot write: No space left on device\n")


def test_without_standard_files():
    """Their numbers must not become those of sockets."""
    with FalseServer(stays) as server:
        done = shell(f"top --once --json --url {server.url} {ID} <&- 2>&-")
        assert done.returncode == 0 and json.loads(done.stdout)["data"] == json.loads(GOOD)
        assert shell(f"top --json --url {server.url} {ID} <&- >&- 2>&-").returncode == 1


# --- what is said ---


def test_why_there_was_no_answer_in_time():
    async def unavailable(stream, _number):
        await stream.send(WELCOME)
        message = json.loads(await stream.recv())
        error = {"type": "error", "id": message["id"], "portfolio_id": ID, "code": "unavailable", "status": 503}
        await stream.send(json.dumps({**error, "detail": "the database is away", "retryable": True}))

    with FalseServer(unavailable) as server:
        # Time enough for a slow machine to hear the reason.
        done = run_top("--once", "--timeout", "8", "--url", server.url, ID)
    assert (done.returncode, done.stderr) == (5, "portfolio-top: no answer in time: the database is away\n")


def test_a_list_that_has_no_end():
    """A server that always knows another page: ten thousand are shown, and that there are more is said."""
    items = json.dumps({"items": [{"portfolio_id": ID, "portfolio_name": "One"}], "next_cursor": "abc"}).encode()
    head = [("Content-Type", "application/json"), ("Content-Length", str(len(items)))]
    with FalseServer(None, lambda *_: (HTTPStatus.OK, head, items)) as server:
        done = run_top("--list", "--url", server.url)
    assert done.returncode == 0 and done.stdout.count(ID) == len(server.requests)
    assert "there are more portfolios than the first 10000" in done.stderr


# --- an IPv6 address as the server's name ---


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as it:
            it.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize(
    "names, options, code",
    [
        ("IP:::1", (), 0),
        ("IP:2001:db8::1", (), 5),
        ("DNS:example.com", (), 5),
        ("IP:127.0.0.1", (), 5),
        ("IP:127.0.0.1", ("--insecure",), 0),
    ],
)
def test_a_certificate_for_an_ipv6_address(authority, names, options, code):
    certificate = authority.issue(names=names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    with FalseServer(stays, host="::1", tls=context) as server:
        who = () if options else ("--ca", authority.certificate)
        done = run_top("--once", "--token", "secret", *who, *options, "--url", server.url, ID)
        assert done.returncode == code, done.stderr
        if code:
            # Nobody else than the server gets the token.
            assert server.requests == [] and "the server's certificate: IP address mismatch" in done.stderr
        else:
            assert server.requests[0][1]["Host"] == f"[::1]:{server.port}"


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_an_ipv6_address_and_an_authority_that_nobody_knows(authority):
    certificate = authority.issue(names="IP:::1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    with FalseServer(stays, host="::1", tls=context) as server:
        done = run_top("--once", "--token", "secret", "--url", server.url, ID)
        assert done.returncode == 5 and "certificate" in done.stderr and server.requests == []
