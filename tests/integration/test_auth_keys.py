"""API keys and tickets: for machines, and for clients that can send no header."""

from datetime import datetime, timedelta, timezone

import pytest

from support.accounts import hash_hex, resolve
from support.callers import AUTH_ON, Caller, enter, register
from support.rest import problem, wrong_fields


@pytest.fixture
def server(start_server):
    return start_server(**AUTH_ON)


def create(caller, name="robot", scopes=("read",), **more):
    return caller.json("POST", "/auth/keys", {"name": name, "scopes": list(scopes), **more}, expect=201)


# --- keys ---


def test_a_key_is_shown_once(server):
    ada = register(server)
    status, headers, _ = ada.request("POST", "/auth/keys", json={"name": "robot", "scopes": ["write", "read", "read"]})
    assert status == 201 and headers["cache-control"] == "no-store" and "etag" not in headers
    (listed,) = ada.json("GET", "/auth/keys")["items"]
    assert headers["location"] == f"/auth/keys/{listed['key_id']}"
    assert (listed["name"], listed["scopes"]) == ("robot", ["read", "write"])
    assert set(listed) == {"key_id", "name", "scopes", "created_at"}


def test_a_key_stands_for_its_user(server):
    ada = register(server)
    key = create(ada)
    robot = Caller(server, token=key["api_key"])
    me = robot.json("GET", "/auth/me")
    assert (me["credential"], me["user_id"], me["credential_id"]) == ("api_key", ada.user["user_id"], key["key_id"])
    assert me["scopes"] == ["read"] and "expires_at" not in me
    assert [item["customer_id"] for item in robot.json("GET", "/customers")["items"]] == [ada.user["customer_id"]]
    body = {"customer_id": ada.user["customer_id"], "portfolio_name": "P", "portfolio_type": "IRA"}
    assert robot.status("POST", "/portfolios", body) == 403
    assert ada.status("POST", "/portfolios", body) == 201
    assert ada.json("GET", "/auth/keys")["items"][0]["last_used_at"]


def test_a_key_cannot_make_more_of_itself(server):
    """Whoever finds a key with one scope must not come to all of the account by it."""
    ada = register(server)
    robot = Caller(server, token=create(ada, scopes=["read", "write", "stream", "prices", "operate", "administer"])["api_key"])
    for method, path, body in (
        ("POST", "/auth/keys", {"name": "more", "scopes": ["read", "write"]}),
        ("GET", "/auth/keys", None),
        ("DELETE", "/auth/keys/x", None),
        ("GET", "/auth/sessions", None),
        ("DELETE", f"/auth/sessions/{ada.tokens['session_id']}", None),
        ("POST", "/auth/logout", {"everywhere": True}),
        ("POST", "/auth/password", {"current_password": ada.password, "new_password": "swans swim by night"}),
    ):
        problem(robot.request(method, path, json=body), 403, "forbidden")
    assert ada.status("GET", "/auth/me") == 200


def test_a_key_ends(server, postgres):
    ada = register(server)
    end = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = create(ada, expires_at=end)
    robot = Caller(server, token=key["api_key"])
    assert robot.json("GET", "/auth/me")["expires_at"] == key["expires_at"] == end[:-1] + ".000Z"
    assert ada.status("DELETE", f"/auth/keys/{key['key_id']}") == 204
    assert robot.status("GET", "/auth/me") == 401
    assert ada.status("DELETE", f"/auth/keys/{key['key_id']}") == 404
    assert ada.json("GET", "/auth/keys")["items"] == []
    postgres.execute("UPDATE api_keys SET revoked_at = NULL, expires_at = now()")
    assert Caller(server, token=key["api_key"]).status("GET", "/auth/me") == 401


def test_keys_are_their_users(server):
    ada, eve = register(server), register(server)
    key = create(ada)
    assert eve.status("DELETE", f"/auth/keys/{key['key_id']}") == 404
    assert eve.json("GET", "/auth/keys")["items"] == []
    assert Caller(server, token=key["api_key"]).status("GET", "/auth/me") == 200


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, {"name", "scopes"}),
        ({"name": "", "scopes": []}, {"name", "scopes"}),
        ({"name": "k", "scopes": ["read", "root", 7]}, {"scopes[1]", "scopes[2]"}),
        ({"name": "k", "scopes": "read"}, {"scopes"}),
        ({"name": "k", "scopes": ["read"] * 7}, {"scopes"}),
        ({"name": "x" * 201, "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, {"name", "expires_at"}),
    ],
)
def test_a_wrong_key_is_refused(server, body, wrong):
    assert set(wrong_fields(register(server).request("POST", "/auth/keys", json=body))) == wrong


