"""Who a stream connection is: each way in, each refusal, and how it ends."""

import json

import pytest

from support import ways_in
from support.identity import Identities, secret
from support.waiting import wait_until
from support.websocket import SUBPROTOCOL, Closed

KEY_LIKE = "pfk_" + "A" * 43


@pytest.fixture(name="guarded")
def guarded_server(start_server):
    """Who is without a credential while PostgreSQL is away stays for as long as that takes."""
    return start_server(AUTH="on", AUTH_TIMEOUT_S=600)


@pytest.fixture(name="identities")
def people(postgres):
    return Identities(postgres)


@pytest.fixture(name="metric")
def metric_of(identities):
    """A metric of a server, which only some may read."""
    admin = identities.admin()
    return lambda server, name: admin.at(server).metric(name)


@pytest.fixture(name="ada")
def user_with_portfolio(identities, guarded):
    """A user, with the id of a portfolio of hers."""
    customer_id = identities.customer()
    person = identities.user(customer_id)
    person.portfolio_id = identities.admin().at(guarded).create_portfolio(customer_id)
    return person


def expect_closed(client, code):
    """`closing` with the code, then the close frame with it."""
    frame = client.expect("closing", code=code)
    assert frame["reconnect"] is False
    with pytest.raises(Closed) as ended:
        while True:
            client.recv()
    assert ended.value.code == code


def ticket_of(identities, key, expires_in="30 seconds", user_id=None):
    text, digest = secret("pft_")
    identities.execute(
        "INSERT INTO stream_tickets (ticket_hash, user_id, credential_id, scopes, expires_at) "
        "SELECT %s, coalesce(%s, user_id), key_id, scopes, now() + %s::interval FROM api_keys WHERE key_id = %s",
        digest,
        user_id,
        expires_in,
        key.key_id,
    )
    return text


# --- ways in ---


@pytest.mark.parametrize("way", ways_in.WAYS)
def test_a_way_in(guarded, connect, ada, way):
    client = ways_in.WAYS[way](connect, guarded, ada.key().text)
    assert client.welcome["auth_required"] is (way == "auth")
    assert client.ws.subprotocol == SUBPROTOCOL
    client.subscribe(ada.portfolio_id)


def test_a_ticket_is_good_once(guarded, connect, identities, ada):
    ticket = ticket_of(identities, ada.key())
    client = ways_in.with_ticket(connect, guarded, ticket)
    assert client.welcome["auth_required"] is False
    client.subscribe(ada.portfolio_id)
    assert ways_in.refused(guarded, f"ticket={ticket}")[0] == 401


def test_messages_behind_auth_wait_for_its_answer(guarded, connect, ada):
    client = connect(guarded)
    client.expect_subscribed(ada.portfolio_id)
    client.send({"type": "auth", "id": 1, "token": ada.key().text})
    client.send({"type": "subscribe", "id": 2, "portfolio_id": ada.portfolio_id})
    client.expect_next("authenticated", id=1)
    client.expect("subscribed", id=2)


def test_nobody_needs_a_credential_without_authentication(start_server, connect):
    server = start_server(AUTH="off")
    client = connect(server)
    assert client.welcome["auth_required"] is False
    client.subscribe(server.create_portfolio())
    client.send({"type": "auth", "token": "x"})
    client.expect_error("unauthorized")


# --- refusals before the upgrade ---


def is_problem(answer, status, code):
    got, head, body = answer
    assert got == status, (got, head, body)
    assert "content-type: application/problem+json" in head
    assert json.loads(body)["code"] == code
    assert "connection: close" in head
    return head


@pytest.mark.parametrize("token", ["nonsense", KEY_LIKE, "nonsense.b.c", "pft_" + "A" * 43, "nonsense" * 1000])
def test_a_credential_that_is_none_is_refused(guarded, token):
    for answer in (
        ways_in.refused(guarded, headers={"Authorization": f"Bearer {token}"}),
        ways_in.refused(guarded, subprotocol=f"{SUBPROTOCOL}, bearer.{token}"),
    ):
        assert "www-authenticate: bearer" in is_problem(answer, 401, "unauthorized")
        assert token.lower() not in answer[1] and token.encode() not in answer[2]
    assert token not in guarded.log


@pytest.mark.parametrize(
    "query", ["ticket=", "ticket=x", "ticket=" + KEY_LIKE, "ticket=%00", "ticket=a&ticket=b", "ticket=" + "x" * 3000]
)
def test_a_ticket_that_is_none_is_refused(guarded, query):
    is_problem(ways_in.refused(guarded, query), 401, "unauthorized")


def test_an_api_key_is_no_ticket_and_a_ticket_no_key(guarded, identities, ada):
    key = ada.key()
    assert ways_in.refused(guarded, f"ticket={key.text}")[0] == 401
    assert ways_in.refused(guarded, headers={"Authorization": f"Bearer {ticket_of(identities, key)}"})[0] == 401


