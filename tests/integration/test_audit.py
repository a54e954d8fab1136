"""The audit log of a server: each change by REST leaves a row that says who, from where, in which request; rows are
sealed soon after."""

import os
import re
import threading

import psycopg2
import pytest

from support.audit import log, short, unsealed_n
from support.process import ROOT
from support.rest import lot_body, problem
from support.waiting import wait_until


def asked(server, method, path, request_id, **more):
    answer = server.request(method, path, headers={"X-Request-Id": request_id, **more.pop("headers", {})}, **more)
    assert answer[1]["x-request-id"] == request_id
    return answer


def only(database, request_id):
    """The rows of one request, all by the same caller."""
    rows = log(database, f"request_id = '{request_id}'")
    assert {row["peer"] for row in rows} == {"127.0.0.1"}
    assert {row["db_role"] for row in rows} == {"portfolio"}
    return rows


def test_each_change_by_rest_is_told(server, postgres):
    body = {"name": "Ada", "email": "ada@example.com"}
    answer = asked(server, "POST", "/customers", "c-1", json=body)
    customer_id = server.json("GET", "/customers")["items"][0]["customer_id"]
    row, = only(postgres, "c-1")
    assert short([row]) == [("insert", "customers", customer_id)]
    assert answer[0] == 201 and row["after"]["name"] == "Ada" and row["after"]["phone"] is None

    asked(server, "PUT", f"/customers/{customer_id}", "c-2", json={**body, "name": "Bea"})
    row, = only(postgres, "c-2")
    assert (row["action"], row["before"], row["after"]) == ("update", {"name": "Ada"}, {"name": "Bea"})

    portfolio = {"customer_id": customer_id, "portfolio_name": "Growth", "portfolio_type": "IRA"}
    asked(server, "POST", "/portfolios", "p-1", json=portfolio)
    row, = only(postgres, "p-1")
    portfolio_id = row["entity_id"]
    assert row["after"]["customer_id"] == customer_id and row["after"]["base_currency"] == "USD"
    del portfolio["customer_id"]
    asked(server, "PUT", f"/portfolios/{portfolio_id}", "p-2", json={**portfolio, "portfolio_name": "Slow"})
    row, = only(postgres, "p-2")
    assert (row["before"], row["after"]) == ({"portfolio_name": "Growth"}, {"portfolio_name": "Slow"})

    asked(server, "POST", "/investments", "i-1", json=lot_body(portfolio_id))
    row, = only(postgres, "i-1")  # nothing of the portfolio, whose version has moved
    lot_id = row["entity_id"]
    assert row["after"]["ticker_symbol"] == "AAPL"
    lot = {name: value for name, value in lot_body(portfolio_id, quantity=2).items() if name != "portfolio_id"}
    assert asked(server, "PUT", f"/investments/{lot_id}", "i-2", json=lot)[0] == 200
    row, = only(postgres, "i-2")
    assert (row["before"], row["after"]) == ({"quantity": 1}, {"quantity": 2})
    asked(server, "DELETE", f"/investments/{lot_id}", "i-3")
    assert short(only(postgres, "i-3")) == [("delete", "investments", lot_id)]

    csv = "ticker_symbol,quantity,purchase_price,purchase_date\nAAPL,1,10,2020-01-02\nMSFT,2,20,2020-01-03\n"
    path = f"/portfolios/{portfolio_id}/investments/import"
    assert asked(server, "POST", path, "csv", body=csv, headers={"Content-Type": "text/csv"})[0] in (200, 201)
    assert [(row["action"], row["after"]["ticker_symbol"]) for row in only(postgres, "csv")] == [
        ("insert", "AAPL"),
        ("insert", "MSFT"),
    ]

    assert asked(server, "DELETE", f"/customers/{customer_id}?cascade=true", "c-3")[0] in (200, 204)
    rows = only(postgres, "c-3")
    assert {row["action"] for row in rows} == {"delete"}
    assert sorted(row["entity"] for row in rows) == ["customers", "investments", "investments", "portfolios"]