def test_an_idempotency_key_is_refused_where_a_secret_would_be_kept(server, postgres):
    answer = register(server).request(
        "POST", "/auth/keys", json={"name": "k", "scopes": ["read"]}, headers={"Idempotency-Key": "k"}
    )
    assert set(wrong_fields(answer)) == {"Idempotency-Key"}
    counts = "SELECT (SELECT count(*) FROM api_keys), (SELECT count(*) FROM idempotency_keys)"
    assert postgres.execute(counts) == [(0, 0)]


def test_keys_are_bounded(server, postgres):
    ada = register(server)
    postgres.execute(
        "INSERT INTO api_keys (user_id, name, secret_hash, scopes)"
        " SELECT %s, 'k', sha256(n::text::bytea), '{read}' FROM generate_series(1, 100) n",
        ada.user["user_id"],
    )
    problem(ada.request("POST", "/auth/keys", json={"name": "k", "scopes": ["read"]}), 429, "limit_exceeded")
    postgres.execute("UPDATE api_keys SET revoked_at = now() WHERE secret_hash = sha256('1')")
    create(ada)


def test_keys_come_in_pages(server):
    ada = register(server)
    made = [create(ada, name=f"k{i}")["key_id"] for i in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = ada.json("GET", f"/auth/keys?limit=2{cursor and '&cursor=' + cursor}")
        found += [item["key_id"] for item in page["items"]]
        cursor = page.get("next_cursor")
    assert found == made
    assert [item["key_id"] for item in ada.json("GET", "/auth/keys?sort=-created_at")["items"]] == made[::-1]
    assert ada.status("GET", "/auth/keys?sort=name") == 422


def test_keys_of_roles(server, postgres):
    """A scope cuts a role down, and adds nothing to it."""
    robot = Caller(server, token=create(enter(server, postgres, "service"), scopes=["prices", "operate"])["api_key"])
    assert robot.status("GET", "/metrics") == 200
    assert robot.status("GET", "/customers") == 403
    assert robot.status("GET", "/users") == 403
    person = Caller(server, token=create(register(server), scopes=["prices", "operate", "write", "read"])["api_key"])
    assert person.status("GET", "/metrics") == 403 and person.status("GET", "/users") == 403


# --- tickets ---


def test_a_ticket(server, postgres):
    ada = register(server)
    status, headers, _ = ada.request("POST", "/auth/ticket")
    assert (status, headers["cache-control"]) == (200, "no-store")
    ticket = ada.json("POST", "/auth/ticket")
    assert ticket["expires_in"] == 30
    found = resolve(postgres, "ticket", hash_hex(ticket["ticket"]))
    assert (found["user_id"], found["credential_id"]) == (ada.user["user_id"], ada.tokens["session_id"])
    # It ends when the token does that it was asked with.
    assert int(found["expires_ms"]) <= int(
        datetime.fromisoformat(ada.tokens["expires_at"].replace("Z", "+00:00")).timestamp() * 1000
    )
    assert resolve(postgres, "ticket", hash_hex(ticket["ticket"])) == "not_found"


def test_a_ticket_of_a_key(server, postgres):
    ada = register(server)
    problem(Caller(server, token=create(ada)["api_key"]).request("POST", "/auth/ticket"), 403, "forbidden")
    key = create(ada, scopes=["stream", "read"])
    ticket = Caller(server, token=key["api_key"]).json("POST", "/auth/ticket")
    found = resolve(postgres, "ticket", hash_hex(ticket["ticket"]))
    assert (found["credential_id"], found["scopes"]) == (key["key_id"], ["read", "stream"])


def test_a_ticket_is_no_token(server):
    ticket = register(server).json("POST", "/auth/ticket")["ticket"]
    assert Caller(server, token=ticket).status("GET", "/auth/me") == 401
    assert server.request("GET", f"/auth/me?ticket={ticket}")[0] == 401
