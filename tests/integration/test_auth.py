"""Registering, logging in, refreshing, logging out."""

import base64
import json
import threading

import pytest

from support.accounts import add_user, hash_hex
from support.callers import AUTH_ON, PASSWORD, Caller, enter, login, register
from support.rest import problem, wrong_fields
from support.waiting import wait_until


@pytest.fixture
def server(start_server):
    return start_server(**AUTH_ON)


def refused(server, path, body, status):
    codes = {401: "unauthorized", 403: "forbidden", 409: "conflict"}
    return problem(server.request("POST", path, json=body), status, codes[status])


def payload(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# --- registering ---


def test_registering_makes_a_customer_and_its_user_and_logs_in(server, postgres):
    status, headers, body = server.request(
        "POST", "/auth/register", json={"name": "Ada Lovelace", "email": "Ada@example.com", "password": PASSWORD}
    )
    tokens = json.loads(body)
    assert (status, headers["location"], headers["cache-control"]) == (201, "/auth/me", "no-store")
    assert "etag" not in headers
    user = tokens["user"]
    assert (user["email"], user["role"], user["disabled"]) == ("Ada@example.com", "user", False)
    assert postgres.execute("SELECT name, email FROM customers WHERE customer_id = %s", user["customer_id"]) == [
        ("Ada Lovelace", "Ada@example.com")
    ]
    claims = payload(tokens["access_token"])
    assert (claims["sub"], claims["sid"]) == (user["user_id"], tokens["session_id"])
    me = Caller(server, tokens=tokens).json("GET", "/auth/me")
    assert me == {
        "role": "user",
        "credential": "session",
        "scopes": ["read", "write", "stream", "prices", "operate", "administer"],
        "user_id": user["user_id"],
        "email": "Ada@example.com",
        "credential_id": tokens["session_id"],
        "customer_id": user["customer_id"],
        "expires_at": tokens["expires_at"][:-5] + ".000Z",
    }


def test_what_is_registered_is_ones_own(server):
    ada = register(server)
    assert [item["customer_id"] for item in ada.json("GET", "/customers")["items"]] == [ada.user["customer_id"]]


def test_an_address_is_registered_once(server, postgres):
    ada = register(server)
    for email in (ada.user["email"], ada.user["email"].upper()):
        body = {"name": "Eve", "email": email, "password": "swans swim by night"}
        assert refused(server, "/auth/register", body, 409)["errors"][0]["field"] == "email"
    # Nor does one take over a customer that an administrator made.
    postgres.execute("INSERT INTO customers (name, email) VALUES ('Bob', 'bob@example.com')")
    refused(server, "/auth/register", {"name": "Eve", "email": "bob@example.com", "password": PASSWORD}, 409)
    assert postgres.execute("SELECT count(*) FROM users") == [(1,)]
    # Nor does a user's address make a customer without a user.
    add_user(postgres, "root@example.com", "admin")
    refused(server, "/auth/register", {"name": "Eve", "email": "root@example.com", "password": PASSWORD}, 409)
    assert postgres.execute("SELECT count(*) FROM customers WHERE email = 'root@example.com'") == [(0,)]


def test_all_that_is_wrong_is_named_at_once(server):
    answer = server.request(
        "POST", "/auth/register", json={"email": "x", "password": "short"}, headers={"Idempotency-Key": "k"}
    )
    assert answer[0] == 422
    assert set(wrong_fields(answer)) == {"Idempotency-Key", "name", "email", "password"}
    for path in ("/auth/login", "/auth/register", "/auth/refresh"):
        assert server.request("POST", path, body="{", headers={"Content-Type": "application/json"})[0] == 400
        assert server.request("POST", path, body="a=b")[0] == 415
        assert server.request("POST", path, json={})[0] == 422
        assert server.request("GET", path)[0] == 405
        assert server.request("OPTIONS", path)[1]["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    "password", ["password123", "P@ssw0rd2024", "ada@example.com", "aaaaaaaaaaaa", "x" * 300, 17, "ten\0letters"]
)
def test_a_password_that_is_easy_to_guess_is_refused(server, password):
    body = {"name": "Ada", "email": "ada@example.com", "password": password}
    answer = server.request("POST", "/auth/register", json=body)
    assert answer[0] in (400, 422)
    if answer[0] == 422:
        assert set(wrong_fields(answer)) == {"password"}
        assert b"Ada" not in answer[2] and str(password).encode() not in answer[2]


def test_registration_can_be_off(start_server):
    server = start_server(**AUTH_ON, REGISTRATION="off")
    refused(server, "/auth/register", {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}, 403)


# --- logging in ---


def test_logging_in(server):
    ada = register(server, "ada@example.com")
    again = login(server, "ADA@Example.com")
    assert again.user == ada.user and again.tokens["session_id"] != ada.tokens["session_id"]
    assert again.json("GET", "/auth/me")["user_id"] == ada.user["user_id"]
    assert ada.json("GET", "/auth/me")["user_id"] == ada.user["user_id"]


@pytest.mark.parametrize("change", ["is_disabled = true", "password_hash = NULL"])
def test_who_may_not_log_in_is_answered_like_who_is_unknown(server, postgres, change):
    register(server, "ada@example.com")
    postgres.execute(f"UPDATE users SET {change}")
    known = refused(server, "/auth/login", {"email": "ada@example.com", "password": PASSWORD}, 401)
    unknown = refused(server, "/auth/login", {"email": "eve@example.com", "password": PASSWORD}, 401)
    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}


