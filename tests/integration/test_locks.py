"""Locks that other transactions hold: a request that needs one waits, and keeps nobody else waiting."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg2
import pytest

from support.rest import loads, lot_body, problem
from support.waiting import wait_until

GATE = 4711
HEADER = "ticker_symbol,quantity,purchase_price,purchase_date\n"


@contextmanager
def holding(postgres, sql, *params):
    """A transaction that has run `sql` and keeps its locks until the end of the block."""
    with closing(psycopg2.connect(postgres.superuser_url)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
        yield
        connection.rollback()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as executor:
        yield executor


def stepped_aside_n(server):
    return server.metric("pf_db_jobs_locked_total")


def post_lot(server, portfolio_id, **fields):
    return server.request("POST", "/investments", json=lot_body(portfolio_id, **fields))


def test_a_portfolio_that_is_locked_keeps_nobody_else_waiting(start_server, postgres, pool):
    server = start_server(WORKERS=2, STATEMENT_TIMEOUT_MS=60000)
    locked, other = server.create_portfolio(), server.create_portfolio()
    lot, gone = server.create_investment(locked, "AAPL", 1, 1), server.create_investment(locked, "AAPL", 1, 1)
    with holding(postgres, "SELECT FROM portfolios WHERE portfolio_id = %s FOR UPDATE", locked):
        waiting = [pool.submit(post_lot, server, locked) for _ in range(8)]
        waiting.append(pool.submit(server.request, "PUT", f"/investments/{lot}", json=lot_body(locked, quantity=7)))
        waiting.append(pool.submit(server.request, "DELETE", f"/investments/{gone}"))
        # Each of them has met the lock, most of them again and again.
        wait_until(lambda: stepped_aside_n(server) >= 30, what="writers that step aside")
        for number in range(5):
            assert post_lot(server, other, quantity=number + 1)[0] == 201
            assert server.json("GET", f"/portfolios/{other}/valuation")
            assert server.json("GET", f"/portfolios/{locked}")["version"] == 3
        assert not any(answer.done() for answer in waiting)
        assert postgres.execute("SELECT count(*) FROM investments WHERE portfolio_id = %s", locked) == [(2,)]
    answers = [answer.result() for answer in waiting]
    assert [answer[0] for answer in answers] == [201] * 8 + [200, 204], answers
    sums = "SELECT count(*), sum(quantity) FROM investments WHERE portfolio_id = %s"
    assert postgres.execute(sums, locked) == [(9, 7 + 8 * 1)]


def test_a_table_that_is_locked_keeps_nobody_else_waiting(start_server, postgres, pool):
    server = start_server(WORKERS=2, STATEMENT_TIMEOUT_MS=60000)
    portfolio_id = server.create_portfolio()
    with holding(postgres, "LOCK TABLE customers"):
        waiting = [pool.submit(server.request, "GET", "/customers") for _ in range(6)]
        wait_until(lambda: stepped_aside_n(server) >= 12, what="readers that step aside")
        assert post_lot(server, portfolio_id)[0] == 201
        assert not any(answer.done() for answer in waiting)
    assert {answer.result()[0] for answer in waiting} == {200}


def test_who_met_a_lock_for_too_long_is_told_to_come_again(start_server, postgres):
    portfolio_id = start_server().create_portfolio()
    server = start_server(STATEMENT_TIMEOUT_MS=400)
    with holding(postgres, "SELECT FROM portfolios FOR UPDATE"):
        answer = post_lot(server, portfolio_id)
        problem(answer, 503, "unavailable")
        assert int(answer[1]["retry-after"]) >= 1
        assert stepped_aside_n(server) >= 1
    assert postgres.execute("SELECT count(*) FROM investments") == [(0,)]
    # Again, until a slow run is no slower than its statements may be.
    wait_until(lambda: post_lot(server, portfolio_id)[0] == 201, what="a lot that is taken")
    assert postgres.execute("SELECT count(*) FROM investments") == [(1,)]
    wait_until(lambda: server.metric("pf_db_queue") == 0, what="an empty queue")


def test_a_key_s_second_request_waits_for_the_first(start_server, postgres, pool):
    """The one that holds the key is held up; the others step aside and get its answer."""
    server = start_server(WORKERS=2, STATEMENT_TIMEOUT_MS=60000)
    portfolio_id = server.create_portfolio()
    post = lambda: server.request(
        "POST", "/investments", json=lot_body(portfolio_id), headers={"Idempotency-Key": "k"}
    )
    with holding(postgres, "SELECT FROM portfolios FOR UPDATE"):
        waiting = [pool.submit(post) for _ in range(3)]
        wait_until(lambda: stepped_aside_n(server) >= 6, what="requests that step aside")
    answers = [answer.result() for answer in waiting]
    assert {answer[0] for answer in answers} == {201} and len({answer[2] for answer in answers}) == 1
    assert postgres.execute("SELECT count(*) FROM investments") == [(1,)]


@pytest.fixture
def gate(postgres):
    """A lot of the symbol GATE is not inserted while somebody holds the lock GATE."""
    postgres.execute(
        "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.ticker_symbol = 'GATE' THEN PERFORM pg_advisory_xact_lock_shared({GATE}); END IF;"
        " RETURN NEW; END $$"
    )
    postgres.execute("CREATE TRIGGER gate BEFORE INSERT ON investments FOR EACH ROW EXECUTE FUNCTION wait_at_gate()")
    return f"SELECT pg_advisory_xact_lock({GATE})"


def wait_at_gate(postgres):
    sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    wait_until(lambda: postgres.execute(sql) == [(1,)], what="the import at the gate")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_an_import_does_not_hold_the_portfolio(server, postgres, pool, gate, headers):
    """Others write while it is under way; what it had found out by then is found out anew."""
    portfolio_id = server.create_portfolio()
    server.create_investment(server.create_portfolio(), "AAPL", 1, 1)  # a symbol that is new to all is added once
    path = f"/portfolios/{portfolio_id}/investments/import"
    text = HEADER + "AAPL,10,150,2024-01-02\nGATE,1,1,2024-01-02\nAAPL,10,150,2024-01-02\n"
    importing = lambda: server.request("POST", path, body=text.encode(), headers={"Content-Type": "text/csv", **headers})
    with holding(postgres, gate):
        answer = pool.submit(importing)
        wait_at_gate(postgres)
        same = dict(ticker_symbol="AAPL", quantity=10, purchase_price=150, purchase_date="2024-01-02")
        mine = post_lot(server, portfolio_id, **same)
        assert mine[0] == 201 and stepped_aside_n(server) == 0
        assert not answer.done()
    answer = answer.result()
    assert answer[0] == 200, answer
    document = loads(answer)
    # Of the two equal lots of the file the first is the one that somebody entered meanwhile.
    assert (document["created"], document["duplicates"]) == (2, 1)
    assert [row["status"] for row in document["rows"]] == ["duplicate", "created", "created"]
    assert document["rows"][0]["investment_id"] == loads(mine)["investment_id"]
    assert postgres.execute("SELECT count(*) FROM investments WHERE portfolio_id = %s", portfolio_id) == [(3,)]
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 3
    assert loads(importing())["created"] == (2 if headers else 0)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_an_import_does_not_hold_a_new_symbol(server, postgres, pool, gate, headers):
    """What is new to the whole database is there for all as soon as it is added."""
    portfolio_id, other = server.create_portfolio(), server.create_portfolio()
    text = HEADER + "BRANDNEW,10,150,2024-01-02\nGATE,1,1,2024-01-02\n"
    headers = {"Content-Type": "text/csv", **headers}
    path = f"/portfolios/{portfolio_id}/investments/import"
    with holding(postgres, gate):
        answer = pool.submit(server.request, "POST", path, body=text.encode(), headers=headers)
        wait_at_gate(postgres)
        assert post_lot(server, other, ticker_symbol="BRANDNEW")[0] == 201
        assert stepped_aside_n(server) == 0 and not answer.done()
    assert loads(answer.result())["created"] == 2


def test_a_bound_that_others_reach_during_an_import_holds(server, postgres, pool, gate):
    """60e9 and 40e9 are past 90e9 together: whoever is second is refused."""
    portfolio_id = server.create_portfolio()
    path = f"/portfolios/{portfolio_id}/investments/import"
    text = HEADER + "GATE,60000000000,1,2024-01-02\n"
    postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('GATE')")
    with holding(postgres, gate):
        answer = pool.submit(server.request, "POST", path, body=text.encode(), headers={"Content-Type": "text/csv"})
        wait_at_gate(postgres)
        other = dict(ticker_symbol="GATF", quantity=40000000000, purchase_price=1)
        assert post_lot(server, portfolio_id, **other)[0] == 201
        postgres.execute("UPDATE investments SET ticker_symbol = 'GATE'")
    problem(answer.result(), 422, "invalid_field")
    assert postgres.execute("SELECT count(*) FROM investments") == [(1,)]
