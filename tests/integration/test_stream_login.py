"""From logging in to logging out, by REST, with the stream on another instance."""

import pytest

from support import ways_in
from support.callers import AUTH_ON, register
from support.websocket import Closed


@pytest.fixture(name="instances", params=["Redis", "without Redis"])
def two_instances(request, start_server, redis_server, tmp_path):
    started = [start_server(**AUTH_ON, KEY_DIR=tmp_path / "keys") for _ in range(2)]
    if request.param == "without Redis":
        redis_server.kill()
    return started


def expect_void(client):
    with pytest.raises(Closed) as ended:
        while True:
            client.recv()
    assert ended.value.code == 4401


def test_logging_out_ends_the_stream(instances, connect):
    rest, stream = instances
    ada = register(rest)
    portfolio_id = ada.create_portfolio(ada.user["customer_id"])
    client = ways_in.with_header(connect, stream, ada.token)
    client.subscribe(portfolio_id)
    ada.refresh()
    client.send({"type": "auth", "id": 1, "token": ada.token})
    assert "expires_at" in client.expect("authenticated", id=1)
    ada.json("POST", "/auth/logout", expect=204)
    expect_void(client)
    assert ways_in.refused(stream, headers={"Authorization": f"Bearer {ada.token}"})[0] == 401


def test_a_ticket_of_rest_lasts_as_long_as_its_session(instances, connect):
    rest, stream = instances
    ada = register(rest)
    portfolio_id = ada.create_portfolio(ada.user["customer_id"])
    ticket = ada.json("POST", "/auth/ticket")["ticket"]
    client = ways_in.with_ticket(connect, stream, ticket)
    assert client.welcome["auth_required"] is False
    client.subscribe(portfolio_id)
    assert ways_in.refused(stream, f"ticket={ticket}")[0] == 401
    ada.json("POST", "/auth/logout", expect=204)
    expect_void(client)
