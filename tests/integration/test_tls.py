"""TLS: REST and the stream over it, on one port or two; what is agreed on, and what is refused."""

import http.client
import os
import socket
import ssl
import subprocess

import pytest

from support.ports import free_port
from support.waiting import DEADLINE_S, wait_until


@pytest.fixture
def certificate(authority):
    return authority.issue()


@pytest.fixture
def tls_server(start_server, authority, certificate):
    server = start_server(tls=authority.client(), **certificate.settings)
    wait_until(lambda: server.health()["status"] == "ok")
    return server


def secure_socket(context, port, **options):
    plain = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
    try:
        return context.wrap_socket(plain, server_hostname="127.0.0.1", **options)
    except BaseException:
        plain.close()
        raise


def read_to_end(it):
    parts = []
    while True:
        try:
            part = it.recv(65536)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def test_rest_and_stream_on_the_one_port(tls_server, connect):
    portfolio_id = tls_server.create_portfolio()
    tls_server.put_price("AAPL", "10")
    tls_server.create_investment(portfolio_id, "AAPL", "3", "8")
    client = connect(tls_server)
    view = client.subscribe(portfolio_id)
    assert view.totals["total_value"] == 30
    tls_server.put_price("AAPL", "12")
    client.run_until(lambda: view.totals["total_value"] == 36)
    assert tls_server.metric("pf_tls_handshakes_total") >= 5
    assert tls_server.log_events("server.listening")[-1]["tls"] == "only"


def test_a_second_port(start_server, authority, certificate, connect):
    server = start_server(TLS_PORT=free_port(), **certificate.settings)
    portfolio_id = server.create_portfolio()
    server.put_price("AAPL", "10")
    server.create_investment(portfolio_id, "AAPL", "3", "8")
    plain = connect(server).subscribe(portfolio_id)
    server.port, server.tls = server.settings["TLS_PORT"], authority.client()
    wait_until(lambda: server.health()["status"] == "ok")
    secure = connect(server).subscribe(portfolio_id)
    assert plain.data == secure.data


def test_large_answers_and_kept_connections(tls_server, authority):
    names = [f"S{number:05d}" for number in range(20000)]
    body = "symbol,name,asset_type,currency\n" + "".join(f"{name},Name of {name},stock,USD\n" for name in names)
    connection = tls_server.connection()
    sizes = set()
    for path in ("/openapi.json", "/health", "/openapi.yaml", "/openapi.json"):
        connection.request("GET", path)
        answer = connection.getresponse()
        sizes.add((path, answer.status, len(answer.read())))
    assert len(sizes) == 3 and max(size for _, _, size in sizes) > 100_000
    connection.close()
    # A body of many records, with a client that asks first.
    with secure_socket(authority.client(), tls_server.port) as it:
        content = body.encode()[:60000]
        head = f"POST /customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        it.sendall(head.encode() + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        assert it.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for at in range(0, len(content), 997):
            it.sendall(content[at : at + 997])
        assert read_to_end(it).startswith(b"HTTP/1.1 400 ")


def test_a_slow_reader_of_a_large_answer(tls_server, authority):
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.settimeout(DEADLINE_S)
    plain.connect(("127.0.0.1", tls_server.port))
    with authority.client().wrap_socket(plain, server_hostname="127.0.0.1") as it:
        it.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = bytearray()
        while True:
            part = it.recv(1500)
            if not part:
                break
            received += part
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head and body.endswith(b"}\n") or body.endswith(b"}")