def test_a_login_has_a_session_that_says_where_it_was_made(server):
    ada = register(server)
    body = {"email": ada.user["email"], "password": PASSWORD}
    status, _, _ = server.request("POST", "/auth/login", json=body, headers={"User-Agent": "wscat/6.0"})
    assert status == 200
    sessions = ada.json("GET", "/auth/sessions?sort=-created_at")["items"]
    assert [(one["current"], one["peer"], one.get("user_agent")) for one in sessions] == [
        (False, "127.0.0.1", "wscat/6.0"),
        (True, "127.0.0.1", None),
    ]


def test_one_session_too_many_ends_the_oldest(server, postgres):
    ada = register(server)
    postgres.execute(
        "INSERT INTO sessions (user_id, expires_at, created_at)"
        " SELECT %s, now() + interval '1 hour', now() + n * interval '1 ms' FROM generate_series(1, 99) n",
        ada.user["user_id"],
    )
    assert ada.status("GET", "/auth/me") == 200
    postgres.execute(
        "UPDATE sessions SET created_at = now() - interval '1 minute' WHERE session_id = %s", ada.tokens["session_id"]
    )
    login(server, ada.user["email"])
    assert postgres.execute("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == [(100,)]
    assert ada.status("GET", "/auth/me") == 401


def test_a_hash_of_other_settings_is_made_anew(server, start_server, postgres):
    register(server, "ada@example.com")
    before = postgres.execute("SELECT password_hash FROM users")[0][0]
    assert "$m=64,t=1," in before
    other = start_server(**{**AUTH_ON, "PASSWORD_OPS": 2})
    login(other, "ada@example.com")
    after = postgres.execute("SELECT password_hash FROM users")[0][0]
    assert "$m=64,t=2," in after
    updated = postgres.execute("SELECT updated_at FROM users")
    login(other, "ada@example.com")
    assert postgres.execute("SELECT password_hash, updated_at FROM users") == [(after, updated[0][0])]


# --- refreshing ---


def test_a_refresh_token_is_good_once(server):
    ada = register(server)
    old = ada.tokens
    new = ada.refresh()
    assert new["session_id"] == old["session_id"] and new["user"] == old["user"]
    assert new["refresh_token"] != old["refresh_token"]
    assert ada.status("GET", "/auth/me") == 200
    refused(server, "/auth/refresh", {"refresh_token": old["refresh_token"]}, 401)


def test_a_refresh_token_used_twice_ends_the_session(server):
    ada = register(server)
    stolen = ada.tokens["refresh_token"]
    thief = Caller(server, tokens=server.json("POST", "/auth/refresh", {"refresh_token": stolen}))
    assert thief.status("GET", "/auth/me") == 200
    refused(server, "/auth/refresh", {"refresh_token": stolen}, 401)
    assert thief.status("GET", "/auth/me") == 401 and ada.status("GET", "/auth/me") == 401
    refused(server, "/auth/refresh", {"refresh_token": thief.tokens["refresh_token"]}, 401)
    event = server.wait_for_log("session.refresh_reused")
    assert event["level"] == "warn" and event["session_id"] == ada.tokens["session_id"]
    # Once: what is used after the end tells nothing new.
    refused(server, "/auth/refresh", {"refresh_token": stolen}, 401)
    assert len(server.log_events("session.refresh_reused")) == 1


def test_of_many_who_refresh_at_once_one_wins_and_the_session_ends(server, postgres):
    ada = register(server)
    answers = []

    def refresh():
        answers.append(server.request("POST", "/auth/refresh", json={"refresh_token": ada.tokens["refresh_token"]}))

    threads = [threading.Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer[0] for answer in answers) == [200] + [401] * 7
    assert postgres.execute("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == [(0,)]
    winner = next(answer for answer in answers if answer[0] == 200)
    assert Caller(server, tokens=json.loads(winner[2])).status("GET", "/auth/me") == 401
    server.wait_for_log("session.refresh_reused")
    assert len(server.log_events("session.refresh_reused")) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE refresh_tokens SET expires_at = now()",
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE sessions SET expires_at = now()",
        "UPDATE users SET is_disabled = true",
        "DELETE FROM users",
    ],
)
def test_what_has_ended_is_not_refreshed(server, postgres, change):
    ada = register(server)
    postgres.execute(change)
    refused(server, "/auth/refresh", {"refresh_token": ada.tokens["refresh_token"]}, 401)
    assert not server.log_events("session.refresh_reused")


