"""Access tokens on the stream: every way in, their end, and the end of their session on two instances."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from support import accounts, ways_in
from support.identity import Identities
from support.identity_provider import IdentityProvider
from support.websocket import Closed


class Sessions:
    """Two instances with one key, and a user with a portfolio."""

    def __init__(self, start_server, postgres, directory, **settings):
        settings = {"AUTH": "on", "KEY_DIR": directory, "AUTH_GRACE_S": 1, **settings}
        self.postgres = postgres
        self.here = start_server(**settings)
        self.there = start_server(**{**settings, "AUTH_GRACE_S": 60})
        (jwk,) = self.here.json("GET", "/.well-known/jwks.json")["keys"]
        (path,) = directory.iterdir()
        self._key, self._kid = serialization.load_pem_private_key(path.read_bytes(), None), jwk["kid"]
        identities = Identities(postgres)
        customer_id = identities.customer()
        self.user = identities.user(customer_id)
        self.portfolio_id = identities.admin().at(self.here).create_portfolio(customer_id)

    def begin(self):
        return accounts.add_session(self.postgres, self.user.user_id)

    def token(self, session_id, lasts_s=600):
        now = int(time.time())
        claims = {"iss": "portfoliod", "aud": "portfolio", "sub": self.user.user_id, "sid": session_id, "jti": "t",
                  "iat": now - 5, "nbf": now - 5, "exp": now + lasts_s}
        return jwt.encode(claims, self._key, "ES256", headers={"kid": self._kid})

    def end(self, session_id):
        self.postgres.execute("UPDATE sessions SET revoked_at = now() WHERE session_id = %s", session_id)


@pytest.fixture(name="sessions")
def of_two_instances(start_server, postgres, tmp_path):
    return Sessions(start_server, postgres, tmp_path / "keys")


def expect_void(client):
    client.expect("closing", code=4401)
    with pytest.raises(Closed) as ended:
        client.recv()
    assert ended.value.code == 4401


@pytest.mark.parametrize("way", ways_in.WAYS)
def test_a_way_in(sessions, connect, way):
    client = ways_in.WAYS[way](connect, sessions.there, sessions.token(sessions.begin()))
    client.subscribe(sessions.portfolio_id)


def test_the_end_of_a_session_is_of_its_connections_alone(sessions, connect):
    first, second = sessions.begin(), sessions.begin()
    ending = [ways_in.with_header(connect, server, sessions.token(first)) for server in (sessions.here, sessions.there)]
    staying = [ways_in.with_header(connect, server, sessions.token(second)) for server in (sessions.here, sessions.there)]
    for client in ending + staying:
        client.subscribe(sessions.portfolio_id)
    sessions.end(first)
    for client in ending:
        expect_void(client)
    for client in staying:
        client.send({"type": "resync", "portfolio_id": sessions.portfolio_id})
        client.expect("snapshot")
    status, _, body = ways_in.refused(sessions.there, headers={"Authorization": f"Bearer {sessions.token(first)}"})
    assert status == 401 and json.loads(body)["code"] == "unauthorized"


def test_a_token_ends_and_another_goes_on(sessions, connect):
    session = sessions.begin()
    left, refreshed = [
        ways_in.with_auth(connect, server, sessions.token(session, 10)) for server in (sessions.here, sessions.there)
    ]
    for client in (left, refreshed):
        client.subscribe(sessions.portfolio_id)
    for client in (left, refreshed):
        client.expect("auth_expiring")
    refreshed.send({"type": "auth", "id": 1, "token": sessions.token(session)})
    assert "expires_at" in refreshed.expect("authenticated", id=1)
    expect_void(left)
    refreshed.send({"type": "resync", "portfolio_id": sessions.portfolio_id})
    refreshed.expect("snapshot")
    sessions.end(session)
    expect_void(refreshed)


def test_a_token_that_has_ended_is_told_so(sessions, connect):
    token = sessions.token(sessions.begin(), -60)
    status, head, body = ways_in.refused(sessions.here, subprotocol=f"portfolio.v1.json, bearer.{token}")
    assert status == 401 and json.loads(body)["code"] == "token_expired" and "www-authenticate" in head
    client = connect(sessions.here)
    client.send({"type": "auth", "id": 1, "token": token})
    client.expect_error("token_expired", id=1)


def test_a_token_of_the_outside_provider(start_server, postgres, connect, tmp_path):
    provider = IdentityProvider()
    try:
        sessions = Sessions(start_server, postgres, tmp_path / "keys", **provider.settings)
        for server in (sessions.here, sessions.there):
            server.wait_for_log("key_set.fetched")
        token = provider.token("user-7", email=sessions.user.email, email_verified=True)
        clients = [ways_in.with_auth(connect, server, token) for server in (sessions.here, sessions.there)]
        for client in clients:
            client.subscribe(sessions.portfolio_id)
        sessions.user.disable()
        for client in clients:
            expect_void(client)
    finally:
        provider.close()