def test_a_request_in_many_records_and_several_in_one(tls_server, authority):
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with secure_socket(authority.client(), tls_server.port) as it:
        for at in range(len(request)):
            it.sendall(request[at : at + 1])
        first = it.recv(65536)
        assert first.startswith(b"HTTP/1.1 200 ")
        it.sendall(request * 30 + b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_to_end(it).count(b"HTTP/1.1 200 OK\r\n") == 31


def test_thousands_of_frames_arrive_in_order(tls_server, connect):
    """Shared and personal ones, pings in between: a StreamClient is strict about every cursor and sum."""
    portfolio_ids = [tls_server.create_portfolio() for _ in range(3)]
    for number, portfolio_id in enumerate(portfolio_ids):
        tls_server.put_price("AAPL", "10")
        tls_server.create_investment(portfolio_id, "AAPL", str(number + 1), "8")
    clients = [connect(tls_server) for _ in range(4)]
    views = []
    for number, client in enumerate(clients):
        wanted = portfolio_ids if number % 2 else portfolio_ids[:1]
        views.append([client.subscribe(portfolio_id, max_rate=1000) for portfolio_id in wanted])
    for step in range(400):
        tls_server.publish(f"AAPL={11 + step % 7}.{step:03d}") if step % 40 == 0 else tls_server.put_price(
            "AAPL", f"{11 + step % 7}.{step:03d}"
        )
        for client in clients[: 1 + step % 4]:
            client.ws.ping(b"beat")
        if step % 40 == 39:  # however slow the machine: who reads nothing for long is closed
            for client in clients:
                client.barrier()
    last = tls_server.json("GET", "/assets/AAPL/price")["price"]
    for client, its_views in zip(clients, views):
        client.run_until(lambda it=its_views: all(view.price("AAPL") == last for view in it))
    assert sum(client.frames_n for client in clients) > 400


def test_a_client_that_stops_reading_gets_the_newest_state(tls_server, connect):
    portfolio_id = tls_server.create_portfolio()
    tls_server.put_price("AAPL", "10")
    tls_server.create_investment(portfolio_id, "AAPL", "3", "8")
    for number in range(200):
        tls_server.create_investment(portfolio_id, f"X{number}", "1", "1")
    slow = connect(tls_server, receive_buffer=4096)
    view = slow.subscribe(portfolio_id)
    before = tls_server.resident_bytes()
    deferred = tls_server.metric("pf_sends_deferred_total")
    for step in range(600):
        sent = tls_server.metric("pf_frames_sent_total")
        tls_server.publish(*[f"X{number}={step + 1}.{number + 1:03d}" for number in range(200)])
        wait_until(
            lambda before=sent: tls_server.metric("pf_frames_sent_total") > before
            or tls_server.metric("pf_sends_deferred_total") > deferred
        )
        if tls_server.metric("pf_sends_deferred_total") > deferred:
            break
    else:
        pytest.fail("the socket never filled")
    assert tls_server.resident_bytes() - before < 64 << 20
    tls_server.publish("AAPL=77")
    slow.run_until(lambda: view.price("AAPL") == 77)


# --- what is agreed on ---


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_versions_and_kinds_of_keys(start_server, authority, version, kind):
    server = start_server(tls=authority.client(minimum=version, maximum=version), **authority.issue(kind).settings)
    assert server.request("GET", "/health")[0] in (200, 503)
    with secure_socket(server.tls, server.port) as it:
        name, protocol, bits = it.cipher()
        assert ("GCM" in name or "CHACHA20" in name) and bits >= 128
        assert "ECDHE" in name or protocol == "TLSv1.3"
        assert it.compression() is None


def test_old_versions_and_weak_ciphers_are_refused(tls_server, authority):
    old = authority.client(minimum=ssl.TLSVersion.TLSv1, maximum=ssl.TLSVersion.TLSv1_1)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        secure_socket(old, tls_server.port)
    for ciphers in ("AES128-SHA", "ECDHE+AES+SHA256", "DHE+AESGCM"):
        weak = authority.client(maximum=ssl.TLSVersion.TLSv1_2)
        weak.set_ciphers(ciphers + ":@SECLEVEL=0")
        with pytest.raises(ssl.SSLError):
            secure_socket(weak, tls_server.port)
    assert tls_server.metric("pf_tls_handshakes_failed_total") >= 4
    assert tls_server.health()["status"] == "ok"


def test_application_protocols(tls_server, authority):
    for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)):
        context = authority.client()
        if offered:
            context.set_alpn_protocols(offered)
        with secure_socket(context, tls_server.port) as it:
            assert it.selected_alpn_protocol() == chosen
    only_h2 = authority.client()
    only_h2.set_alpn_protocols(["h2"])
    with pytest.raises(ssl.SSLError):
        secure_socket(only_h2, tls_server.port)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_resumption_with_tls_1_3_only(tls_server, authority, version):
    context = authority.client(minimum=version, maximum=version)
    with secure_socket(context, tls_server.port) as it:
        it.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert it.recv(65536)
        session = it.session
    with secure_socket(context, tls_server.port, session=session) as it:
        assert it.session_reused == (version == ssl.TLSVersion.TLSv1_3)


