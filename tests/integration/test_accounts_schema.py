"""Accounts in the database: what is refused, and whose change of rights is told, whoever writes."""

import uuid

import psycopg2
import psycopg2.errors
import pytest

from support.accounts import add_customer, add_key, add_session, add_user, assign, hash_hex

NIL = "00000000-0000-0000-0000-000000000000"


class Changes:
    """The subjects that access_changes got since the last look."""

    def __init__(self, postgres):
        self._postgres = postgres
        self._seen = 0

    def new(self):
        rows = self._postgres.execute(
            "SELECT change_id, subject::text FROM access_changes WHERE change_id > %s ORDER BY change_id", self._seen
        )
        if rows:
            self._seen = rows[-1][0]
        return [subject for _, subject in rows]


@pytest.fixture
def changes(postgres):
    return Changes(postgres)


@pytest.mark.parametrize(
    "columns, error",
    [
        ({"email": "no address"}, psycopg2.errors.CheckViolation),
        ({"role": "root"}, psycopg2.errors.CheckViolation),
        ({"role": "anonymous"}, psycopg2.errors.CheckViolation),
        ({"role": "user"}, psycopg2.errors.CheckViolation),
        ({"role": "admin", "customer": True}, psycopg2.errors.CheckViolation),
        ({"issuer": "https://id.example.com"}, psycopg2.errors.CheckViolation),
        ({"subject": "1"}, psycopg2.errors.CheckViolation),
        ({"password_hash": ""}, psycopg2.errors.CheckViolation),
        ({"email": "ADA@example.com"}, psycopg2.errors.UniqueViolation),
    ],
)
def test_a_wrong_user_is_refused(postgres, columns, error):
    add_user(postgres, "ada@example.com", "admin")
    values = {"email": "bob@example.com", "role": "admin", **columns}
    if values.pop("customer", False):
        values["customer_id"] = add_customer(postgres, "c@example.com")
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    with pytest.raises(error):
        postgres.execute(f"INSERT INTO users ({names}) VALUES ({places})", *values.values())


def test_an_outside_identity_is_of_one_user(postgres):
    outside = {"issuer": "https://id.example.com", "subject": "1"}
    add_user(postgres, "ada@example.com", "admin", **outside)
    with pytest.raises(psycopg2.errors.UniqueViolation):
        add_user(postgres, "bob@example.com", "admin", **outside)


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", None], [["read"], ["write"]], ["read"] * 7])
def test_scopes_that_do_not_exist_are_refused(postgres, scopes):
    user_id = add_user(postgres, "ada@example.com", "admin")
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(
            "INSERT INTO api_keys (user_id, name, secret_hash, scopes)"
            " VALUES (%s, 'k', sha256('x'), %s::text[])",
            user_id,
            scopes,
        )


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO refresh_tokens (token_hash, session_id, expires_at)"
        " SELECT 'pfr_clear', session_id, now() FROM sessions",
        "INSERT INTO api_keys (user_id, name, secret_hash, scopes)"
        " SELECT user_id, 'k', 'pfk_clear', '{read}' FROM users",
        "INSERT INTO stream_tickets (ticket_hash, user_id, credential_id, scopes, expires_at)"
        " SELECT 'pft_clear', user_id, user_id, '{read}', now() FROM users",
        "INSERT INTO login_failures (key_hash, failed_n) VALUES ('email:ada@example.com', 1)",
    ],
)
def test_a_secret_that_is_no_hash_is_refused(postgres, sql):
    add_session(postgres, add_user(postgres, "ada@example.com", "admin"))
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(sql)


# --- what is told ---


@pytest.mark.parametrize(
    "change, is_told",
    [
        ("email = 'other@example.com'", True),
        ("role = 'service'", True),
        ("is_disabled = true", True),
        ("issuer = 'https://id.example.com', subject = '1'", True),
        ("password_hash = 'x'", False),
        ("role = role, is_disabled = is_disabled", False),
    ],
)
def test_a_users_standing_is_told(postgres, changes, change, is_told):
    user_id = add_user(postgres, "ada@example.com", "admin")
    assert changes.new() == []
    postgres.execute(f"UPDATE users SET {change}")
    assert changes.new() == ([user_id] if is_told else [])


def test_the_end_of_a_session_is_told(postgres, changes):
    user_id = add_user(postgres, "ada@example.com", "admin")
    sessions = [add_session(postgres, user_id) for _ in range(3)]
    assert changes.new() == []
    postgres.execute("UPDATE sessions SET revoked_at = now() WHERE session_id = %s", sessions[0])
    postgres.execute("DELETE FROM sessions WHERE session_id = %s", sessions[1])
    postgres.execute("UPDATE sessions SET user_agent = 'curl' WHERE session_id = %s", sessions[2])
    assert changes.new() == sessions[:2]


