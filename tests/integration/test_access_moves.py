"""A portfolio that gets another customer while a request of the first one's is under way."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg2
import pytest

from support.identity import Identities
from support.rest import UNKNOWN, loads, lot_body, problem
from support.waiting import DEADLINE_S, wait_until
from support.websocket import WebSocket
from test_locks import stepped_aside_n

CSV = "ticker_symbol,quantity,purchase_price,purchase_date\nEVIL,1,1,2020-01-02\n"
MOVE = "UPDATE portfolios SET customer_id = %s, portfolio_name = 'of Bob' WHERE portfolio_id = %s"


class World:
    def __init__(self, server, postgres):
        self.server, self.postgres = server, postgres
        people = Identities(postgres)
        self.first, self.second = people.customer("Ada"), people.customer("Bob")
        self.ada, self.admin = people.user(self.first).at(server), people.admin().at(server)
        self.portfolio_id = self.ada.create_portfolio(self.first, name="of Ada")
        self.investment_id = self.ada.create_investment(self.portfolio_id, "AAPL", 1, 10)

    def rows(self):
        portfolio = "SELECT customer_id, portfolio_name, portfolio_type FROM portfolios WHERE portfolio_id = %s"
        lots = "SELECT investment_id, ticker_symbol, quantity FROM investments WHERE portfolio_id = %s"
        return [self.postgres.execute(sql, self.portfolio_id) for sql in (portfolio, lots)]

    @contextmanager
    def moving(self):
        """Until the end of the block nobody knows of it, and who wants to write waits."""
        with closing(psycopg2.connect(self.postgres.superuser_url)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(MOVE, (self.second, self.portfolio_id))
                yield
                connection.commit()

    @contextmanager
    def moved_behind(self, table):
        """It is moved in the block, in which nobody can read the table."""
        with closing(psycopg2.connect(self.postgres.superuser_url)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table}")
                yield lambda: self.postgres.execute(MOVE, self.second, self.portfolio_id)
                connection.rollback()


@pytest.fixture(name="world")
def people(start_server, postgres):
    return World(start_server(AUTH="on", STATEMENT_TIMEOUT_MS=60000), postgres)


@pytest.fixture(name="patient")
def people_of_a_patient_server(start_server, postgres):
    """Who meets a lock waits inside the statement: nobody judges again before it goes on."""
    return World(start_server(AUTH="on", STATEMENT_TIMEOUT_MS=60000, LOCK_TIMEOUT_MS=60000), postgres)


@pytest.fixture(name="pool")
def threads():
    with ThreadPoolExecutor(4) as executor:
        yield executor


def subscribe(api, portfolio_id):
    socket = WebSocket(api.ws_url, headers={"Authorization": f"Bearer {api.credential}"})
    socket.send_text(json.dumps({"type": "subscribe", "id": 1, "portfolio_id": portfolio_id}))
    return socket


def frame_of(socket, kind):
    while True:
        frame = json.loads(socket.recv_text(DEADLINE_S))
        assert frame["type"] != "error", frame
        if frame["type"] == kind:
            return frame


WRITES = {
    "portfolio": ("PUT", "/portfolios/{p}", {"json": {"portfolio_name": "Eve", "portfolio_type": "OTHER"}}),
    "portfolio with a tag": (
        "PUT",
        "/portfolios/{p}",
        {"json": {"portfolio_name": "Eve", "portfolio_type": "OTHER"}, "headers": {"If-Match": '"other"'}},
    ),
    "portfolio deleted": ("DELETE", "/portfolios/{p}?cascade=true", {}),
    "portfolio with lots deleted": ("DELETE", "/portfolios/{p}", {}),
    "portfolio with a tag deleted": ("DELETE", "/portfolios/{p}?cascade=true", {"headers": {"If-Match": '"other"'}}),
    "lot": ("PUT", "/investments/{i}", {"json": lot_body("", portfolio_id=..., quantity=7)}),
    "lot deleted": ("DELETE", "/investments/{i}", {}),
    "new lot": ("POST", "/investments", {"json": lot_body("{p}")}),
    "import": ("POST", "/portfolios/{p}/investments/import", {"body": CSV, "headers": {"Content-Type": "text/csv"}}),
}


def is_held_up(world, is_inside):
    """Whether a request has met the lock: a report waits inside its statement, the others step aside."""
    if not is_inside:
        return stepped_aside_n(world.admin) > 0
    return world.postgres.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")[0][0] > 0


@pytest.mark.parametrize("name", WRITES)
def test_who_waited_for_the_move_writes_nothing(world, pool, name):
    expect_nothing_written(world, pool, name, is_inside=name == "import")


@pytest.mark.parametrize("name", WRITES)
def test_who_waited_at_the_lock_writes_nothing(patient, pool, name):
    expect_nothing_written(patient, pool, name, is_inside=True)


def expect_nothing_written(world, pool, name, is_inside):
    method, path, options = WRITES[name]
    if name == "new lot":
        options = {"json": lot_body(world.portfolio_id)}
    path = path.format(p=world.portfolio_id, i=world.investment_id)
    before = world.rows()
    with world.moving():
        answer = pool.submit(world.ada.request, method, path, **options)
        wait_until(lambda: is_held_up(world, is_inside), what="a writer that waits")
        assert not answer.done()
    told = answer.result()
    if name == "new lot":
        problem(told, 422, "invalid_field")
    else:
        # Word for word what is said of one that there is not.
        unknown = path.replace(world.portfolio_id, UNKNOWN).replace(world.investment_id, UNKNOWN)
        nothing = problem(world.ada.request(method, unknown, **options), 404, "not_found")
        assert {**problem(told, 404, "not_found"), "request_id": ""} == {**nothing, "request_id": ""}
    assert b"Bob" not in told[2] and world.second.encode() not in told[2]
    assert world.rows()[0] == [(world.second, "of Bob", before[0][0][2])]
    assert world.rows()[1] == before[1]


def test_a_currency_that_cannot_change_is_not_told_of(world, pool):
    """Which would be 409, for there are lots with rates of their own."""
    world.postgres.execute("UPDATE assets SET currency = 'EUR' WHERE ticker_symbol = 'AAPL'")
    world.ada.json("PUT", f"/investments/{world.investment_id}", lot_body(world.portfolio_id, fx_rate=2))
    body = {"portfolio_name": "Eve", "portfolio_type": "OTHER", "base_currency": "CHF"}
    path = f"/portfolios/{world.portfolio_id}"
    problem(world.ada.request("PUT", path, json=body), 409, "conflict")
    with world.moving():
        answer = pool.submit(world.ada.request, "PUT", path, json=body)
        wait_until(lambda: stepped_aside_n(world.admin) > 0, what="a writer that waits")
    problem(answer.result(), 404, "not_found")


@pytest.mark.parametrize(
    "table, path, is_report",
    [
        ("investments", "/portfolios/{p}/investments/summary", False),
        ("investments", "/portfolios/{p}/investments", False),
        ("assets", "/investments/{i}", False),
        ("investments", "/portfolios/{p}/returns", True),
        ("investments", "/portfolios/{p}/history", True),
    ],
)
def test_who_waited_to_read_is_told_nothing(world, pool, table, path, is_report):
    path = path.format(p=world.portfolio_id, i=world.investment_id)
    with world.moved_behind(table) as move:
        answer = pool.submit(world.ada.request, "GET", path)
        wait_until(lambda: is_held_up(world, is_report), what="a reader that waits")
        assert not answer.done()
        move()
    problem(answer.result(), 404, "not_found")
    assert b"Bob" not in answer.result()[2]


@pytest.mark.parametrize("path", ["/portfolios/{p}/valuation", "/portfolios/{p}/allocation?by=symbol"])
def test_a_state_is_of_whom_it_is_when_it_comes(world, pool, path):
    """It is loaded after the gate: here, behind a lock."""
    with world.moved_behind("position_versions") as move:
        answer = pool.submit(world.ada.request, "GET", path.format(p=world.portfolio_id))
        wait_until(lambda: is_held_up(world, False), what="a load that steps aside")
        assert not answer.done()
        move()
    problem(answer.result(), 404, "not_found")


def test_a_sum_is_of_what_one_has_when_it_comes(world, pool):
    kept = world.ada.create_portfolio(world.first)
    with world.moved_behind("position_versions") as move:
        answer = pool.submit(world.ada.json, "GET", f"/customers/{world.first}/portfolios/summary")
        wait_until(lambda: is_held_up(world, False), what="a load that steps aside")
        assert not answer.done()
        move()
    assert [item["portfolio_id"] for item in answer.result()["items"]] == [kept]


def test_a_new_owner_is_not_shown_what_the_one_before_had(world, pool):
    """The loop still holds the state of before the move: nothing of it goes out to who has the portfolio now."""
    bob = Identities(world.postgres).user(world.second).at(world.server)
    before = subscribe(world.ada, world.portfolio_id)
    assert frame_of(before, "snapshot")["data"]["portfolio_name"] == "of Ada"
    with world.moved_behind("position_versions") as move:
        move()
        after = subscribe(bob, world.portfolio_id)
        wait_until(lambda: is_held_up(world, False), what="a load that steps aside")
        told = pool.submit(bob.request, "GET", f"/portfolios/{world.portfolio_id}/valuation")
        wait_until(lambda: stepped_aside_n(world.admin) > 3, what="a load that steps aside again")
    assert frame_of(after, "snapshot")["data"]["portfolio_name"] == "of Bob"
    assert b"of Ada" not in told.result()[2]
    ended = frame_of(before, "unsubscribed")
    assert (ended["portfolio_id"], ended["code"]) == (world.portfolio_id, "not_found")
    for socket in (before, after):
        socket.close()


@pytest.mark.parametrize("kind", ["portfolio", "investment"])
def test_what_an_idempotency_key_made_is_told_to_its_owner(world, kind):
    """Its answer was not kept, as when the process ended before; so it would be made anew of what is there now."""
    requests = {
        "portfolio": ("/portfolios", {"customer_id": world.first, "portfolio_name": "P", "portfolio_type": "OTHER"}),
        "investment": ("/investments", lot_body(world.portfolio_id)),
    }
    path, body = requests[kind]
    headers = {"Idempotency-Key": "again"}
    made = world.ada.request("POST", path, json=body, headers=headers)
    assert made[0] == 201
    portfolio_id = loads(made)["portfolio_id"]
    world.postgres.execute("UPDATE idempotency_keys SET status = NULL, body = NULL, etag = NULL, location = NULL")
    again = world.ada.request("POST", path, json=body, headers=headers)
    assert (again[0], loads(again)[f"{kind}_id"]) == (201, loads(made)[f"{kind}_id"])
    world.postgres.execute("UPDATE idempotency_keys SET status = NULL, body = NULL, etag = NULL, location = NULL")
    world.postgres.execute(MOVE, world.second, portfolio_id)
    told = world.ada.request("POST", path, json=body, headers=headers)
    problem(told, 409, "conflict")
    assert loads(told)["detail"].endswith("is gone since") and b"Bob" not in told[2]


def test_many_moves_among_many_writes(world):
    """To and fro: whoever is told that it wrote did so while the portfolio was its own."""
    path, stop, told = f"/portfolios/{world.portfolio_id}", threading.Event(), []

    def write():
        while not stop.is_set():
            body = {"portfolio_name": "Eve", "portfolio_type": "OTHER"}
            told.append(world.ada.request("PUT", path, json=body))

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for number in range(30):
        world.postgres.execute(MOVE, [world.second, world.first][number % 2], world.portfolio_id)
    # It is Ada's again. All the moves may have been over before the first of her requests was looked at.
    wait_until(lambda: 200 in [status for status, _, _ in told], what="a write")
    stop.set()
    for writer in writers:
        writer.join()
    assert {status for status, _, _ in told} <= {200, 404}
    assert all(world.second.encode() not in body for _, _, body in told)
    written = "SELECT count(*) FROM audit_log WHERE entity = 'portfolios' AND after ->> 'portfolio_name' = 'Eve'"
    assert world.postgres.execute(written)[0][0] > 0, [status for status, _, _ in told][:50]
