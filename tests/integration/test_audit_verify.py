"""`portfoliod audit`: what it says of a log that is as it was written, and of one that somebody with all rights has
changed behind the triggers' back."""

import http.client
import json
import random
import re
import threading

import psycopg2
import pytest

from support.audit import unsealed_n
from support.rest import UNKNOWN, lot_body
from support.server import run_program
from support.waiting import wait_until

DISABLED = ("ALTER TABLE audit_log DISABLE TRIGGER USER", "ALTER TABLE audit_seals DISABLE TRIGGER USER")
ENABLED = tuple(
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"
    for table, trigger in (
        ("audit_log", "audit_log_refuse_change"),
        ("audit_log", "audit_log_refuse_forged"),
        ("audit_seals", "audit_seals_refuse_change"),
    )
)


def audit(database, *arguments):
    return run_program("audit", *arguments, settings={"DATABASE_URL": database.url})


def head_of(done):
    return re.search(r"^head (\d+:[0-9a-f]{64})$", done.stdout, re.MULTILINE)[1]


def verify(database, *arguments):
    """(exit code, [what it names])"""
    done = audit(database, "verify", *arguments)
    return done.returncode, done.stdout.splitlines()[: -3 if "head " in done.stdout else -2]


def tamper(database, *statements):
    """As a superuser, and nobody sees by the triggers that it was."""
    with psycopg2.connect(database.superuser_url) as connection, connection.cursor() as cursor:
        for sql in (*DISABLED, *statements, *ENABLED):
            cursor.execute(sql)


@pytest.fixture
def written(postgres):
    """A log of 13 rows in 13 transactions, sealed."""
    postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL')")
    for i in range(12):
        postgres.execute("INSERT INTO customers (name, email) VALUES ('Ann', %s)", f"a{i}@example.com")
    assert audit(postgres, "verify").returncode == 0
    return postgres


def test_what_is_as_it_was_written_is_good(written):
    done = audit(written, "verify")
    assert done.returncode == 0
    assert re.fullmatch(
        r"13 rows judged in \d+ ms, 0 wait to be sealed\nhead 13:[0-9a-f]{64}\ngood\n", done.stdout
    )
    assert audit(written, "verify", "--head", head_of(done)).returncode == 0
    assert audit(written, "verify", "--from", "5").stdout.startswith("9 rows judged")
    assert audit(written, "verify", "--from", "14").returncode == 0


def test_the_hash_is_over_every_field(written):
    """And SQL and C agree on it, whatever is in the fields."""
    texts = ["'", "''", '"', "\\", "ü€😀", "a:b", "-", "3:abc", "\t\n\r\x01", "x" * 5000, "%s", "null"]
    with psycopg2.connect(written.superuser_url) as connection, connection.cursor() as cursor:
        for text in texts:
            for name in ("pf.actor", "pf.peer", "pf.request_id"):
                cursor.execute("SELECT set_config(%s, %s, true)", (name, text))
            cursor.execute("SELECT set_config('pf.actor_id', %s, true)", (UNKNOWN,))
            before = json.dumps({"t": text.replace("\x01", ""), "n": 1e300, "d": [1.50, None, True, {}]})
            cursor.execute(
                "INSERT INTO audit_log (action, entity, entity_id, before, after) VALUES ('x', 'y', %s, %s, %s)",
                (text, before, "null"),
            )
            connection.commit()
    assert verify(written) == (0, [])