@pytest.mark.parametrize("token", ["x", "pfr_", "pfk_" + "A" * 43, "pfr_" + "A" * 43, "pfr_" + "A" * 44])
def test_what_is_no_refresh_token_is_refused(server, token):
    refused(server, "/auth/refresh", {"refresh_token": token}, 401)


# --- logging out ---


def test_logging_out_ends_this_session_at_once(server):
    ada = register(server)
    other = login(server, ada.user["email"])
    assert ada.request("POST", "/auth/logout")[0] == 204
    assert ada.status("GET", "/auth/me") == 401
    refused(server, "/auth/refresh", {"refresh_token": ada.tokens["refresh_token"]}, 401)
    assert other.status("GET", "/auth/me") == 200


def test_logging_out_everywhere(server):
    ada = register(server)
    other, stranger = login(server, ada.user["email"]), register(server)
    assert ada.status("POST", "/auth/logout", {"everywhere": "yes"}) == 422
    assert ada.status("POST", "/auth/logout", {"everywhere": True}) == 204
    assert other.status("GET", "/auth/me") == ada.status("GET", "/auth/me") == 401
    assert stranger.status("GET", "/auth/me") == 200


def test_a_logout_is_seen_by_other_processes(server, start_server):
    other = start_server(**AUTH_ON)
    ada = register(server)
    assert ada.status("GET", "/auth/me") == 200
    elsewhere = Caller(other, tokens=ada.tokens)
    # Each process signs with a key of its own here: a key of the user's is known to both.
    key = ada.json("POST", "/auth/keys", {"name": "k", "scopes": ["read"]})
    assert elsewhere.status("GET", "/auth/me") == 401
    elsewhere = Caller(other, token=key["api_key"])
    assert elsewhere.status("GET", "/auth/me") == 200
    assert ada.status("DELETE", f"/auth/keys/{key['key_id']}") == 204
    wait_until(lambda: elsewhere.status("GET", "/auth/me") == 401, what="the end of the key's rights")


def test_a_session_is_ended_from_another(server):
    ada, eve = register(server), register(server)
    other = login(server, ada.user["email"])
    path = f"/auth/sessions/{other.tokens['session_id']}"
    assert eve.status("DELETE", path) == 404 and other.status("GET", "/auth/me") == 200
    assert ada.status("DELETE", path) == 204
    assert other.status("GET", "/auth/me") == 401
    assert ada.status("DELETE", path) == 404 and ada.status("DELETE", "/auth/sessions/x") == 404
    assert len(ada.json("GET", "/auth/sessions")["items"]) == 1


# --- the password ---


