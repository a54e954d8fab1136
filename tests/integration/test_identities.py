"""server/store/identities.h: for whom a credential stands, and every way in which it stands for nobody."""

import threading
import uuid
from datetime import datetime, timezone

import pytest

from support.accounts import (
    ALL_SCOPES,
    add_customer,
    add_key,
    add_session,
    add_ticket,
    add_user,
    assign,
    hash_hex,
    resolve,
)

NIL = "00000000-0000-0000-0000-000000000000"
FOR_EVER = str(2**63 - 1)
ISSUER = "https://id.example.com"


def epoch_ms(postgres, sql):
    return str(int(postgres.execute(f"SELECT (extract(epoch FROM {sql}) * 1000)::bigint")[0][0]))


def end_of(postgres, session_id):
    return epoch_ms(postgres, f"(SELECT expires_at FROM sessions WHERE session_id = '{session_id}')")


# --- sessions ---


def test_a_users_session(postgres):
    customer_id = add_customer(postgres, "c@example.com")
    user_id = add_user(postgres, "ada@example.com", customer_id=customer_id)
    session_id = add_session(postgres, user_id)
    assert resolve(postgres, "session", user_id, session_id) == {
        "user_id": user_id,
        "credential_id": session_id,
        "customer_id": customer_id,
        "role": "user",
        "scopes": ALL_SCOPES,
        "expires_ms": end_of(postgres, session_id),
        "name": "ada@example.com",
        "is_newly_linked": "0",
        "customers": [],
    }


@pytest.mark.parametrize("role", ["admin", "service"])
def test_a_session_of_who_has_no_customer(postgres, role):
    user_id = add_user(postgres, "ada@example.com", role)
    found = resolve(postgres, "session", user_id, add_session(postgres, user_id))
    assert (found["role"], found["customer_id"], found["customers"]) == (role, NIL, [])


def test_an_advisors_customers(postgres):
    advisor, other = (add_user(postgres, f"{name}@example.com", "advisor") for name in "ab")
    customers = [add_customer(postgres, f"c{i}@example.com") for i in range(3)]
    for customer_id in customers[:2]:
        assign(postgres, customer_id, advisor)
    assign(postgres, customers[2], other)
    assert resolve(postgres, "session", advisor, add_session(postgres, advisor))["customers"] == sorted(customers[:2])


def test_an_advisors_customers_are_bounded(postgres):
    advisor = add_user(postgres, "ada@example.com", "advisor")
    postgres.execute(
        "INSERT INTO customers (name, email) SELECT 'C', 'c' || n || '@example.com' FROM generate_series(1, 10005) n"
    )
    postgres.execute(
        "INSERT INTO customer_advisors (customer_id, user_id) SELECT customer_id, %s FROM customers", advisor
    )
    assert len(resolve(postgres, "session", advisor, add_session(postgres, advisor))["customers"]) == 10000


def test_standing_is_the_databases_word_at_each_look(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin")
    session_id = add_session(postgres, user_id)
    postgres.execute("UPDATE users SET role = 'service'")
    assert resolve(postgres, "session", user_id, session_id)["role"] == "service"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE sessions SET expires_at = now()",
        "DELETE FROM sessions",
        "UPDATE users SET is_disabled = true",
        "DELETE FROM users",
    ],
)
def test_a_session_that_has_ended_is_nobodys(postgres, change):
    user_id = add_user(postgres, "ada@example.com", "admin")
    session_id = add_session(postgres, user_id)
    assert resolve(postgres, "session", user_id, session_id)["role"] == "admin"
    postgres.execute(change)
    assert resolve(postgres, "session", user_id, session_id) == "not_found"
    assert resolve(postgres, "credential", user_id, session_id) == "not_found"


def test_a_session_is_of_its_user_only(postgres):
    user_id, other = (add_user(postgres, f"{name}@example.com", "admin") for name in "ab")
    session_id = add_session(postgres, user_id)
    assert resolve(postgres, "session", other, session_id) == "not_found"
    assert resolve(postgres, "session", user_id, str(uuid.uuid4())) == "not_found"
    assert resolve(postgres, "session", user_id, user_id) == "not_found"


# --- keys ---


def test_a_key_has_its_scopes_and_its_end(postgres):
    user_id = add_user(postgres, "robot@example.com", "service")
    key_id = add_key(postgres, user_id, "s", scopes=("prices", "read"))
    found = resolve(postgres, "key", hash_hex("s"))
    assert (found["user_id"], found["credential_id"], found["role"]) == (user_id, key_id, "service")
    assert (found["scopes"], found["expires_ms"]) == (["prices", "read"], FOR_EVER)
    postgres.execute("UPDATE api_keys SET expires_at = '2100-01-01T00:00:00Z'")
    assert resolve(postgres, "key", hash_hex("s"))["expires_ms"] == str(
        int(datetime(2100, 1, 1, tzinfo=timezone.utc).timestamp() * 1000)
    )
    assert resolve(postgres, "credential", user_id, key_id)["scopes"] == ["prices", "read"]


def test_a_keys_use_is_noted_to_the_minute(postgres):
    add_key(postgres, add_user(postgres, "robot@example.com", "service"), "s")
    used = "SELECT last_used_at FROM api_keys"
    assert postgres.execute(used) == [(None,)]
    resolve(postgres, "key", hash_hex("s"))
    first = postgres.execute(used)
    assert first != [(None,)]
    resolve(postgres, "key", hash_hex("s"))
    assert postgres.execute(used) == first
    postgres.execute("UPDATE api_keys SET last_used_at = now() - interval '61 seconds'")
    resolve(postgres, "key", hash_hex("s"))
    assert postgres.execute(used) > first


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET expires_at = now()",
        "UPDATE users SET is_disabled = true",
        "DELETE FROM api_keys",
    ],
)
def test_a_key_that_has_ended_is_nobodys(postgres, change):
    user_id = add_user(postgres, "robot@example.com", "service")
    key_id = add_key(postgres, user_id, "s")
    postgres.execute(change)
    assert resolve(postgres, "key", hash_hex("s")) == "not_found"
    assert resolve(postgres, "credential", user_id, key_id) == "not_found"
    assert resolve(postgres, "key", hash_hex("t")) == "not_found"