COLUMNS = {
    "at": "at + interval '1 microsecond'",
    "db_role": "'else'",
    "actor_id": f"'{UNKNOWN}'",
    "actor": "'else'",
    "peer": "'else'",
    "request_id": "'else'",
    "action": "'update'",
    "entity": "'users'",
    "entity_id": "'else'",
    "before": "'{}'",
    "after": """after || '{"name": "Bea"}'""",
    "cluster": "cluster + 1",
    "xid": "(xid::text::bigint + 1)::text::xid8",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_field_is_named(written, column):
    tamper(written, f"UPDATE audit_log SET {column} = {COLUMNS[column]} WHERE audit_id = 6")
    assert verify(written) == (1, ["position 6 (audit_id 6): the row was changed"])


def test_every_column_is_in_the_hash(written):
    columns = {name for name, in written.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0")}
    assert columns == set(COLUMNS) | {"audit_id"}


@pytest.mark.parametrize("value", ["'infinity'", "'-infinity'", "'0001-01-01 BC'"])
def test_a_time_that_is_none_does_not_stop_it(written, value):
    tamper(written, f"UPDATE audit_log SET at = {value} WHERE audit_id = 6")
    assert verify(written) == (1, ["position 6 (audit_id 6): the row was changed"])
    assert audit(written, "list").returncode == 0


def test_texts_that_move_from_field_to_field_are_named(written):
    """The same bytes one behind the other, in other fields."""
    written.execute("INSERT INTO audit_log (action, entity, entity_id) VALUES ('ab', 'cd', 'ef')")
    assert verify(written) == (0, [])
    tamper(written, "UPDATE audit_log SET action = 'abc', entity = 'd' WHERE audit_id = 14")
    assert verify(written) == (1, ["position 14 (audit_id 14): the row was changed, or its seal"])


def test_nothing_and_an_empty_text_are_told_apart(written):
    written.execute("INSERT INTO audit_log (action, entity) VALUES ('ab', 'cd')")
    assert verify(written) == (0, [])
    tamper(written, "UPDATE audit_log SET entity_id = '' WHERE audit_id = 14")
    assert verify(written)[0] == 1


def test_a_deleted_row_is_named(written):
    tamper(written, "DELETE FROM audit_log WHERE audit_id = 6")
    assert verify(written) == (1, ["position 6 (audit_id 6): the row is missing"])
    assert verify(written, "--from", "7") == (0, [])


def test_a_row_deleted_with_its_seal_is_named(written):
    tamper(written, "DELETE FROM audit_log WHERE audit_id = 6", "DELETE FROM audit_seals WHERE position = 6")
    assert verify(written) == (1, ["position 7 (audit_id 7): seals before this position are missing"])


def test_positions_closed_behind_a_deleted_row_are_named(written):
    tamper(
        written,
        "ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_position_is_positive",
        "DELETE FROM audit_log WHERE audit_id = 6",
        "DELETE FROM audit_seals WHERE position = 6",
        "UPDATE audit_seals SET position = -position WHERE position > 6",
        "UPDATE audit_seals SET position = -position - 1 WHERE position < 0",
    )
    code, named = verify(written)
    assert code == 1 and named[0].startswith("position 6 (audit_id 7): ")


def test_a_deleted_seal_is_named(written):
    tamper(written, "DELETE FROM audit_seals WHERE position = 6")
    assert verify(written) == (
        1,
        [
            "position 7 (audit_id 7): seals before this position are missing",
            "audit_id 6: the row is not in the chain, which has gone past it",
        ],
    )


def test_a_cut_tail_is_found_by_who_noted_the_head(written):
    head = head_of(audit(written, "verify"))
    tamper(written, "DELETE FROM audit_log WHERE audit_id > 10", "DELETE FROM audit_seals WHERE position > 10")
    assert verify(written) == (0, [])
    lost = "position 13: the chain ends at 10 and had this position once: its end was cut off"
    assert verify(written, "--head", head) == (1, [lost])
    for i in range(5):
        written.execute("INSERT INTO customers (name, email) VALUES ('Bob', %s)", f"b{i}@example.com")
    assert verify(written) == (0, [])
    anew = "position 13: the hash is not the one that was noted: what is up to here was written anew"
    assert verify(written, "--head", head) == (1, [anew])


def test_a_cut_tail_whose_seals_stay_is_named(written):
    tamper(written, "DELETE FROM audit_log WHERE audit_id > 11")
    assert verify(written) == (1, [f"position {i} (audit_id {i}): the row is missing" for i in (12, 13)])
    written.execute("INSERT INTO customers (name, email) VALUES ('Bob', 'bob@example.com')")
    code, named = verify(written)
    assert code == 1 and len(named) == 2  # the new row stands behind them, and well


def test_a_chain_written_anew_is_found_by_who_noted_a_head(written):
    heads = [head_of(audit(written, "verify"))]
    tamper(written, "UPDATE audit_log SET actor = 'somebody' WHERE audit_id = 6", "DELETE FROM audit_seals")
    assert verify(written) == (0, [])
    assert verify(written, "--head", heads[0])[0] == 1


def test_swapped_rows_are_named(written):
    tamper(
        written,
        "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT * FROM audit_log WHERE audit_id IN (4, 9)",
        "UPDATE audit_log l SET at = t.at, xid = t.xid, entity_id = t.entity_id, after = t.after FROM t "
        "WHERE l.audit_id + t.audit_id = 13 AND l.audit_id IN (4, 9)",
    )
    assert verify(written) == (1, [f"position {i} (audit_id {i}): the row was changed" for i in (4, 9)])


def test_swapped_seals_are_named(written):
    tamper(
        written,
        "ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_audit_id_key",
        "UPDATE audit_seals SET audit_id = 13 - audit_id WHERE position IN (4, 9)",
    )
    code, named = verify(written)
    assert code == 1
    assert [line.split(":")[0] for line in named] == ["position 4 (audit_id 9)", "position 9 (audit_id 4)"]


@pytest.mark.parametrize("xid", ["(SELECT xid FROM audit_log WHERE audit_id = 6)", "'3'", "'123456789012'"])
def test_an_inserted_row_is_named(written, xid):
    tamper(
        written,
        f"INSERT INTO audit_log (audit_id, xid, action, entity) OVERRIDING SYSTEM VALUE VALUES (-6, {xid}, 'x', 'y')",
    )
    assert verify(written) == (1, ["audit_id -6: the row is not in the chain, which has gone past it"])


def test_an_inserted_row_of_another_cluster_is_named(written):
    tamper(written, "INSERT INTO audit_log (cluster, action, entity) VALUES (77, 'x', 'y')")
    assert verify(written) == (1, ["audit_id 14: the row is not in the chain, which has gone past it"])


def test_a_row_with_a_seal_made_for_it_is_named(written, start_server):
    tamper(
        written,
        "INSERT INTO audit_log (audit_id, xid, action, entity) OVERRIDING SYSTEM VALUE VALUES (99, '3', 'x', 'y')",
        "INSERT INTO audit_seals SELECT 14, 99, sha256(convert_to(encode(s.hash, 'hex') || audit_text(14, l), 'UTF8')) "
        "FROM audit_seals s, audit_log l WHERE s.position = 13 AND l.audit_id = 99",
    )
    named = ["position 14 (audit_id 99): the row was not written after the one before it"]
    assert verify(written, "--no-seal") == (1, named)
    # What stands before it now is sealed twice, if it were.
    code, all_named = verify(written)
    assert code == 1 and all_named[0].startswith("new rows cannot be sealed: ") and all_named[1:] == named
    server = start_server()
    assert server.wait_for_log("audit.seal_failed")["level"] == "error"
    wait_until(lambda: server.metric("pf_audit_seals_failed_total") > 1, what=lambda: "another try")
    assert len(server.log_events("audit.seal_failed")) == 1


def test_a_changed_seal_is_named(written):
    tamper(written, "UPDATE audit_seals SET hash = sha256('x') WHERE position = 6")
    assert verify(written) == (1, ["position 6 (audit_id 6): its seal was changed; the row is as it was"])


def test_a_changed_last_seal_is_named(written):
    tamper(written, "UPDATE audit_seals SET hash = sha256('x') WHERE position = 13")
    assert verify(written) == (1, ["position 13 (audit_id 13): the row was changed, or its seal"])


def test_a_lost_beginning_is_named(written):
    tamper(written, "DELETE FROM audit_log WHERE audit_id < 4", "DELETE FROM audit_seals WHERE position < 4")
    assert verify(written) == (1, ["position 4 (audit_id 4): seals before this position are missing"])
    tamper(written, "DELETE FROM audit_seals")
    code, named = verify(written)
    assert (code, named) == (1, ["position 1 (audit_id 4): this is not the log's beginning"])
    tamper(written, "DELETE FROM audit_log", "DELETE FROM audit_seals")
    code, named = verify(written)
    assert (code, named) == (1, ["position 1 (audit_id 0): this is not the log's beginning"])


def test_many_faults_are_named_each_up_to_a_hundred(written):
    written.execute("INSERT INTO customers (name, email) SELECT 'Bob', i || '@example.com' FROM generate_series(1, 400) i")
    assert verify(written) == (0, [])
    tamper(written, "UPDATE audit_log SET actor = 'else' WHERE audit_id % 2 = 0 AND audit_id > 20")
    done = audit(written, "verify")
    assert done.returncode == 1
    assert len(re.findall("^position .* was changed$", done.stdout, re.MULTILINE)) == 100
    assert "96 more\n" in done.stdout and "WRONG: 196 faults\n" in done.stdout


def test_a_long_log_is_gone_through_in_pages(written):
    written.execute("INSERT INTO customers (name, email) SELECT 'Bob', i || '@example.com' FROM generate_series(1, 12000) i")
    assert verify(written) == (0, [])
    assert audit(written, "verify").stdout.startswith("12013 rows judged")
    tamper(written, "UPDATE audit_log SET actor = 'else' WHERE audit_id IN (5000, 5001, 10001)")
    assert [line.split()[1] for line in verify(written)[1]] == ["5000", "5001", "10001"]


# --- what is not sealed, and who may only read ---


def test_rows_of_an_open_transaction_wait_rightly(written):
    holder = psycopg2.connect(written.superuser_url)
    with holder.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'Early' WHERE email = 'a1@example.com'")
        written.execute("UPDATE customers SET name = 'Late' WHERE email = 'a2@example.com'")
        done = audit(written, "verify")
        assert done.returncode == 0 and ", 1 wait to be sealed" in done.stdout
        holder.commit()
    holder.close()
    assert audit(written, "verify").stdout.startswith("15 rows judged")


def test_who_may_only_read_can_verify(written):
    written.execute("DROP ROLE IF EXISTS auditor; CREATE ROLE auditor LOGIN")
    written.execute("GRANT SELECT ON audit_log, audit_seals, schema_migrations TO auditor")
    written.execute("UPDATE customers SET name = 'New' WHERE email = 'a1@example.com'")
    try:
        settings = {"DATABASE_URL": written.cluster.url(written.name, "auditor")}
        assert run_program("audit", "verify", settings=settings).returncode == 3
        done = run_program("audit", "verify", "--no-seal", settings=settings)
        assert done.returncode == 0 and ", 1 wait to be sealed" in done.stdout
        assert unsealed_n(written) == 1
        tamper(written, "UPDATE audit_log SET actor = 'else' WHERE audit_id = 6")
        assert run_program("audit", "verify", "--no-seal", settings=settings).returncode == 1
    finally:
        written.execute("DROP OWNED BY auditor; DROP ROLE auditor")


def test_a_database_that_is_away_is_no_verdict(written):
    done = run_program("audit", "verify", settings={"DATABASE_URL": "postgresql:///nowhere?host=/nonexistent"})
    assert done.returncode == 3 and "portfoliod: audit: " in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["look"],
        ["verify", "--head"],
        ["verify", "--head", "5"],
        ["verify", "--head", "5:" + "g" * 64],
        ["verify", "--head", "0:" + "0" * 64],
        ["verify", "--head", "5:" + "0" * 65],
        ["verify", "--from", "0"],
        ["verify", "--from", "x"],
        ["verify", "--entity", "users"],
        ["list", "--since", "yesterday"],
        ["list", "--limit", "0"],
        ["list", "--entity", ""],
        ["list", "--no-seal"],
    ],
)
def test_wrong_usage_is_refused(written, arguments):
    done = audit(written, *arguments)
    assert done.returncode == 2 and "usage: portfoliod audit verify" in done.stderr