def test_a_new_password_ends_the_other_sessions(server):
    ada = register(server, "ada@example.com")
    other = login(server, "ada@example.com")
    key = ada.json("POST", "/auth/keys", {"name": "k", "scopes": ["read"]})
    body = {"current_password": PASSWORD, "new_password": "swans swim by night"}
    assert ada.status("POST", "/auth/password", body) == 204
    assert other.status("GET", "/auth/me") == 401
    assert ada.status("GET", "/auth/me") == 200
    assert Caller(server, token=key["api_key"]).status("GET", "/auth/me") == 200
    refused(server, "/auth/login", {"email": "ada@example.com", "password": PASSWORD}, 401)
    login(server, "ada@example.com", "swans swim by night")


def test_a_password_is_changed_by_who_knows_it(server):
    ada = register(server)
    body = {"current_password": "x", "new_password": "swans swim by night"}
    answer = ada.request("POST", "/auth/password", json=body)
    assert answer[0] == 422 and set(wrong_fields(answer)) == {"current_password"}
    answer = ada.request("POST", "/auth/password", json={"current_password": PASSWORD, "new_password": "password123"})
    assert answer[0] == 422 and set(wrong_fields(answer)) == {"new_password"}
    login(server, ada.user["email"])


def test_who_has_no_password_cannot_change_it(server, postgres):
    ada = register(server)
    postgres.execute("UPDATE users SET password_hash = NULL")
    body = {"current_password": PASSWORD, "new_password": "swans swim by night"}
    assert ada.status("POST", "/auth/password", body) == 409


def test_roles(server, postgres):
    for role in ("user", "advisor", "service", "admin"):
        assert enter(server, postgres, role).json("GET", "/auth/me")["role"] == role


# --- without authentication ---


def test_with_authentication_off_there_is_no_account(start_server):
    server = start_server()
    assert server.json("GET", "/auth/me") == {
        "role": "admin",
        "credential": "none",
        "scopes": ["read", "write", "stream", "prices", "operate", "administer"],
    }
    for method, path, body in (
        ("POST", "/auth/logout", None),
        ("POST", "/auth/ticket", None),
        ("POST", "/auth/password", {"current_password": "x", "new_password": "correct horse 1"}),
        ("GET", "/auth/sessions", None),
        ("DELETE", "/auth/sessions/x", None),
        ("GET", "/auth/keys", None),
        ("POST", "/auth/keys", {"name": "k", "scopes": ["read"]}),
        ("DELETE", "/auth/keys/x", None),
    ):
        answer = server.request(method, path, json=body)
        assert "AUTH=off" in problem(answer, 409, "conflict")["detail"], (method, path)


# --- the sweep ---


def test_what_has_come_of_age_is_swept(start_server, postgres):
    server = start_server(**AUTH_ON, IDEMPOTENCY_KEEP_S=1)
    ada = register(server)
    for end, revoked in (("-2 days", None), ("1 day", "-2 days")):
        postgres.execute(
            "INSERT INTO sessions (user_id, expires_at, revoked_at)"
            " SELECT user_id, now() + %s::interval, now() + %s::interval FROM users",
            end,
            revoked,
        )
    postgres.execute(
        "INSERT INTO login_failures (key_hash, failed_n, last_failed_at)"
        " VALUES (sha256('x'), 9, now() - interval '1 day')"
    )
    postgres.execute(
        "INSERT INTO stream_tickets (ticket_hash, user_id, credential_id, scopes, expires_at)"
        " SELECT sha256('x'), user_id, user_id, '{read}', now() - interval '1 s' FROM users"
    )
    postgres.execute(
        "INSERT INTO access_changes (subject, changed_at) VALUES (gen_random_uuid(), now() - interval '1 hour')"
    )
    counts = (
        "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM login_failures),"
        " (SELECT count(*) FROM stream_tickets),"
        " (SELECT count(*) FROM access_changes WHERE changed_at < now() - interval '30 minutes')"
    )
    wait_until(lambda: postgres.execute(counts) == [(1, 0, 0, 0)], what="the sweep")
    assert ada.status("GET", "/auth/me") == 200
    assert hash_hex(ada.tokens["refresh_token"]) in {
        row[0] for row in postgres.execute("SELECT encode(token_hash, 'hex') FROM refresh_tokens")
    }