def test_tickets_that_have_ended(guarded, identities, ada):
    key = ada.key()
    late, of_a_void_key = ticket_of(identities, key, "-1 seconds"), ticket_of(identities, key)
    key.revoke()
    assert ways_in.refused(guarded, f"ticket={late}")[0] == 401
    assert ways_in.refused(guarded, f"ticket={of_a_void_key}")[0] == 401


def test_another_scheme_is_not_taken_for_nothing(guarded):
    is_problem(ways_in.refused(guarded, headers={"Authorization": "Basic YTpi"}), 401, "unauthorized")
    is_problem(ways_in.refused(guarded, subprotocol=f"{SUBPROTOCOL}, bearer."), 401, "unauthorized")


def test_several_credentials_are_refused(guarded, ada):
    token = ada.key().text
    header = {"Authorization": f"Bearer {token}"}
    is_problem(ways_in.refused(guarded, "ticket=x", headers=header), 400, "invalid_field")
    is_problem(
        ways_in.refused(guarded, headers=header, subprotocol=f"{SUBPROTOCOL}, bearer.{token}"), 400, "invalid_field"
    )
    is_problem(
        ways_in.refused(guarded, subprotocol=f"{SUBPROTOCOL}, bearer.{token}, bearer.{token}"), 400, "invalid_field"
    )


def test_a_token_in_the_query_counts_for_nothing(guarded, connect, ada):
    token = ada.key().text
    for name in ("token", "access_token", "bearer", "Ticket", "authorization"):
        assert connect(ways_in.StreamOf(guarded, f"{name}={token}")).welcome["auth_required"] is True


def test_the_token_alone_is_no_subprotocol(guarded, ada):
    """It would have to be answered with one of those that were offered."""
    assert ways_in.refused(guarded, subprotocol=f"bearer.{ada.key().text}")[0] == 400


def test_a_key_that_is_not_for_the_stream(guarded, connect, ada):
    key = ada.key("read", "write")
    is_problem(ways_in.refused(guarded, headers={"Authorization": f"Bearer {key.text}"}), 403, "forbidden")
    client = connect(guarded)
    client.send({"type": "auth", "id": 1, "token": key.text})
    client.expect_error("forbidden", id=1)
    client.send({"type": "subscribe", "portfolio_id": ada.portfolio_id})
    client.expect_error("unauthorized")
    ways_in.with_header(connect, guarded, ada.key("stream").text).subscribe(ada.portfolio_id)


# --- before who it is is known ---


@pytest.mark.parametrize("message_type", ["subscribe", "update", "resync", "unsubscribe"])
def test_before_auth_only_ping_and_auth_are_taken(guarded, connect, ada, message_type):
    client = connect(guarded)
    client.send({"type": message_type, "id": 1, "portfolio_id": ada.portfolio_id})
    client.expect_error("unauthorized", id=1, status=401)
    client.barrier()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"token": "x"}, "unauthorized"),
        ({"token": KEY_LIKE}, "unauthorized"),
        ({"token": "a.b.c"}, "unauthorized"),
        ({}, "missing_field"),
        ({"token": ""}, "invalid_field"),
        ({"token": 7}, "invalid_field"),
        ({"token": None}, "invalid_field"),
        ({"token": "x" * 8193}, "invalid_field"),
    ],
)
def test_auth_that_is_refused(guarded, connect, message, code):
    client = connect(guarded)
    client.send({"type": "auth", "id": 1, **message})
    client.expect_error(code, id=1)
    client.barrier()


def test_guessing_ends_the_connection(guarded, connect, metric):
    client = connect(guarded)
    for number in range(5):
        client.send({"type": "auth", "token": KEY_LIKE[:-2] + f"{number}A"})
        client.expect_error("unauthorized")
    expect_closed(client, 4401)
    assert metric(guarded, 'pf_connections_closed_total{reason="unauthorized"}') == 1


def test_no_auth_in_time(start_server, connect, metric):
    server = start_server(AUTH="on", AUTH_TIMEOUT_S=1)
    client = connect(server)
    client.send({"type": "ping"})
    expect_closed(client, 4408)
    wait_until(lambda: metric(server, "pf_connections") == 0, what="the connection's end")
    assert metric(server, 'pf_connections_closed_total{reason="no_auth"}') == 1


def test_many_that_say_nothing_end(start_server, connect, metric):
    server = start_server(AUTH="on", AUTH_TIMEOUT_S=5)
    clients = []
    for _ in range(200):  # each asks at once: its time may be over before all of them are there
        clients.append(connect(server))
        clients[-1].send({"type": "subscribe", "portfolio_id": "0" * 8})
    wait_until(lambda: metric(server, "pf_connections_opened_total") == 200, what="the connections")
    wait_until(lambda: metric(server, "pf_connections") == 0, what="the connections' end")
    for client in clients:
        client.expect_error("unauthorized")
        expect_closed(client, 4408)