def test_help(written):
    assert audit(written, "--help").stdout.startswith("usage: portfoliod audit verify")
    assert "\n  audit " in run_program("help").stdout


# --- list ---


def listed(database, *arguments):
    done = audit(database, "list", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_rows_are_listed_the_newest_first(written):
    written.execute("UPDATE customers SET name = 'Bea' WHERE email = 'a3@example.com'")
    rows = listed(written)
    assert [row["audit_id"] for row in rows] == list(range(14, 0, -1))
    assert "position" not in rows[0] and rows[1]["position"] == 13
    assert (rows[0]["before"], rows[0]["after"]) == ({"name": "Ann"}, {"name": "Bea"})
    assert (rows[0]["actor"], rows[0]["peer"], rows[0]["db_role"]) == ("postgres", "local", "postgres")
    assert [row["audit_id"] for row in listed(written, "--limit", "2")] == [14, 13]


def test_rows_are_listed_by_what_they_are_about(written):
    written.execute("UPDATE customers SET name = 'Bea' WHERE email = 'a3@example.com'")
    customer_id = listed(written, "--limit", "1")[0]["entity_id"]
    assert [row["action"] for row in listed(written, "--entity", "customers", "--id", customer_id)] == ["update", "insert"]
    assert len(listed(written, "--action", "update")) == 1
    assert listed(written, "--actor", "nobody") == []
    assert len(listed(written, "--actor", "postgres")) == 13  # and the begin, by who migrated
    assert listed(written, "--since", "2100-01-01T00:00:00Z") == []
    assert listed(written, "--until", "2000-01-01T00:00:00Z") == []
    assert len(listed(written, "--since", "2000-01-01T00:00:00Z", "--until", "2100-01-01T00:00:00Z")) == 14


def test_what_terminals_obey_is_not_printed(written):
    written.execute("INSERT INTO customers (name, email) VALUES (E'\\x1b[2J\\nforged', 'x@example.com')")
    done = audit(written, "list", "--limit", "1")
    assert "\x1b" not in done.stdout and done.stdout.count("\n") == 1


# --- under load, and when somebody is killed ---


def test_verify_is_good_after_random_work(start_server, postgres):
    """Several writers by REST and by hand, long transactions that commit late or never, two servers that seal, one of
    them killed and started again: nothing is lost, nothing stays unsealed, and the order holds."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    servers = [start_server(), start_server()]
    portfolios = [servers[0].create_portfolio() for _ in range(4)]
    expected, failures = [], []

    def rest(number):
        chance = random.Random(seed + number)
        mine = 0
        try:
            for i in range(40):
                lot = lot_body(chance.choice(portfolios), quantity=chance.randrange(1, 9))
                server = servers[0] if number % 2 else servers[chance.randrange(2)]
                try:
                    answer = server.request("POST", "/investments", json=lot)
                except (OSError, http.client.HTTPException):
                    continue  # the one that was killed, perhaps within its answer
                mine += answer[0] == 201
            expected.append(mine)
        except Exception as failure:  # pylint: disable=broad-except
            failures.append(failure)

    def hand(number):
        chance = random.Random(seed + number)
        # Its own ones: two that change each other's rows in an order of their own come to a deadlock.
        change = f"UPDATE customers SET name = 'y' WHERE name = 'x' AND email LIKE '{number}-%'"
        try:
            connection = psycopg2.connect(postgres.superuser_url)
            for i in range(30):
                with connection.cursor() as cursor:
                    for _ in range(chance.randrange(1, 4)):
                        cursor.execute(
                            "INSERT INTO customers (name, email) VALUES ('x', %s)", (f"{number}-{chance.random()}@x",)
                        )
                        if chance.random() < 0.3:
                            cursor.execute(f"SAVEPOINT s; {change}")
                            cursor.execute(chance.choice(["ROLLBACK TO s", "RELEASE s"]))
                        cursor.execute("SELECT pg_sleep(%s)", (chance.random() * 0.02,))
                (connection.commit if chance.random() < 0.7 else connection.rollback)()
            connection.close()
        except Exception as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=rest, args=(i,)) for i in range(4)]
    threads += [threading.Thread(target=hand, args=(10 + i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: servers[1].metric("pf_audit_position") > 20, what=lambda: "some sealed rows")
    servers[1].kill()
    assert audit(postgres, "verify").returncode == 0  # in the middle of it
    servers[1].start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
    done = audit(postgres, "verify")
    assert (done.returncode, ", 0 wait" in done.stdout) == (0, True), done.stdout
    lots, = postgres.execute("SELECT count(*) FROM investments")[0]
    told, = postgres.execute("SELECT count(*) FROM audit_log WHERE entity = 'investments' AND action = 'insert'")[0]
    assert told == lots >= sum(expected) > 0
    customers = "SELECT count(*), count(*) FILTER (WHERE c.customer_id IS NULL) FROM audit_log l LEFT JOIN customers c "
    customers += "ON c.customer_id::text = l.entity_id WHERE l.entity = 'customers' AND l.action = 'insert'"
    assert postgres.execute(customers)[0] == (postgres.execute("SELECT count(*) FROM customers")[0][0], 0)


def test_a_killed_database_keeps_what_was_answered(start_server, postgres):
    postgres.execute("CHECKPOINT")  # a sequence of a database made of a template forgets its first numbers else
    server = start_server()
    portfolio_id = server.create_portfolio()
    for i in range(5):
        server.json("POST", "/investments", lot_body(portfolio_id), expect=201)
    postgres.kill()
    postgres.start()
    wait_until(lambda: server.request("GET", "/customers")[0] == 200, what=lambda: "a database that is back")
    server.json("POST", "/investments", lot_body(portfolio_id), expect=201)
    # What the server writes on its own meanwhile would hold the last row up.
    wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
    done = audit(postgres, "verify")
    assert done.returncode == 0 and done.stdout.startswith("9 rows judged"), done.stdout