def test_what_is_refused_or_only_read_leaves_nothing(server, postgres):
    portfolio_id = server.create_portfolio()
    before = len(log(postgres))
    server.json("GET", "/customers")
    problem(server.request("POST", "/customers", json={"name": "x"}), 422, "missing_field")
    customer = server.json("GET", "/customers")["items"][0]
    problem(server.request("POST", "/customers", json={"name": "x", "email": customer["email"]}), 409, "conflict")
    problem(server.request("DELETE", f"/customers/{customer['customer_id']}"), 409, "conflict")
    too_much = lot_body(portfolio_id, quantity=89_000_000_000)
    server.json("POST", "/investments", too_much, expect=201)
    assert server.request("POST", "/investments", json=too_much)[0] == 422
    assert len(log(postgres)) == before + 1


def test_a_request_under_a_key_is_told_once(server, postgres):
    portfolio_id = server.create_portfolio()
    for _ in range(2):
        headers = {"Idempotency-Key": "k1"}
        assert asked(server, "POST", "/investments", "once", json=lot_body(portfolio_id), headers=headers)[0] == 201
    assert len(only(postgres, "once")) == 1


def test_who_asked_before_is_not_who_changes_by_psql(server, postgres):
    """The server's connections forget whom they worked for."""
    portfolio_id = server.create_portfolio()
    for i in range(8):
        asked(server, "POST", "/investments", f"r-{i}", json=lot_body(portfolio_id))
    postgres.execute("UPDATE portfolios SET portfolio_name = 'by hand'")
    row = log(postgres)[-1]
    assert (row["actor"], row["peer"], row["request_id"]) == ("postgres", "local", None)
    assert [len(only(postgres, f"r-{i}")) for i in range(8)] == [1] * 8


def test_a_request_id_is_a_parameter_and_no_sql(server, postgres):
    """What a client may send of it is little; that little is stored as it is."""
    request_id = "--/:=+.x_" * 7
    asked(server, "POST", "/customers", request_id, json={"name": "'; DROP TABLE x; --", "email": "a@example.com"})
    row, = only(postgres, request_id)
    assert row["after"]["name"] == "'; DROP TABLE x; --"


def test_a_change_that_waited_for_a_lock_is_told_once(start_server, postgres):
    server = start_server(STATEMENT_TIMEOUT_MS=60000)
    portfolio_id = server.create_portfolio()
    holder = psycopg2.connect(postgres.superuser_url)
    with holder.cursor() as cursor:
        cursor.execute("SELECT FROM portfolios FOR UPDATE")
        before = server.metric("pf_db_jobs_locked_total")
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(asked(server, "POST", "/investments", "late", json=lot_body(portfolio_id)))
        )
        thread.start()
        wait_until(lambda: server.metric("pf_db_jobs_locked_total") > before, what=lambda: "a job that steps aside")
        holder.rollback()
        thread.join()
    holder.close()
    assert answers[0][0] == 201
    assert len(only(postgres, "late")) == 1


def recipe():
    """The SQL in docs/audit.md that gives the log to a role of its own."""
    with open(os.path.join(ROOT, "docs", "audit.md"), encoding="utf-8") as file:
        return re.search(r"^ +CREATE ROLE audit_keeper;.*?^$", file.read(), re.MULTILINE | re.DOTALL)[0]


