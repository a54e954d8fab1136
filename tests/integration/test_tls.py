"""TLS: REST and the stream over it, on one port or two; what is agreed on, and what is refused."""

import http.client
import socket
import ssl

import pytest

from support.tls import free_port
from support.waiting import DEADLINE_S, wait_until


@pytest.fixture
def certificate(authority):
    return authority.issue()


@pytest.fixture
def tls_server(start_server, authority, certificate):
    return start_server(tls=authority.client(), **certificate.settings)


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
    assert server.health()["status"] == "ok"
    secure = connect(server).subscribe(portfolio_id)
    assert plain.data == secure.data