def test_sweeping_what_has_ended_is_not_told(postgres, changes):
    user_id = add_user(postgres, "ada@example.com", "admin")
    add_session(postgres, user_id, expires="-1 second")
    revoked = add_session(postgres, user_id)
    postgres.execute("UPDATE sessions SET revoked_at = now() WHERE session_id = %s", revoked)
    assert changes.new() == [revoked]
    postgres.execute("DELETE FROM sessions")
    assert changes.new() == []


@pytest.mark.parametrize(
    "change, is_told",
    [
        ("UPDATE api_keys SET revoked_at = now()", True),
        ("UPDATE api_keys SET scopes = '{read}'", True),
        ("UPDATE api_keys SET expires_at = now()", True),
        ("UPDATE api_keys SET secret_hash = sha256('y')", True),
        ("DELETE FROM api_keys", True),
        ("UPDATE api_keys SET last_used_at = now()", False),
        ("UPDATE api_keys SET name = 'other'", False),
    ],
)
def test_a_changed_key_is_told(postgres, changes, change, is_told):
    key_id = add_key(postgres, add_user(postgres, "ada@example.com", "admin"), "s", scopes=("read", "write"))
    postgres.execute(change)
    assert changes.new() == ([key_id] if is_told else [])


def test_assignments_are_told_by_the_advisor(postgres, changes):
    advisor = add_user(postgres, "ada@example.com", "advisor")
    other = add_user(postgres, "bob@example.com", "advisor")
    customer_id = add_customer(postgres, "c@example.com")
    assign(postgres, customer_id, advisor)
    assert changes.new() == [advisor]
    postgres.execute("UPDATE customer_advisors SET user_id = %s", other)
    assert changes.new() == [advisor, other]
    postgres.execute("DELETE FROM customer_advisors")
    assert changes.new() == [other]


def test_another_customers_portfolio_is_told(postgres, changes):
    first, second = (add_customer(postgres, f"{name}@example.com") for name in "ab")
    portfolio_id = postgres.execute(
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, 'P', 'IRA')"
        " RETURNING portfolio_id::text",
        first,
    )[0][0]
    postgres.execute("UPDATE portfolios SET cash_balance = 1, customer_id = %s", first)
    assert changes.new() == []
    postgres.execute("UPDATE portfolios SET customer_id = %s", second)
    assert changes.new() == [portfolio_id]


def test_a_deleted_user_and_all_that_was_its_own_are_told(postgres, changes):
    advisor = add_user(postgres, "ada@example.com", "advisor")
    session_id, key_id = add_session(postgres, advisor), add_key(postgres, advisor, "s")
    assign(postgres, add_customer(postgres, "c@example.com"), advisor)
    changes.new()
    postgres.execute("DELETE FROM users")
    assert set(changes.new()) == {advisor, session_id, key_id}


def test_a_deleted_customer_takes_its_users(postgres, changes):
    customer_id = add_customer(postgres, "c@example.com")
    user_id = add_user(postgres, "ada@example.com", customer_id=customer_id)
    session_id = add_session(postgres, user_id)
    postgres.execute("DELETE FROM customers")
    assert set(changes.new()) == {user_id, session_id}
    assert postgres.execute("SELECT count(*) FROM users") == [(0,)]


# --- what ends with what ---


def test_a_disabled_user_has_no_sessions_when_it_is_enabled_again(postgres, changes):
    user_id, other = (add_user(postgres, f"{name}@example.com", "admin") for name in "ab")
    session_id = add_session(postgres, user_id)
    kept = add_session(postgres, other)
    postgres.execute("UPDATE users SET is_disabled = true WHERE user_id = %s", user_id)
    postgres.execute("UPDATE users SET is_disabled = false WHERE user_id = %s", user_id)
    assert set(changes.new()) == {user_id, session_id}
    assert postgres.execute("SELECT session_id::text FROM sessions WHERE revoked_at IS NULL") == [(kept,)]


def test_who_is_no_advisor_any_more_has_no_customers_when_it_becomes_one_again(postgres):
    advisor = add_user(postgres, "ada@example.com", "advisor")
    assign(postgres, add_customer(postgres, "c@example.com"), advisor)
    postgres.execute("UPDATE users SET role = 'service'")
    postgres.execute("UPDATE users SET role = 'advisor'")
    assert postgres.execute("SELECT count(*) FROM customer_advisors") == [(0,)]


@pytest.mark.parametrize("table", ["users", "sessions", "api_keys", "customer_advisors"])
def test_truncate_is_refused(postgres, table):
    with pytest.raises(psycopg2.errors.FeatureNotSupported, match="nobody would learn"):
        postgres.execute(f"TRUNCATE {table} CASCADE")


def test_an_idempotency_key_is_its_callers(postgres):
    insert = "INSERT INTO idempotency_keys (principal_id, idempotency_key, fingerprint) VALUES (%s, 'k', %s)"
    for principal_id in (NIL, str(uuid.uuid4()), str(uuid.uuid4())):
        postgres.execute(insert, principal_id, hash_hex("x"))
    with pytest.raises(psycopg2.errors.UniqueViolation):
        postgres.execute(insert, NIL, hash_hex("x"))
