"""The audit log in the database: what leaves a row, what the row says, and that the log only grows."""

import json

import psycopg2
import pytest

from support.audit import log, short
from support.rest import UNKNOWN

CUSTOMER = "11111111-1111-4111-8111-111111111111"
PORTFOLIO = "22222222-2222-4222-8222-222222222222"
LOT = "33333333-3333-4333-8333-333333333333"
USER = "44444444-4444-4444-8444-444444444444"

# What the log leaves out of a row, by table: times of touching, what the database counts itself, and what each
# refresh and each request moves.
LEFT_OUT = {
    "customers": {"updated_at"},
    "portfolios": {"version", "counted_by", "counted_at", "currencies_version", "updated_at"},
    "investments": {"updated_at"},
    "users": {"updated_at"},
    "sessions": set(),
    "api_keys": {"last_used_at"},
    "customer_advisors": set(),
}

INSERTS = {
    "customers": f"INSERT INTO customers (customer_id, name, email) VALUES ('{CUSTOMER}', 'Ann', 'ann@example.com')",
    "portfolios": "INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type) "
    f"VALUES ('{PORTFOLIO}', '{CUSTOMER}', 'Growth', 'IRA')",
    "investments": "INSERT INTO investments (investment_id, portfolio_id, ticker_symbol, quantity, purchase_price, "
    f"purchase_date) VALUES ('{LOT}', '{PORTFOLIO}', 'AAPL', 1.5, 100.25, '2024-01-02')",
    "users": "INSERT INTO users (user_id, email, role, password_hash) "
    f"VALUES ('{USER}', 'adv@example.com', 'advisor', 'argon-and-so-on')",
    "sessions": f"INSERT INTO sessions (session_id, user_id, expires_at) VALUES ('{UNKNOWN}', '{USER}', '2100-01-01')",
    "api_keys": "INSERT INTO api_keys (key_id, user_id, name, secret_hash, scopes) "
    f"VALUES ('{UNKNOWN}', '{USER}', 'feed', decode(repeat('5e', 32), 'hex'), '{{read,prices}}')",
    "customer_advisors": f"INSERT INTO customer_advisors (customer_id, user_id) VALUES ('{CUSTOMER}', '{USER}')",
}


@pytest.fixture
def people(postgres):
    """A row in each of the tables; the log of it."""
    postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL')")
    for sql in INSERTS.values():
        postgres.execute(sql)
    return postgres


def columns_of(database, table):
    rows = database.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'", table
    )
    return {name for name, in rows}


def test_every_insert_is_told_with_all_columns_but_those_left_out(people):
    rows = log(people)
    assert [row["entity"] for row in rows] == list(INSERTS)
    for row in rows:
        assert row["action"] == "insert" and row["before"] is None
        assert set(row["after"]) == columns_of(people, row["entity"]) - LEFT_OUT[row["entity"]]
        assert (row["actor"], row["peer"], row["actor_id"], row["request_id"]) == ("postgres", "local", None, None)
        assert row["db_role"] == "postgres"
    assert rows[2]["after"]["quantity"] == 1.5 and rows[2]["entity_id"] == LOT
    assert rows[6]["entity_id"] == f"{CUSTOMER}/{USER}"


UPDATES = {
    "customers": ("name = 'Bea'", {"name": ("Ann", "Bea")}),
    "portfolios": ("portfolio_name = 'Slow'", {"portfolio_name": ("Growth", "Slow")}),
    "investments": ("quantity = 2, fee = 1", {"quantity": (1.5, 2), "fee": (0, 1)}),
    "users": ("is_disabled = true", {"is_disabled": (False, True)}),
    "sessions": ("user_agent = 'x'", {"user_agent": (None, "x")}),
    "api_keys": ("name = 'other'", {"name": ("feed", "other")}),
    "customer_advisors": ("created_at = '2000-01-01Z'", {"created_at": (..., "2000-01-01T00:00:00+00:00")}),
}


@pytest.mark.parametrize("table", UPDATES)
def test_every_update_is_told_with_what_changed(people, table):
    assignment, changes = UPDATES[table]
    before = len(log(people))
    people.execute(f"SET TimeZone = 'UTC'; UPDATE {table} SET {assignment}")
    row, = [row for row in log(people)[before:] if row["entity"] == table]
    assert row["action"] == "update" and row["entity_id"] == log(people, f"entity = '{table}'")[0]["entity_id"]
    assert set(row["before"]) == set(row["after"]) == set(changes)
    for name, (was, became) in changes.items():
        assert was is ... or row["before"][name] == was
        assert row["after"][name] == became