# --- the end of a credential ---


def key_for(person, identities, seconds, *scopes):
    key = person.key(*scopes)
    identities.execute(
        "UPDATE api_keys SET expires_at = now() + %s * interval '1 second' WHERE key_id = %s", seconds, key.key_id
    )
    return key


def test_a_key_without_an_end_says_none(guarded, connect, ada):
    client = connect(guarded)
    client.send({"type": "auth", "token": ada.key().text})
    assert "expires_at" not in client.expect("authenticated")


def test_expiry_is_told_and_has_a_grace(start_server, connect, identities, ada):
    server = start_server(AUTH="on", AUTH_GRACE_S=5)
    client = connect(server)
    key = key_for(ada, identities, 6)
    client.send({"type": "auth", "token": key.text})
    expires_at = client.expect("authenticated")["expires_at"]
    client.subscribe(ada.portfolio_id)
    assert client.expect("auth_expiring")["expires_at"] == expires_at
    client.send({"type": "ping"})

    def is_over():
        client.send({"type": "resync", "id": "over?", "portfolio_id": ada.portfolio_id})
        frame = client.recv()
        while frame.get("id") != "over?":
            frame = client.recv()
        return frame["type"] == "error" and frame["code"] == "token_expired"

    wait_until(is_over, what="the end of the token")
    client.send({"type": "unsubscribe", "portfolio_id": ada.portfolio_id})
    client.expect("unsubscribed")
    expect_closed(client, 4401)


def test_refresh_goes_on(start_server, connect, identities, ada):
    server = start_server(AUTH="on", AUTH_GRACE_S=3)
    client = ways_in.with_header(connect, server, key_for(ada, identities, 6).text)
    view = client.subscribe(ada.portfolio_id)
    client.expect("auth_expiring")
    client.send({"type": "auth", "id": "again", "token": ada.key().text})
    assert "expires_at" not in client.expect("authenticated", id="again")
    client.run_for(7)  # past the first one's end and grace
    client.barrier()
    assert client.views[ada.portfolio_id] is view


def test_refresh_within_the_grace(start_server, connect, identities, ada):
    server = start_server(AUTH="on", AUTH_GRACE_S=30)
    client = ways_in.with_header(connect, server, key_for(ada, identities, 6).text)
    client.expect("auth_expiring")
    end = {"type": "subscribe", "id": 1, "portfolio_id": "no such"}

    def is_over():
        client.send(end)
        return client.expect("error", id=1)["code"] == "token_expired"

    wait_until(is_over, what="the end of the token")
    client.send({"type": "auth", "token": ada.key().text})
    client.expect("authenticated")
    client.subscribe(ada.portfolio_id)


def test_refresh_is_for_the_same_user(guarded, connect, identities, ada):
    client = ways_in.with_auth(connect, guarded, ada.key().text)
    client.subscribe(ada.portfolio_id)
    for other in (identities.user(ada.customer_id), identities.admin()):
        client.send({"type": "auth", "id": 2, "token": other.key().text})
        client.expect_error("forbidden", id=2)
    client.send({"type": "resync", "portfolio_id": ada.portfolio_id})
    client.expect("snapshot")


def test_a_refresh_that_fails_changes_nothing(guarded, connect, ada):
    client = ways_in.with_auth(connect, guarded, ada.key().text)
    client.subscribe(ada.portfolio_id)
    client.send({"type": "auth", "id": 2, "token": KEY_LIKE})
    client.expect_error("unauthorized", id=2)
    client.send({"type": "resync", "portfolio_id": ada.portfolio_id})
    client.expect("snapshot")


# --- PostgreSQL is away ---


def test_without_postgres_who_is_known_goes_on(guarded, connect, postgres, identities, ada):
    known, new = ada.key(), ada.key()
    client = ways_in.with_header(connect, guarded, known.text)
    client.subscribe(ada.portfolio_id)
    postgres.kill()
    try:
        wait_until(lambda: guarded.request("GET", "/health")[0] == 503, what="the loss of PostgreSQL")
        client.send({"type": "resync", "portfolio_id": ada.portfolio_id})
        client.expect("snapshot")
        is_problem(ways_in.refused(guarded, headers={"Authorization": f"Bearer {new.text}"}), 503, "unavailable")
        other = connect(guarded)
        other.send({"type": "auth", "id": 1, "token": new.text})
        assert other.expect_error("unavailable", id=1)["retryable"] is True
    finally:
        postgres.start()
    known.revoke()
    expect_closed(client, 4401)

    def is_known_now():
        other.send({"type": "auth", "id": 2, "token": new.text})
        return other.recv()["type"] == "authenticated"

    wait_until(is_known_now, what="the new key")
    assert identities.execute("SELECT count(*) FROM access_changes")[0][0] > 0