def test_no_renegotiation(tls_server, authority):
    """What a client asks for with TLS 1.2; `R` is how the openssl program is told to."""
    peer = ["-connect", f"127.0.0.1:{tls_server.port}", "-CAfile", authority.certificate]
    command = ["openssl", "s_client", "-tls1_2", *peer]
    # Its input stays open, so that it ends by the refusal alone.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        client.stdin.write(b"R\n")
        client.stdin.flush()
        said = client.stdout.read()
    assert b"RENEGOTIATING" in said and b"no renegotiation" in said


# --- what is no TLS ---


def test_plain_http_is_told_what_it_has_come_to(tls_server):
    with socket.create_connection(("127.0.0.1", tls_server.port), timeout=DEADLINE_S) as it:
        it.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = read_to_end(it)
    assert answer.startswith(b"HTTP/1.1 400 ") and b"https://" in answer
    assert b"strict-transport-security" not in answer


def test_tls_at_a_plain_port_and_garbage_at_a_tls_one(tls_server, start_server, authority):
    plain = start_server()
    with pytest.raises((ssl.SSLError, OSError)):
        secure_socket(authority.client(), plain.port)
    for garbage in (b"\x00" * 100, b"\x16\x03\x01\x00\x05hello", b"\x80\x2e\x01\x03\x01" + b"x" * 50, b"\xff" * 70000):
        with socket.create_connection(("127.0.0.1", tls_server.port), timeout=DEADLINE_S) as it:
            try:
                it.sendall(garbage)
            except (BrokenPipeError, ConnectionResetError):
                pass
            assert len(read_to_end(it)) < 100  # at most an alert
    assert tls_server.health()["status"] == "ok"


# --- reloading ---


def served_certificate(server, authority):
    with secure_socket(authority.client(), server.port) as it:
        return it.getpeercert(binary_form=True)


def test_reload_while_a_stream_runs(tls_server, authority, certificate, connect):
    portfolio_id = tls_server.create_portfolio()
    tls_server.put_price("AAPL", "10")
    tls_server.create_investment(portfolio_id, "AAPL", "1", "8")
    client = connect(tls_server)
    view = client.subscribe(portfolio_id)
    before = served_certificate(tls_server, authority)
    kept = tls_server.connection()
    kept.request("GET", "/health")
    assert kept.getresponse().read()

    authority.issue().copy_to(certificate)
    tls_server.hang_up()
    tls_server.wait_for_log("server.reloaded")
    after = served_certificate(tls_server, authority)
    assert after != before
    kept.request("GET", "/health")
    assert kept.getresponse().status == 200
    kept.close()
    tls_server.put_price("AAPL", "12")
    client.run_until(lambda: view.price("AAPL") == 12)

    with open(certificate.key, "w", encoding="ascii") as file:
        file.write("not a key")
    tls_server.hang_up()
    event = tls_server.wait_for_log("tls.reload_failed")
    assert event["level"] == "error" and certificate.key in event["reason"]
    assert served_certificate(tls_server, authority) == after
    tls_server.put_price("AAPL", "13")
    client.run_until(lambda: view.price("AAPL") == 13)


def test_a_reload_ends_the_worth_of_tickets(tls_server, authority):
    context = authority.client()
    with secure_socket(context, tls_server.port) as it:
        it.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert it.recv(65536)
        session = it.session
    tls_server.hang_up()
    tls_server.wait_for_log("server.reloaded")
    with secure_socket(context, tls_server.port, session=session) as it:
        assert not it.session_reused


