"""REST: Idempotency-Key. A request that is sent again creates nothing again."""

import http.client
import threading

import psycopg2
import pytest

from support.rest import UNKNOWN, loads, lot_body, problem, wrong_fields
from support.waiting import wait_until

LOCK = 4711
# What a response is made of; the ids of requests differ.
SAME_HEADERS = ("etag", "location", "content-type", "content-length")

# Stops a writer where the test wants it: after its commit, before its answer …
WAIT_AFTER_COMMIT = f"""
    CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END; $$;
    CREATE TRIGGER test_wait BEFORE UPDATE OF status ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION test_wait();
"""
# … and in the middle of its COMMIT.
WAIT_IN_COMMIT = f"""
    CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NULL; END; $$;
    CREATE CONSTRAINT TRIGGER test_wait AFTER INSERT ON customers DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION test_wait();
"""


PATIENT = {"LOCK_TIMEOUT_MS": 60000, "STATEMENT_TIMEOUT_MS": 60000}  # who waits at the gate stays there


@pytest.fixture
def server(start_server):
    return start_server(**PATIENT)


def post(server, path, body, key):
    return server.request("POST", path, json=body, headers={"Idempotency-Key": key})


def ada(**changes):
    return {"name": "Ada", "email": "ada@example.com", **changes}


def essence(answer):
    return answer[0], [answer[1].get(name) for name in SAME_HEADERS], answer[2]


def is_replayed(answer):
    assert answer[1].get("idempotency-replayed", "true") == "true"
    return "idempotency-replayed" in answer[1]


class Gate:
    """Holds writers up at the trigger until it is opened."""

    def __init__(self, postgres, sql):
        self._postgres = postgres
        postgres.execute(sql)
        self._session = psycopg2.connect(postgres.url)
        self._session.autocommit = True
        with self._session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))

    def waiting(self):
        rows = self._postgres.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", LOCK)
        return [pid for (pid,) in rows]

    def wait_for(self, count=1):
        wait_until(lambda: len(self.waiting()) == count, what="the writers at the gate")

    def cut(self):
        """Whoever waits is gone, and what it has not committed with it."""
        for pid in self.waiting():
            self._postgres.execute("SELECT pg_terminate_backend(%s)", pid)
        wait_until(lambda: not self.waiting(), what="the end of the waiting")

    def open(self):
        self._session.close()


@pytest.fixture
def gate(postgres):
    gates = []

    def make(sql):
        gates.append(Gate(postgres, sql))
        return gates[-1]

    yield make
    for each in gates:
        each.open()


def in_background(function, *arguments):
    """A thread whose `.answer` is what the function gave; None when the server died meanwhile."""

    def run():
        try:
            thread.answer = function(*arguments)
        except (ConnectionError, http.client.HTTPException):
            thread.answer = None

    thread = threading.Thread(target=run, daemon=True)
    thread.answer = None
    thread.start()
    return thread


def answer_of(thread):
    thread.join(timeout=30)
    assert not thread.is_alive()
    return thread.answer


def customers_n(postgres):
    return postgres.execute("SELECT count(*) FROM customers")[0][0]


def test_the_same_key_and_body_is_answered_the_same(server, postgres):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    server.put_price("AAPL", 5)
    bodies = {
        "/customers": ada(),
        "/portfolios": {"customer_id": customer_id, "portfolio_name": "P", "portfolio_type": "IRA"},
        "/investments": lot_body(portfolio_id),
    }
    for number, (path, body) in enumerate(bodies.items()):
        first = post(server, path, body, f"key-{number}")
        assert first[0] == 201 and not is_replayed(first)
        # What it created is changed, the price too: the answer stays what it was.
        server.put_price("AAPL", 7)
        change = {name: value for name, value in body.items() if name != "email"}
        server.json("PUT", first[1]["location"], {**ada(email="b@example.com"), **change, "quantity": 3})
        again = post(server, path, body, f"key-{number}")
        assert is_replayed(again) and essence(again) == essence(first)
        assert again[1]["x-request-id"] != first[1]["x-request-id"]
    assert postgres.execute("SELECT (SELECT count(*) FROM portfolios), (SELECT count(*) FROM investments)") == [(2, 1)]
    assert customers_n(postgres) == 2
    assert server.metric("pf_idempotency_replays_total") == 3


def test_a_key_belongs_to_one_request(server, postgres):
    assert post(server, "/customers", ada(), "k")[0] == 201
    others = [
        ("/customers", ada(name="Bob")),
        ("/customers?x=1", ada()),
        ("/portfolios", {"customer_id": UNKNOWN, "portfolio_name": "P", "portfolio_type": "IRA"}),
    ]
    for path, body in others:
        document = problem(post(server, path, body, "k"), 409, "conflict")
        assert [error["field"] for error in document["errors"]] == ["Idempotency-Key"]
    assert customers_n(postgres) == 1
    assert server.metric("pf_idempotency_refused_total") == len(others)
    assert post(server, "/customers", ada(), "k")[0] == 201


