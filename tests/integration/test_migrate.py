"""`portfoliod migrate`, and what the server does with a schema that is not its own."""

import hashlib
import os
import re
import threading

import psycopg2
import pytest

from support.process import ROOT
from support.server import Server, migrate, run_program
from support.waiting import wait_until

FILES = sorted(name for name in os.listdir(os.path.join(ROOT, "schema")) if name.endswith(".sql"))


def run_migrate(database):
    return run_program("migrate", settings={"DATABASE_URL": database.url})


def test_every_file_is_applied_once_with_its_checksum(portfoliod, empty_database):
    first = run_migrate(empty_database)
    assert first.returncode == 0, first.stderr
    for name in FILES:
        assert f"applied {name[:-4]} " in first.stdout
    again = run_migrate(empty_database)
    assert again.returncode == 0
    assert "applied 0" not in again.stdout.replace("(0 applied now)", "")
    rows = empty_database.execute("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
    expected = []
    for number, name in enumerate(FILES, 1):
        with open(os.path.join(ROOT, "schema", name), "rb") as file:
            expected.append((number, name[:-4], hashlib.sha256(file.read()).hexdigest()))
    assert rows == expected


def test_files_are_numbered_without_a_gap():
    for number, name in enumerate(FILES, 1):
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.sql", name)


def test_many_at_once_wait_for_each_other(portfoliod, empty_database):
    done = []
    threads = [threading.Thread(target=lambda: done.append(run_migrate(empty_database))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]
    assert sum(f"applied {FILES[0][:-4]} " in one.stdout for one in done) == 1


def test_a_changed_file_is_refused(portfoliod, empty_database):
    migrate(empty_database.url)
    empty_database.execute("UPDATE schema_migrations SET checksum = repeat('0', 64) WHERE version = 1")
    done = run_migrate(empty_database)
    assert done.returncode != 0
    assert "checksum" in done.stderr and FILES[0][:-4] in done.stderr


def test_a_newer_database_is_refused(portfoliod, empty_database):
    migrate(empty_database.url)
    empty_database.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_later', 'x')")
    done = run_migrate(empty_database)
    assert done.returncode != 0
    assert "newer than this program" in done.stderr


def test_a_gap_is_refused(portfoliod, empty_database):
    migrate(empty_database.url)
    empty_database.execute("DELETE FROM schema_migrations WHERE version = 1")
    assert run_migrate(empty_database).returncode != 0


def test_a_file_that_fails_leaves_nothing(portfoliod, empty_database):
    # Owned by the program's role, so that only the name is in the way.
    empty_database.execute("CREATE TABLE position_versions (x integer)")
    done = run_migrate(empty_database)
    assert done.returncode != 0
    assert "position_versions" in done.stderr
    assert empty_database.execute("SELECT to_regclass('customers')") == [(None,)]
    assert empty_database.execute("SELECT count(*) FROM schema_migrations") == [(0,)]
    empty_database.execute("DROP TABLE position_versions")
    migrate(empty_database.url)


def test_another_encoding_is_refused(portfoliod, postgres_cluster):
    postgres_cluster.execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        done = run_program("migrate", settings={"DATABASE_URL": postgres_cluster.url("latin")})
        assert done.returncode != 0
        assert "UTF8" in done.stderr
    finally:
        postgres_cluster.execute("DROP DATABASE latin")


def test_no_database_is_said_plainly(portfoliod, postgres_cluster):
    done = run_program("migrate", settings={"DATABASE_URL": postgres_cluster.url("absent")})
    assert done.returncode != 0
    assert 'database "absent" does not exist' in done.stderr


@pytest.fixture
def unmigrated_server(portfoliod, empty_database):
    server = Server(DATABASE_URL=empty_database.url, PROVIDERS="none")
    yield server
    server.stop()


def postgresql_state(server):
    return server.health()["postgresql"]["state"] if server.request("GET", "/health")[0] == 200 else None


def test_a_server_waits_for_the_schema(unmigrated_server, empty_database):
    server = unmigrated_server
    # By the store: the others find it out for themselves.
    wait_until(
        lambda: "store" in [event["by"] for event in server.log_events("postgresql.schema_refused")], what="the refusal"
    )
    status, _, body = server.request("GET", "/health")
    assert status == 503 and b'"state":"schema_older"' in body
    status, headers, _ = server.request("GET", "/customers")
    assert status == 503 and "retry-after" in headers
    migrate(empty_database.url)
    wait_until(lambda: server.request("GET", "/customers")[0] == 200, what="customers after the migration")
    wait_until(lambda: postgresql_state(server) == "up", what="a healthy server")


def test_a_server_refuses_a_newer_schema(portfoliod, empty_database):
    migrate(empty_database.url)
    empty_database.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_later', 'x')")
    server = Server(DATABASE_URL=empty_database.url, PROVIDERS="none")
    try:
        event = server.wait_for_log("postgresql.schema_refused")
        assert event["state"] == "schema_newer"

        def has_tried_again():
            assert server.request("GET", "/customers")[0] == 503
            return server.metric("pf_db_connects_failed_total") >= 6

        # Told once, not at each of the attempts that follow.
        wait_until(has_tried_again, what="more attempts")
        events = server.log_events("postgresql.schema_refused")
        assert len([event for event in events if event["by"] == "store"]) == 1
    finally:
        server.stop()


def test_schema_survives_a_dump(portfoliod, empty_database, postgres_cluster):
    """What the triggers keep in rows is data: a restored database counts on from it."""
    migrate(empty_database.url)
    connection = psycopg2.connect(empty_database.url)
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers (name, email) VALUES ('A', 'a@example.com') RETURNING customer_id")
        cursor.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type, version)"
            " VALUES (%s, 'P', 'IRA', 41) RETURNING portfolio_id",
            cursor.fetchone(),
        )
        portfolio_id = cursor.fetchone()[0]
    with connection, connection.cursor() as cursor:
        # The same transaction number as a restored row may have, at another time.
        cursor.execute("ALTER TABLE portfolios DISABLE TRIGGER portfolios_count_version")
        cursor.execute("UPDATE portfolios SET counted_by = pg_current_xact_id(), counted_at = '2001-01-01'")
        cursor.execute("ALTER TABLE portfolios ENABLE TRIGGER portfolios_count_version")
        cursor.execute("UPDATE portfolios SET portfolio_name = 'Q' WHERE portfolio_id = %s RETURNING version", (portfolio_id,))
        assert cursor.fetchone() == (42,)
    connection.close()