def changed_column_is_told(database, table, column, kind):
    """Whether an update of this column alone leaves a row; the constraints and other triggers are away meanwhile."""
    values = {
        "uuid": "gen_random_uuid()",
        "bytea": r"'\x77'",
        "boolean": f"NOT {column}",
        "date": f"{column} + 1",
        "ARRAY": "'{stream}'",
        "character": "'EUR'",
        "xid8": "'5'",
        "timestamp with time zone": "'1999-01-01Z'",
    }
    value = values.get(kind, "7" if kind in ("numeric", "bigint") else "'changed'")
    with psycopg2.connect(database.superuser_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname NOT LIKE '%%_audit_%%'", (table,)
        )
        for name, in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", (table,)
        )
        for name, in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute("SELECT count(*) FROM audit_log")
        before = cursor.fetchone()[0]
        cursor.execute(f"UPDATE {table} SET {column} = {value}")
        cursor.execute("SELECT before, after FROM audit_log ORDER BY audit_id OFFSET %s", (before,))
        rows = cursor.fetchall()
        connection.rollback()
    assert all(set(was) == set(became) == {column} for was, became in rows)
    return bool(rows)


@pytest.mark.parametrize("table", INSERTS)
def test_no_column_is_forgotten(people, table):
    """A column that a later migration adds is told, or named in LEFT_OUT."""
    kinds = people.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", table
    )
    silent = {column for column, kind in kinds if not changed_column_is_told(people, table, column, kind)}
    assert silent == LEFT_OUT[table] | ({"expires_at"} if table == "sessions" else set())


def test_an_update_that_changes_nothing_tells_nothing(people):
    before = len(log(people))
    for table, (assignment, _) in UPDATES.items():
        column = assignment.split(" = ")[0]
        people.execute(f"UPDATE {table} SET {column} = {column}")
    people.execute("UPDATE api_keys SET last_used_at = now()")
    people.execute("UPDATE sessions SET expires_at = expires_at + interval '1 day'")
    people.execute("UPDATE customers SET name = 'nobody' WHERE false")
    assert len(log(people)) == before


def test_cascades_are_told_row_by_row(people):
    before = len(log(people))
    people.execute("DELETE FROM portfolios")
    assert sorted(short(log(people)[before:])) == [
        ("delete", "investments", LOT),
        ("delete", "portfolios", PORTFOLIO),
    ]
    lot = next(row for row in log(people)[before:] if row["entity"] == "investments")
    assert lot["after"] is None and lot["before"]["purchase_price"] == 100.25
    people.execute("DELETE FROM users")
    assert sorted(short(log(people)[before + 2 :])) == [
        ("delete", "api_keys", UNKNOWN),
        ("delete", "customer_advisors", f"{CUSTOMER}/{USER}"),
        ("delete", "sessions", UNKNOWN),
        ("delete", "users", USER),
    ]


def test_a_new_key_of_a_row_is_told(people):
    people.execute(f"UPDATE investments SET investment_id = '{UNKNOWN}'")
    row = log(people)[-1]
    assert (row["entity_id"], row["before"], row["after"]) == (LOT, {"investment_id": LOT}, {"investment_id": UNKNOWN})


def test_secrets_are_not_in_it(people):
    people.execute("UPDATE users SET password_hash = 'another-argon'")
    people.execute("UPDATE users SET password_hash = NULL")
    people.execute("DELETE FROM users")
    rows = log(people)
    told = json.dumps([[row["before"], row["after"]] for row in rows])
    assert "argon" not in told and "5e5e" not in told
    changes = [row for row in rows if row["action"] == "update"]
    assert [(row["before"], row["after"]) for row in changes] == [
        ({"password_hash": "(secret)"}, {"password_hash": "(secret)"}),
        ({"password_hash": "(secret)"}, {"password_hash": None}),
    ]
    for table in INSERTS:
        for column in columns_of(people, table):
            if column.endswith("_hash"):
                row = next(row for row in rows if row["entity"] == table)
                assert row["after"][column] == "(secret)", (table, column)