@pytest.mark.parametrize("key", ["", "two words", "k\u00e9y".encode().decode("latin-1"), "x" * 256])
def test_a_bad_key_is_refused(server, postgres, key):
    assert wrong_fields(post(server, "/customers", ada(), key)) == {"Idempotency-Key": "invalid_field"}
    assert customers_n(postgres) == 0


def test_the_longest_key_is_accepted(server):
    key = "".join(chr(33 + n % 94) for n in range(255))
    assert essence(post(server, "/customers", ada(), key)) == essence(post(server, "/customers", ada(), key))


def test_a_refusal_is_not_kept(server, postgres):
    server.create_customer(email="ada@example.com")
    assert problem(post(server, "/customers", ada(), "k"), 409, "conflict")["errors"][0]["field"] == "email"
    wrong_fields(post(server, "/customers", ada(email="nobody"), "k"))
    wrong_fields(post(server, "/investments", lot_body(UNKNOWN), "k"))
    assert postgres.execute("SELECT count(*) FROM idempotency_keys") == [(0,)]
    postgres.execute("DELETE FROM customers")
    assert not is_replayed(post(server, "/customers", ada(), "k"))
    assert customers_n(postgres) == 1


@pytest.mark.threads
def test_concurrent_duplicates_create_one(start_server, postgres, gate):
    server = start_server(LOOPS=2, **PATIENT)
    commit = gate(WAIT_IN_COMMIT)
    threads = [in_background(post, server, "/customers", ada(), "k") for _ in range(3)]
    commit.wait_for(1)
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid' AND datname = current_database()"
    wait_until(lambda: postgres.execute(blocked) == [(2,)], what="the duplicates waiting for the first")
    commit.open()
    answers = [answer_of(thread) for thread in threads]
    assert {answer[0] for answer in answers} == {201}
    assert len({answer[2] for answer in answers}) == 1
    assert sorted(is_replayed(answer) for answer in answers) == [False, True, True]
    assert customers_n(postgres) == 1


@pytest.mark.parametrize("is_cut", [True, False])
def test_killed_between_commit_and_answer(server, postgres, gate, is_cut):
    portfolio_id = server.create_portfolio()
    answering = gate(WAIT_AFTER_COMMIT)
    body = lot_body(portfolio_id)
    thread = in_background(post, server, "/investments", body, "k")
    answering.wait_for(1)
    created = postgres.execute("SELECT investment_id::text FROM investments")
    assert len(created) == 1
    server.kill()
    assert answer_of(thread) is None
    if is_cut:
        answering.cut()
    answering.open()
    server.start()
    again = post(server, "/investments", body, "k")
    assert again[0] == 201 and is_replayed(again)
    assert [(loads(again)["investment_id"],)] == created
    assert again[1]["location"] == f"/investments/{created[0][0]}"
    assert essence(post(server, "/investments", body, "k")) == essence(again)
    assert postgres.execute("SELECT count(*) FROM investments") == [(1,)]


@pytest.mark.parametrize("is_cut", [True, False])
def test_killed_during_the_commit(server, postgres, gate, is_cut):
    commit = gate(WAIT_IN_COMMIT)
    thread = in_background(post, server, "/customers", ada(), "k")
    commit.wait_for(1)
    server.kill()
    assert answer_of(thread) is None
    if is_cut:
        commit.cut()
    commit.open()
    server.start()
    again = post(server, "/customers", ada(), "k")
    assert again[0] == 201 and is_replayed(again) is not is_cut
    assert customers_n(postgres) == 1


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(server, postgres):
    postgres.execute("ALTER TABLE idempotency_keys ADD CONSTRAINT test_full CHECK (body IS NULL)")
    first = post(server, "/customers", ada(), "k")
    assert first[0] == 201 and not is_replayed(first)
    server.wait_for_log("request.answer_not_kept")
    again = post(server, "/customers", ada(), "k")
    assert is_replayed(again) and essence(again) == essence(first)
    server.json("DELETE", first[1]["location"], expect=204)
    problem(post(server, "/customers", ada(), "k"), 409, "conflict")
    assert customers_n(postgres) == 0


def test_a_key_that_came_of_age_is_free_again(server, postgres):
    first = post(server, "/customers", ada(), "k")
    postgres.execute("UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'")
    second = post(server, "/customers", ada(email="b@example.com"), "k")
    assert second[0] == 201 and not is_replayed(second)
    assert loads(first)["customer_id"] != loads(second)["customer_id"]
    assert essence(post(server, "/customers", ada(email="b@example.com"), "k")) == essence(second)


def test_old_keys_are_swept(start_server, postgres):
    server = start_server(IDEMPOTENCY_KEEP_S=1)
    post(server, "/customers", ada(), "k")
    wait_until(lambda: postgres.execute("SELECT count(*) FROM idempotency_keys") == [(0,)], what="the sweep")
    wait_until(lambda: server.metric("pf_idempotency_swept_total") == 1, what="its count")
    assert customers_n(postgres) == 1
