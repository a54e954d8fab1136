"""The store against a PostgreSQL that is away, slow, cut off or busy: what a
client is told is what happened, and nobody waits for ever."""

import http.client
import json
import os
import signal
import threading
from contextlib import closing, contextmanager
from decimal import Decimal

import psycopg2
import pytest
from test_rest import lot_body, problem, tag

from support.frozen import frozen
from support.postgres_gate import PostgresGate
from support.waiting import wait_until

GATE = 4711  # the advisory lock that holds a COMMIT back


@pytest.fixture
def server(start_server):
    """One whose jobs do not step aside, so that it can be seen who waits; tests/integration/test_locks.py is about that."""
    return start_server(LOCK_TIMEOUT_MS=60000, STATEMENT_TIMEOUT_MS=60000)


def is_healthy(server):
    return server.request("GET", "/health")[0] == 200


def wait_healthy(server):
    wait_until(lambda: is_healthy(server), what=lambda: f"a healthy server; its log:\n{server.log[-3000:]}\nit")


def waiting_pids(postgres):
    rows = postgres.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'portfoliod'"
        " AND wait_event_type = 'Lock'",
        postgres.name,
    )
    return [pid for (pid,) in rows]


def is_waiting(postgres, pid):
    return bool(postgres.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", pid))


class Asking:
    """A request on a thread of its own."""

    def __init__(self, server, *arguments, **options):
        self._answer = None
        self._thread = threading.Thread(target=self._run, args=(server, arguments, options))
        self._thread.start()

    def _run(self, server, arguments, options):
        self._answer = server.request(*arguments, **options)

    @property
    def is_waiting(self):
        return self._thread.is_alive()

    def answer(self):
        self._thread.join()
        return self._answer


@contextmanager
def holding(postgres, sql, *params):
    """A transaction that has run `sql` and keeps its locks until the end of the block."""
    with closing(psycopg2.connect(postgres.superuser_url)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
        yield
        connection.rollback()


# --- away ---


def test_postgresql_may_be_down_at_the_start(start_server, postgres):
    postgres.stop()
    server = start_server()
    server.wait_for_log("postgresql.unavailable")
    answer = server.request("GET", "/health")
    assert answer[0] == 503 and json.loads(answer[2])["postgresql"]["state"] == "down"
    for method, path, body in (
        ("GET", "/customers", None),
        ("POST", "/customers", {"name": "A", "email": "a@example.com"}),
        ("PUT", "/assets/AAPL/price", {"price": 1}),
    ):
        answer = server.request(method, path, json=body)
        problem(answer, 503, "unavailable")
        assert int(answer[1]["retry-after"]) >= 1
    # What a body lacks is said all the same.
    problem(server.request("POST", "/customers", json={}), 422, "missing_field")
    postgres.start()
    wait_healthy(server)
    server.create_customer()


def test_health_follows_postgresql_without_other_traffic(server, postgres):
    wait_healthy(server)
    postgres.kill()
    wait_until(lambda: not is_healthy(server), what="an unhealthy server")
    failed_n = server.metric("pf_db_connects_failed_total")
    wait_until(lambda: server.metric("pf_db_connects_failed_total") > failed_n + 1, what="more attempts that fail")
    # Each change, once: a process of PostgreSQL may have answered after another one's end was seen.
    events = [event for event in server.log_events() if event.get("by") == "store"]
    told = [event["event"] for event in events if event["event"] in ("postgresql.connected", "postgresql.unavailable")]
    assert told[::2] == ["postgresql.connected"] * (len(told) // 2)
    assert told[1::2] == ["postgresql.unavailable"] * (len(told) // 2)
    postgres.start()
    wait_healthy(server)
    server.create_customer()


@pytest.mark.parametrize("how", ["restart", "terminate_connections"])
def test_a_connection_that_was_closed_costs_no_request(start_server, postgres, how):
    server = start_server(WORKERS=2)
    connections = lambda: json.loads(server.request("GET", "/health")[2])["postgresql"]["connections"]
    wait_until(lambda: connections() == 2, what="both workers connected")
    for _ in range(3):
        getattr(postgres, how)()
        wait_healthy(server)  # what the server does by itself may have met a database that was away
        for _ in range(6):
            server.create_customer()


@pytest.fixture(name="gate")
def gate_to_postgres(postgres_cluster):
    it = PostgresGate(postgres_cluster)
    yield it
    it.stop()


SETTINGS, SCHEMA = "db.settings", "migrate.highest"  # what a new connection is asked first, and next


@pytest.fixture(name="fronted")
def server_behind_the_gate(start_server, postgres, gate):
    """Its one worker has said `customers.insert`, so that its connection is known."""
    server = start_server(WORKERS=1, DATABASE_URL=gate.url(postgres))
    wait_healthy(server)
    server.create_customer()
    return server


@pytest.mark.parametrize("word", [SETTINGS, SCHEMA])
def test_a_connection_that_is_closed_while_it_is_set_up_costs_no_request(fronted, gate, word):
    gate.cut_at(word, 1)
    assert gate.cut_who_said("customers.insert") == 1
    fronted.create_customer()
    assert gate.cuts_n == 1


def test_a_price_that_was_published_and_not_kept_is_told_as_that(fronted, gate, postgres):
    """On the bus it is; that it was stored cannot be said, and nothing in the audit log says who did it."""
    fronted.put_price("AAPL", 10)
    gate.cut_at("assets.save_prices", 1000)  # whoever stores it, and the attempt after it as well
    headers = {"X-Request-Id": "the-price-by-hand"}
    body = {"price": 11, "currency": "USD"}
    problem(fronted.request("PUT", "/assets/AAPL/price", json=body, headers=headers), 503, "outcome_unknown")
    event = fronted.wait_for_log("price.not_kept")
    assert (event["level"], event["request_id"]) == ("warn", "the-price-by-hand")
    assert fronted.json("GET", "/assets/AAPL/price")["price"] == 11
    assert postgres.execute("SELECT count(*) FROM audit_log WHERE request_id = 'the-price-by-hand'") == [(0,)]
    gate.cut_at("assets.save_prices", 0)
    wait_healthy(fronted)


def failed_attempts(server, gate, at_least):
    """Lets it try in vain; (failures, connections that were set up so far for them)."""
    before, setups = server.metric("pf_db_connects_failed_total"), gate.said_n(SETTINGS)
    assert gate.cut_who_said("customers.insert") == 1

    def has_failed():
        problem(server.request("GET", "/customers"), 503, "unavailable")
        return server.metric("pf_db_connects_failed_total") - before >= at_least

    wait_until(has_failed, what="failed attempts")

    def both():
        """Of one moment: no attempt failed while they were read."""
        failed = server.metric("pf_db_connects_failed_total") - before
        setups_n = gate.said_n(SETTINGS) - setups
        return (failed, setups_n) if server.metric("pf_db_connects_failed_total") - before == failed else None

    return wait_until(both, what="a pause between attempts")


def test_a_connection_that_is_always_closed_is_set_up_twice_an_attempt(fronted, gate):
    gate.cut_at(SETTINGS, 1000)
    failed, setups_n = failed_attempts(fronted, gate, 4)
    assert 2 * failed - 2 <= setups_n <= 2 * failed + 2  # one may be under way
    assert "closed the connection" in fronted.wait_for_log("postgresql.unavailable")["reason"]
    gate.cut_at(SETTINGS, 0)
    wait_healthy(fronted)


def test_another_schema_is_looked_at_once_an_attempt(fronted, gate, postgres):
    """It is there, and says what it says; that a connection was closed before makes it no other."""
    postgres.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_later', 'x')")
    failed, setups_n = failed_attempts(fronted, gate, 4)
    assert setups_n <= failed + 1
    assert fronted.wait_for_log("postgresql.schema_refused")["state"] == "schema_newer"
    postgres.execute("DELETE FROM schema_migrations WHERE version = 9999")
    wait_healthy(fronted)


def test_nobody_is_kept_waiting_by_a_backoff(start_server, postgres):
    """With PostgreSQL away for long, requests are refused, not queued."""
    server = start_server(WORKERS=1)
    wait_healthy(server)
    postgres.stop()
    before = None
    for _ in range(50):
        problem(server.request("GET", "/customers"), 503, "unavailable")
        before = before or server.metric("pf_db_connects_failed_total")
    # Far fewer attempts than requests.
    assert server.metric("pf_db_connects_failed_total") < before + 25
    postgres.start()
    wait_healthy(server)


# --- slow ---


def test_a_statement_that_takes_too_long_is_cancelled(start_server, postgres):
    server = start_server(STATEMENT_TIMEOUT_MS=300)
    # Without the server, which may find any statement too long on a busy machine.
    postgres.execute("INSERT INTO customers (name, email) VALUES ('Ada', 'ada@example.com')")
    with holding(postgres, "LOCK TABLE customers"):
        answer = server.request("POST", "/customers", json={"name": "B", "email": "b@example.com"})
        problem(answer, 503, "unavailable")
        problem(server.request("GET", "/customers"), 503, "unavailable")
    wait_until(lambda: server.request("GET", "/customers")[0] == 200, what="customers once nobody holds them")
    assert postgres.execute("SELECT email FROM customers") == [("ada@example.com",)]


def test_a_server_process_that_stands_still_costs_a_bounded_time(start_server, postgres):
    server = start_server(STATEMENT_TIMEOUT_MS=300, WORKERS=1)
    wait_healthy(server)
    postgres.execute("INSERT INTO customers (name, email) VALUES ('Ada', 'ada@example.com')")
    with frozen(postgres) as freeze:
        # The postmaster too: else one of the server's own jobs might find out first, and the request a new connection.
        postmaster = freeze()[0]
        # No answer, not even to BEGIN: nothing can have been written.
        answer = server.request("POST", "/customers", json={"name": "B", "email": "b@example.com"})
        problem(answer, 503, "unavailable")
        # With a new connection all is well again.
        os.kill(postmaster, signal.SIGCONT)
        wait_until(lambda: server.request("GET", "/customers")[0] == 200, what="customers over a new connection")
        assert postgres.execute("SELECT email FROM customers") == [("ada@example.com",)]


# --- lost on the way ---


@pytest.fixture
def gated(postgres):
    """Every COMMIT that changed lots waits while somebody holds the lock GATE."""
    postgres.execute(
        "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS"
        f" 'BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END'"
    )
    postgres.execute(
        "CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE ON investments DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION wait_at_gate()"
    )
    return postgres


def test_a_connection_lost_during_commit_is_outcome_unknown(server, gated):
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1)
    for method, path in (("POST", "/investments"), ("PUT", f"/investments/{lot}")):
        with holding(gated, f"SELECT pg_advisory_xact_lock({GATE})"):
            asking = Asking(server, method, path, json=lot_body(portfolio_id, quantity=2))
            pid = wait_until(lambda: waiting_pids(gated), what="a COMMIT at the gate")[0]
            assert gated.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", pid) == [("COMMIT",)]
            gated.execute("SELECT pg_terminate_backend(%s)", pid)
            answer = asking.answer()
        problem(answer, 503, "outcome_unknown")
        assert "retry-after" in answer[1]
    assert server.json("GET", f"/portfolios/{portfolio_id}/investments")["items"][0]["quantity"] == 1


def test_a_connection_lost_before_commit_is_tried_again(server, postgres):
    portfolio_id = server.create_portfolio()
    with holding(postgres, "SELECT FROM portfolios FOR UPDATE"):
        asking = Asking(server, "POST", "/investments", json=lot_body(portfolio_id))
        first = wait_until(lambda: waiting_pids(postgres), what="the write waiting")
        postgres.execute("SELECT pg_terminate_backend(%s)", first[0])
        wait_until(lambda: waiting_pids(postgres) not in ([], first), what="the write waiting again")
    assert asking.answer()[0] == 201
    assert len(server.json("GET", f"/portfolios/{portfolio_id}/investments")["items"]) == 1


def test_a_connection_lost_twice_before_commit_is_unavailable(server, postgres):
    portfolio_id = server.create_portfolio()
    with holding(postgres, "SELECT FROM portfolios FOR UPDATE"):
        asking = Asking(server, "POST", "/investments", json=lot_body(portfolio_id))
        first = wait_until(lambda: waiting_pids(postgres), what="the write waiting")
        postgres.execute("SELECT pg_terminate_backend(%s)", first[0])
        wait_until(lambda: waiting_pids(postgres) not in ([], first), what="the write waiting again")
        postgres.execute("SELECT pg_terminate_backend(%s)", waiting_pids(postgres)[0])
        problem(asking.answer(), 503, "unavailable")
    assert server.json("GET", f"/portfolios/{portfolio_id}/investments")["items"] == []
    server.create_investment(portfolio_id, "AAPL", 1, 1)


def test_a_deadlock_is_tried_again(server, postgres):
    """psql that locks lot, then portfolio, against a request that locks portfolio, then lot."""
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1)
    share = "SELECT FROM investments WHERE investment_id = %s FOR SHARE"
    with closing(psycopg2.connect(postgres.superuser_url)) as connection, connection.cursor() as cursor:
        # The request is the one that notices the deadlock. It looks for one once, a second after it has begun to wait:
        # so it waits for somebody else's lock first, and for ours when we wait for its.
        with holding(postgres, share, lot):
            cursor.execute("SET deadlock_timeout = '1h'")
            cursor.execute(share, (lot,))
            asking = Asking(server, "PUT", f"/investments/{lot}", json=lot_body(portfolio_id, quantity=5))
            wait_until(lambda: waiting_pids(postgres), what="the write waiting")
            portfolio = "SELECT FROM portfolios WHERE portfolio_id = %s FOR UPDATE"
            thread = threading.Thread(target=cursor.execute, args=(portfolio, (portfolio_id,)))
            thread.start()
            wait_until(lambda: is_waiting(postgres, connection.info.backend_pid), what="our waiting for it")
        thread.join()
        connection.rollback()
        assert asking.answer()[0] == 200
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 3


def test_a_client_that_leaves_does_not_undo_its_write(server, gated):
    portfolio_id = server.create_portfolio()
    valuation = f"/portfolios/{portfolio_id}/valuation"
    server.json("GET", valuation)
    with holding(gated, f"SELECT pg_advisory_xact_lock({GATE})"):
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        body = json.dumps(lot_body(portfolio_id))
        client.request("POST", "/investments", body=body, headers={"Content-Type": "application/json"})
        wait_until(lambda: waiting_pids(gated), what="a COMMIT at the gate")
        client.close()
        assert gated.execute("SELECT count(*) FROM investments") == [(0,)]
    wait_until(lambda: gated.execute("SELECT count(*) FROM investments") == [(1,)], what="the lot of who left")
    wait_until(lambda: server.json("GET", valuation)["data"]["positions"], what="the lot in the valuation")


# --- busy ---


def test_writers_of_one_portfolio_all_succeed(server):
    portfolio_id = server.create_portfolio()
    writers, each = 8, 10
    symbols = ("AAPL", "MSFT", "IBM")

    def write(number):
        for i in range(each):
            server.create_investment(portfolio_id, symbols[(number + i) % 3], number + 1, 1)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 1 + writers * each
    lots = server.json("GET", f"/portfolios/{portfolio_id}/investments?limit=1000")["items"]
    assert sum(lot["quantity"] for lot in lots) == each * sum(range(1, writers + 1))


def test_writers_together_cannot_pass_a_positions_bound(server):
    """Each of them fits, two do not: only one may succeed."""
    portfolio_id = server.create_portfolio()
    body = lot_body(portfolio_id, quantity=50000000000)
    asked = [Asking(server, "POST", "/investments", json=body) for _ in range(6)]
    assert sorted(one.answer()[0] for one in asked) == [201] + [422] * 5


def test_of_two_with_the_same_etag_one_wins(server, postgres):
    path = f"/customers/{server.create_customer()}"
    etag = tag(server.request("GET", path))
    with holding(postgres, "SELECT FROM customers FOR UPDATE"):
        asked = [
            Asking(server, "PUT", path, json={"name": name, "email": "a@example.com"}, headers={"If-Match": etag})
            for name in "ABC"
        ]
        wait_until(lambda: len(waiting_pids(postgres)) == 3, what="all three waiting")
    assert sorted(one.answer()[0] for one in asked) == [200, 412, 412]


# --- last prices ---


def test_a_newer_stored_price_is_not_overwritten(start_server, redis_server, postgres):
    redis_server.client.set("pf:leader", "another")  # or the leader might publish what is stored, at its start
    server = start_server()
    postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL')")
    postgres.execute(
        "INSERT INTO asset_prices (ticker_symbol, price, currency, session, as_of, source)"
        " VALUES ('AAPL', 7, 'USD', current_date, now() + interval '1 hour', 'replay')"
    )
    server.put_price("AAPL", 5)
    assert postgres.execute("SELECT price, source FROM asset_prices") == [(Decimal(7), "replay")]
    # The asset's currency was not known and is now.
    assert postgres.execute("SELECT currency FROM assets") == [("USD",)]