def test_what_is_rolled_back_leaves_nothing(people):
    before = len(log(people))
    with psycopg2.connect(people.superuser_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'Bea'")
        cursor.execute("SAVEPOINT s")
        cursor.execute("DELETE FROM portfolios")
        cursor.execute("ROLLBACK TO s")
    assert short(log(people)[before:]) == [("update", "customers", CUSTOMER)]
    with psycopg2.connect(people.superuser_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'Cleo'")
        connection.rollback()
    assert len(log(people)) == before + 1


def test_who_it_is_ends_with_the_transaction(people):
    connection = psycopg2.connect(people.superuser_url)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pf.actor_id', %s, true), set_config('pf.actor', 'ann@example.com', true), "
            "set_config('pf.peer', '192.0.2.7', true), set_config('pf.request_id', 'r-1', true)",
            (USER,),
        )
        cursor.execute("UPDATE customers SET name = 'Bea'")
        connection.commit()
        cursor.execute("UPDATE customers SET name = 'Cleo'")
        connection.commit()
    connection.close()
    told = [(row["actor_id"], row["actor"], row["peer"], row["request_id"]) for row in log(people)[-2:]]
    assert told == [(USER, "ann@example.com", "192.0.2.7", "r-1"), (None, "postgres", "local", None)]


@pytest.mark.parametrize("table", ["audit_log", "audit_seals"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET audit_id = DEFAULT", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_the_log_only_grows(people, table, sql, mode):
    people.execute("SELECT audit_seal(100)")
    with pytest.raises(psycopg2.errors.FeatureNotSupported, match="it only grows"):
        people.execute(f"SET session_replication_role = {mode}; " + sql.format(table))


@pytest.mark.parametrize(
    "columns, values",
    [
        ("xid", "'3'"),
        ("at", "now() - interval '2 days'"),
        ("at", "now() + interval '2 days'"),
        ("db_role", "'auditor'"),
    ],
)
def test_when_and_which_role_cannot_be_made_up(people, columns, values):
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        people.execute(f"INSERT INTO audit_log (action, entity, {columns}) VALUES ('x', 'y', {values})")
    with pytest.raises(psycopg2.errors.GeneratedAlways):
        people.execute("INSERT INTO audit_log (audit_id, action, entity) VALUES (1, 'x', 'y')")


@pytest.mark.parametrize("table", INSERTS)
def test_truncate_is_refused(people, table):
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        people.execute(f"TRUNCATE {table} CASCADE")


def test_a_role_without_rights_on_the_log_cannot_avoid_it(people):
    """Nor by a table of its own that has the log's name."""
    people.execute("DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN")
    people.execute("GRANT SELECT, UPDATE, DELETE ON customers TO clerk")
    try:
        connection = psycopg2.connect(people.cluster.url(people.name, "clerk"))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE audit_log (action text, entity text, entity_id text, before jsonb, after jsonb)")
            cursor.execute("CREATE TEMP TABLE customers2 (x int)")
            cursor.execute("SET search_path = pg_temp, public")
            cursor.execute("UPDATE customers SET name = 'Quiet'")
            cursor.execute("SELECT count(*) FROM pg_temp.audit_log")
            assert cursor.fetchone() == (0,)
            connection.commit()
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("INSERT INTO public.audit_log (action, entity) VALUES ('x', 'y')")
        connection.close()
        row = log(people)[-1]
        assert (row["actor"], row["db_role"], row["after"]) == ("clerk", "clerk", {"name": "Quiet"})
    finally:
        people.execute("DROP OWNED BY clerk; DROP ROLE clerk")


# --- sealing ---


def seal(database, rows_max=5000):
    return database.execute("SELECT sealed_n, head_position, head_hash, waits_us FROM audit_seal(%s)", rows_max)[0]


def chain(database):
    return database.execute("SELECT position, audit_id, encode(hash, 'hex') FROM audit_seals ORDER BY position")


def test_rows_are_sealed_once_in_parts(people):
    sealed_n, position, head, waits_us = seal(people, 3)
    assert (sealed_n, position) == (3, 3) and waits_us > 0
    assert seal(people, 0)[:3] == (0, 3, head)
    assert seal(people)[:2] == (5, 8)
    assert seal(people)[::3] == (0, 0)
    assert [row[:2] for row in chain(people)] == [(i, i) for i in range(1, 9)]


def test_what_still_runs_holds_the_chain_so_that_its_rows_are_not_passed(people):
    seal(people)
    early = psycopg2.connect(people.superuser_url)
    with early.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'Early'")
        people.execute("UPDATE portfolios SET portfolio_name = 'Late'")
        sealed_n, position, _, waits_us = seal(people)
        assert (sealed_n, position) == (0, 8) and waits_us > 0
        cursor.execute("UPDATE customers SET name = 'Earlier'")
        early.commit()
    early.close()
    assert seal(people)[0] == 3
    order = people.execute("SELECT l.after FROM audit_seals s JOIN audit_log l USING (audit_id) ORDER BY s.position")
    assert [after for after, in order[-3:]] == [{"name": "Early"}, {"name": "Earlier"}, {"portfolio_name": "Late"}]


def test_one_seals_at_a_time(people):
    first = psycopg2.connect(people.superuser_url)
    with first.cursor() as cursor:
        cursor.execute("SELECT sealed_n FROM audit_seal(4)")
        assert cursor.fetchone() == (4,)
        assert seal(people)[:2] == (0, 0)
        first.commit()
    first.close()
    assert seal(people)[:2] == (4, 8)


def test_a_restored_dump_goes_on(people):
    """Its rows are finished whatever their xids say, and come before those that are written here."""
    seal(people, 4)
    here = people.execute("SELECT audit_cluster()")[0][0]
    with psycopg2.connect(people.superuser_url) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_log DISABLE TRIGGER audit_log_refuse_change")
        cursor.execute("UPDATE audit_log SET cluster = 77, xid = (xid::text::bigint + 1000000)::text::xid8")
        cursor.execute("UPDATE audit_log SET cluster = 78, xid = '5' WHERE audit_id > 6")
        cursor.execute("ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_refuse_change")
    people.execute("UPDATE customers SET name = 'Bea'")
    people.execute("UPDATE customers SET name = 'Cleo'")
    counts = []
    while not counts or counts[-1]:
        counts.append(seal(people)[0])
    assert counts == [2, 2, 2, 0]
    clusters = people.execute("SELECT l.cluster, l.audit_id FROM audit_seals s JOIN audit_log l USING (audit_id) ORDER BY s.position")
    assert clusters == [(77, i) for i in range(1, 7)] + [(78, 7), (78, 8), (here, 9), (here, 10)]