def test_a_log_that_another_role_owns_can_only_be_added_to(start_server, postgres):
    postgres.execute(recipe())
    try:
        server = start_server()
        portfolio_id = server.create_portfolio()
        asked(server, "POST", "/investments", "i-1", json=lot_body(portfolio_id))
        assert len(only(postgres, "i-1")) == 1
        wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
        for sql in (
            "ALTER TABLE audit_log DISABLE TRIGGER USER",
            "DELETE FROM audit_log",
            "UPDATE audit_seals SET audit_id = 3",
            "TRUNCATE audit_log",
            "DROP TABLE audit_seals",
            "ALTER TABLE audit_log RENAME TO other",
            "CREATE OR REPLACE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                with psycopg2.connect(postgres.url) as connection, connection.cursor() as cursor:
                    cursor.execute(sql)
        server.stop()
    finally:
        postgres.execute("REASSIGN OWNED BY audit_keeper TO portfolio; DROP OWNED BY audit_keeper; DROP ROLE audit_keeper")


def test_who_asks_is_told_after_what_must_come_first_in_a_transaction(server, postgres):
    """Returns begin with their isolation level, and write what they computed: nothing that is audited."""
    portfolio_id = server.create_portfolio()
    server.json("POST", "/investments", lot_body(portfolio_id), expect=201)
    before = len(log(postgres))
    assert server.json("GET", f"/portfolios/{portfolio_id}/returns", expect=200)["closing_value"] == 10
    assert len(log(postgres)) == before


# --- sealing ---


def test_rows_are_sealed_soon_and_the_head_is_logged(start_server, postgres):
    server = start_server(AUDIT_HEAD_S=1)
    server.wait_for_log("audit.head")
    server.create_portfolio()
    wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
    position, head = postgres.execute("SELECT position, encode(hash, 'hex') FROM audit_seals ORDER BY 1 DESC LIMIT 1")[0]
    assert position == 3
    wait_until(lambda: server.log_events("audit.head")[-1]["position"] == 3, what=lambda: "the head in the log")
    assert server.log_events("audit.head")[-1]["hash"] == head
    wait_until(lambda: server.metric("pf_audit_position") == 3, what=lambda: "the metric")
    assert server.metric("pf_audit_sealed_total") == 3


def test_the_head_is_logged_at_the_stop(start_server, postgres):
    server = start_server()
    server.wait_for_log("audit.head")
    server.create_portfolio()
    wait_until(lambda: server.metric("pf_audit_position") == 3, what=lambda: "a log that is sealed")
    server.stop()
    heads = [event["position"] for event in server.log_events("audit.head")]
    assert heads[0] in (1, 2, 3) and heads[-1] == 3
    assert not server.log_events("audit.cut")


def test_two_processes_seal_one_chain(start_server, postgres):
    servers = [start_server(), start_server()]
    portfolio_id = servers[0].create_portfolio()
    for i in range(20):
        servers[i % 2].json("POST", "/investments", lot_body(portfolio_id), expect=201)
    wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
    positions = [position for position, in postgres.execute("SELECT position FROM audit_seals ORDER BY 1")]
    assert positions == list(range(1, 24))


def test_a_long_transaction_shows_as_waiting(start_server, postgres):
    server = start_server()
    holder = psycopg2.connect(postgres.superuser_url)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        server.create_portfolio()
        wait_until(lambda: server.metric("pf_audit_seal_wait_ms") > 0, what=lambda: "a row that waits")
        assert unsealed_n(postgres) > 0
        holder.rollback()
    holder.close()
    wait_until(lambda: unsealed_n(postgres) == 0, what=lambda: "a log that is sealed")
    wait_until(lambda: server.metric("pf_audit_seal_wait_ms") == 0, what=lambda: "nothing that waits")


def test_a_log_that_gets_shorter_is_noticed_by_who_saw_it(start_server, postgres):
    server = start_server()
    server.create_portfolio()
    wait_until(lambda: server.metric("pf_audit_position") == 3, what=lambda: "a log that is sealed")
    postgres.execute(
        "ALTER TABLE audit_log DISABLE TRIGGER ALL; ALTER TABLE audit_seals DISABLE TRIGGER ALL; "
        "DELETE FROM audit_log WHERE audit_id > 1; DELETE FROM audit_seals WHERE position > 1"
    )
    event = server.wait_for_log("audit.cut")
    assert (event["position"], event["position_before"], event["level"]) == (1, 3, "error")