# --- an outside provider ---


def test_who_is_known_outside(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin", issuer=ISSUER, subject="1")
    found = resolve(postgres, "outside", ISSUER, "1", "", "no")
    assert (found["user_id"], found["credential_id"], found["expires_ms"]) == (user_id, user_id, FOR_EVER)
    assert found["is_newly_linked"] == "0"
    assert resolve(postgres, "credential", user_id, user_id)["user_id"] == user_id
    for issuer, subject in ((ISSUER, "2"), ("https://other.example.com", "1"), ("", ""), (ISSUER, "")):
        assert resolve(postgres, "outside", issuer, subject, "", "yes") == "not_found"


def test_a_verified_address_links_once(postgres):
    user_id = add_user(postgres, "Ada@example.com", "admin")
    assert resolve(postgres, "outside", ISSUER, "1", "ada@example.com", "no") == "not_found"
    found = resolve(postgres, "outside", ISSUER, "1", "ada@example.com", "yes")
    assert (found["user_id"], found["is_newly_linked"]) == (user_id, "1")
    assert resolve(postgres, "outside", ISSUER, "1", "ada@example.com", "yes")["is_newly_linked"] == "0"
    # Another one with the same address does not get in.
    assert resolve(postgres, "outside", ISSUER, "2", "ada@example.com", "yes") == "not_found"
    assert resolve(postgres, "outside", "https://other.example.com", "1", "ada@example.com", "yes") == "not_found"


def test_who_took_an_address_before_its_owner_came_is_out_when_the_owner_comes(postgres):
    thief = add_user(postgres, "ada@example.com", "admin", password_hash="the thief's")
    session_id = add_session(postgres, thief)
    add_key(postgres, thief, "s")
    assert resolve(postgres, "outside", ISSUER, "1", "ada@example.com", "yes")["user_id"] == thief
    assert resolve(postgres, "session", thief, session_id) == "not_found"
    assert resolve(postgres, "key", hash_hex("s")) == "not_found"
    assert postgres.execute("SELECT password_hash FROM users") == [(None,)]


def test_a_disabled_user_is_not_let_in_or_linked(postgres):
    add_user(postgres, "ada@example.com", "admin", is_disabled=True)
    add_user(postgres, "bob@example.com", "admin", is_disabled=True, issuer=ISSUER, subject="2")
    assert resolve(postgres, "outside", ISSUER, "1", "ada@example.com", "yes") == "not_found"
    assert resolve(postgres, "outside", ISSUER, "2", "bob@example.com", "yes") == "not_found"
    assert postgres.execute("SELECT count(*) FROM users WHERE subject = '1'") == [(0,)]


def test_a_user_id_is_no_credential_of_who_is_unknown_outside(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin")
    assert resolve(postgres, "credential", user_id, user_id) == "not_found"


# --- tickets ---


def test_a_ticket_is_taken_once(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin")
    session_id = add_session(postgres, user_id)
    add_ticket(postgres, user_id, session_id, "t", scopes=("stream",), token_expires="10 minutes")
    token_end = epoch_ms(postgres, "(SELECT credential_expires_at FROM stream_tickets)")
    found = resolve(postgres, "ticket", hash_hex("t"))
    assert (found["user_id"], found["credential_id"]) == (user_id, session_id)
    assert (found["scopes"], found["expires_ms"]) == (["stream"], token_end)
    assert resolve(postgres, "ticket", hash_hex("t")) == "not_found"


def test_many_who_take_a_ticket_at_once_give_it_to_one(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin")
    add_ticket(postgres, user_id, add_session(postgres, user_id), "t")
    found = []

    def take():
        found.append(resolve(postgres, "ticket", hash_hex("t")))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(one, dict) for one in found) == [False] * 7 + [True]


def test_a_ticket_never_outgrows_its_key(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin")
    key_id = add_key(postgres, user_id, "s", scopes=("read", "stream"), expires="1 hour")
    add_ticket(postgres, user_id, key_id, "t", scopes=("stream", "write"))
    found = resolve(postgres, "ticket", hash_hex("t"))
    assert (found["scopes"], found["credential_id"]) == (["stream"], key_id)
    assert found["expires_ms"] == epoch_ms(postgres, "(SELECT expires_at FROM api_keys)")


def test_a_ticket_of_who_is_known_outside(postgres):
    user_id = add_user(postgres, "ada@example.com", "admin", issuer=ISSUER, subject="1")
    add_ticket(postgres, user_id, user_id, "t", token_expires="1 hour")
    assert resolve(postgres, "ticket", hash_hex("t"))["user_id"] == user_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stream_tickets SET expires_at = now()",
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE users SET is_disabled = true",
        "DELETE FROM users",
    ],
)
def test_a_ticket_that_is_void_is_nobodys(postgres, change):
    user_id = add_user(postgres, "ada@example.com", "admin")
    add_ticket(postgres, user_id, add_session(postgres, user_id), "t")
    postgres.execute(change)
    assert resolve(postgres, "ticket", hash_hex("t")) == "not_found"
    assert resolve(postgres, "ticket", hash_hex("u")) == "not_found"