def test_hang_up_without_tls_changes_nothing(server):
    server.hang_up()
    server.wait_for_log("server.reloaded")
    assert server.create_customer()


# --- settings ---


def check_config(**settings):
    from support.server import run_program

    return run_program("check-config", settings={"DATABASE_URL": "dbname=x", "AUTH": "off", **settings})


def test_settings_that_do_not_fit(authority, certificate, tmp_path):
    other = authority.issue()
    assert check_config(**certificate.settings).returncode == 0
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    locked = tmp_path / "locked.pem"
    import subprocess

    subprocess.run(
        ["openssl", "pkey", "-in", certificate.key, "-aes256", "-passout", "pass:x", "-out", str(locked)], check=True
    )
    refusals = [
        ({"TLS_CERT": certificate.certificate}, "TLS_CERT and TLS_KEY"),
        ({"TLS_KEY": certificate.key}, "TLS_CERT and TLS_KEY"),
        ({"TLS_PORT": 8443}, "TLS_PORT"),
        ({**certificate.settings, "PORT": 8443, "TLS_PORT": 8443}, "TLS_PORT"),
        ({"TLS_CERT": certificate.certificate, "TLS_KEY": other.key}, "not the key"),
        ({"TLS_CERT": certificate.certificate, "TLS_KEY": "/nowhere"}, "/nowhere"),
        ({"TLS_CERT": "/nowhere", "TLS_KEY": certificate.key}, "/nowhere"),
        ({"TLS_CERT": str(broken), "TLS_KEY": certificate.key}, "TLS_CERT"),
        ({"TLS_CERT": certificate.certificate, "TLS_KEY": str(locked)}, "passphrase"),
        ({"TLS_CERT": certificate.key, "TLS_KEY": certificate.key}, "TLS_CERT"),
    ]
    for settings, text in refusals:
        done = check_config(**settings)
        assert done.returncode != 0 and text in done.stderr, (settings, done.stderr)


def test_what_somebody_should_know_of_a_certificate(start_server, authority):
    """That it ends soon, and that others may read its key; neither stops the server."""
    good, ending = authority.issue(days=16), authority.issue(days=13)
    server = start_server(tls=authority.client(), **good.settings)
    assert server.wait_for_log("tls.certificate")["days_left"] in (15, 16)
    assert not server.log_events("tls.key_readable_by_all") and not server.log_events("tls.certificate_ends")
    os.chmod(ending.key, 0o644)
    server = start_server(tls=authority.client(), **ending.settings)
    assert server.wait_for_log("tls.certificate_ends")["level"] == "warn"
    assert server.wait_for_log("tls.key_readable_by_all")["path"] == ending.key
    wait_until(lambda: server.health()["status"] == "ok")


def test_redis_over_tls_is_refused(start_server):
    done = check_config(REDIS_URL="rediss://:hush-hush@localhost:6379")
    assert done.returncode != 0 and "rediss://" in done.stderr and "hush" not in done.stderr


def test_headers_of_transport_security(tls_server, start_server, authority, certificate):
    _, headers, _ = tls_server.request("GET", "/health")
    assert headers["strict-transport-security"] == "max-age=31536000"
    without = start_server(tls=authority.client(), HSTS_S=0, **certificate.settings)
    assert "strict-transport-security" not in without.request("GET", "/health")[1]
    plain = start_server()
    assert "strict-transport-security" not in plain.request("GET", "/health")[1]


def test_stopping_says_goodbye_over_tls(tls_server, connect):
    portfolio_id = tls_server.create_portfolio()
    client = connect(tls_server)
    client.subscribe(portfolio_id)
    tls_server.terminate()
    client.expect("closing")
    from support.websocket import Closed

    with pytest.raises(Closed) as closed:
        while True:
            client.recv()
    assert closed.value.code == 1012
    tls_server.wait()
