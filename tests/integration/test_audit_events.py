"""What changes no table that is watched leaves a row too; and GET /audit."""

import json

import pytest

from support.audit import log, short
from support.rest import UNKNOWN, loads, lot_body, problem, wrong_fields
from support.server import run_program
from support.waiting import wait_until


def told(database, request_id):
    rows = log(database, f"request_id = '{request_id}'")
    assert {row["peer"] for row in rows} <= {"127.0.0.1"}
    return rows


def asked(server, request_id, method, path, body=None, expect=200):
    return server.json(method, path, body, expect=expect, headers={"X-Request-Id": request_id})


@pytest.fixture(name="server")
def server_that_sees_the_bus(server):
    """Without it no price is taken."""
    server.see_bus()
    return server


def test_a_price_by_hand(server, postgres):
    asked(server, "first", "PUT", "/assets/AAPL/price", {"price": 10.5, "currency": "USD"})
    asked(server, "second", "PUT", "/assets/AAPL/price", {"price": "11"})
    row, = told(postgres, "first")
    assert short([row]) == [("price_set", "assets", "AAPL")]
    assert row["before"] is None and (row["after"]["price"], row["after"]["currency"]) == (10.5, "USD")
    row, = told(postgres, "second")
    assert (row["before"]["price"], row["after"]["price"]) == (10.5, 11)
    assert row["before"]["source"] == row["after"]["source"] == "manual"


def test_a_price_that_is_refused_is_not_told(server, postgres):
    problem(server.request("PUT", "/assets/AAPL/price", json={"price": -1}), 422, "invalid_field")
    asked(server, "now", "PUT", "/assets/AAPL/price", {"price": 1})
    old = {"price": 2, "as_of": "2020-01-01T00:00:00Z"}
    problem(server.request("PUT", "/assets/AAPL/price", json=old), 409, "conflict")
    assert [row["request_id"] for row in log(postgres, "action = 'price_set'")] == ["now"]


def test_prices_that_are_forgotten(server, postgres):
    wait_until(lambda: server.health()["status"] == "ok", what=lambda: "a healthy server")
    asked(server, "one", "DELETE", "/cache/prices?symbol=aapl", expect=204)
    asked(server, "all", "DELETE", "/cache/prices", expect=204)
    assert short(told(postgres, "one")) == [("prices_forgotten", "assets", "AAPL")]
    assert short(told(postgres, "all")) == [("prices_forgotten", "assets", None)]


def test_what_cannot_be_written_down_is_not_forgotten(server, postgres):
    asked(server, "first", "PUT", "/assets/AAPL/price", {"price": 10})
    postgres.stop()
    problem(server.request("DELETE", "/cache/prices"), 503, "unavailable")
    problem(server.request("POST", "/investments/update-prices", json={"symbols": ["AAPL"]}), 503, "unavailable")
    assert server.json("GET", "/assets/AAPL/price")["stale"] is False
    postgres.start()


def test_prices_that_are_asked_for(start_server, postgres):
    server = start_server(PROVIDERS="simulated")
    portfolio_id = server.create_portfolio()
    server.json("POST", "/investments", lot_body(portfolio_id), expect=201)
    wait_until(lambda: server.health()["status"] == "ok", what=lambda: "a healthy server")
    asked(server, "named", "POST", "/investments/update-prices", {"symbols": ["AAPL", "MSFT"]})
    asked(server, "held", "POST", "/investments/update-prices", {"portfolio_id": portfolio_id})
    asked(server, "all", "POST", "/investments/update-prices", {})
    asked(server, "none", "POST", "/investments/update-prices", {"portfolio_id": UNKNOWN}, expect=422)
    rows = [told(postgres, request_id) for request_id in ("named", "held", "all")]
    assert [(*short(row)[0], row[0]["after"]["symbols"]) for row in rows] == [
        ("prices_updated", "assets", None, 2),
        ("prices_updated", "portfolios", portfolio_id, 1),
        ("prices_updated", "assets", None, 1),
    ]
    assert told(postgres, "none") == []


def test_history_that_is_asked_for(server, postgres):
    body = {"symbols": ["AAPL", "MSFT"], "from": "2020-01-02", "to": "2020-02-03"}
    job_id = asked(server, "p", "POST", "/stocks/populate", body, expect=202)["job_id"]
    row, = told(postgres, "p")
    assert short([row]) == [("populate", "jobs", job_id)]
    assert row["after"] == {"from": "2020-01-02", "to": "2020-02-03", "symbols": 2}
    headers = {"X-Request-Id": "k", "Idempotency-Key": "once"}
    for _ in range(2):
        server.json("POST", "/stocks/populate", body, expect=202, headers=headers)
    assert len(told(postgres, "k")) == 1


def test_an_import_of_reference_data(postgres, tmp_path):
    file = tmp_path / "assets.csv"
    file.write_text("symbol,name\nAAA,Triple A\nBBB,Triple B\n", encoding="utf-8")
    for expected in (1, 1):  # the second time nothing changes
        done = run_program("import", "assets", str(file), settings={"DATABASE_URL": postgres.url})
        assert done.returncode == 0, done.stderr
        assert len(log(postgres, "action = 'import'")) == expected
    row, = log(postgres, "action = 'import'")
    assert row["after"] == {"new": 2, "changed": 0} and row["entity"] == "assets"
    assert row["actor"].startswith("portfoliod import by ") and row["db_role"] == "portfolio"


def test_keys_of_access_tokens(postgres, tmp_path):
    settings = {"DATABASE_URL": postgres.url, "KEY_DIR": str(tmp_path / "keys")}

    def key(*arguments, **changes):
        done = run_program("key", *arguments, settings={**settings, **changes})
        assert done.returncode == 0, done.stderr
        return done

    first = key("add").stdout.strip()
    second = key("add", "--standby").stdout.strip()
    key("list")
    second = key("use", second).stdout.strip()
    key("remove", first)
    assert [row["action"] for row in log(postgres)] == ["key_added", "key_added", "key_used", "key_removed"]
    row = log(postgres)[-1]
    assert (row["entity"], row["entity_id"]) == ("keys", first) and row["actor"].startswith("portfoliod key by ")
    done = key("add", DATABASE_URL="postgresql:///nowhere?host=/nonexistent")
    assert "done, but the audit log does not have it" in done.stderr
    assert "audit" not in key("add", DATABASE_URL="").stderr
    assert len(log(postgres)) == 4


# --- GET /audit ---


@pytest.fixture(scope="module")
def written(shared_server):
    """Two customers, one of them changed: [ids]"""
    ids = [shared_server.create_customer(name, f"{name}@example.com") for name in ("ann", "bob")]
    body = {"name": "anna", "email": "ann@example.com"}
    shared_server.json("PUT", f"/customers/{ids[0]}", body, headers={"X-Request-Id": "put-1"})
    return ids


def test_the_log_is_listed_the_newest_first(shared_server, written):
    items = shared_server.json("GET", "/audit")["items"]
    assert [(item["action"], item["entity"]) for item in items[-4:]] == [
        ("update", "customers"),
        ("insert", "customers"),
        ("insert", "customers"),
        ("begin", "audit_log"),
    ]
    item = items[-4]
    assert (item["before"], item["after"], item["request_id"]) == ({"name": "ann"}, {"name": "anna"}, "put-1")
    assert (item["entity_id"], item["peer"], item["db_role"]) == (written[0], "127.0.0.1", "portfolio")
    assert "before" not in items[-3] and items[-3]["after"]["name"] == "bob"
    wait_until(lambda: "position" in shared_server.json("GET", "/audit")["items"][0], what=lambda: "a sealed row")


def ids_of(server, query):
    return [item["audit_id"] for item in server.json("GET", "/audit?" + query)["items"]]


def test_the_log_is_filtered(shared_server, written):
    assert len(ids_of(shared_server, f"entity=customers&entity_id={written[0]}")) == 2
    assert len(ids_of(shared_server, f"entity_id={written[1]}")) == 1
    assert len(ids_of(shared_server, f"entity_id={written[0]}&action=update")) == 1
    assert ids_of(shared_server, "entity=customer") == []
    assert ids_of(shared_server, "actor=nobody") == []
    assert ids_of(shared_server, "since=2100-01-01T00:00:00Z") == []
    assert ids_of(shared_server, "until=2000-01-01T00:00:00Z") == []
    every = ids_of(shared_server, "since=2000-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&limit=1000")
    assert every == ids_of(shared_server, "limit=1000") and len(every) >= 4


def test_the_log_comes_in_pages(shared_server, written):
    found, query = [], "limit=1"
    while query:
        page = shared_server.json("GET", f"/audit?entity=customers&{query}")
        found += [item["audit_id"] for item in page["items"]]
        query = page.get("next_cursor") and f"limit=2&cursor={page['next_cursor']}"
    assert found == ids_of(shared_server, "entity=customers&limit=1000") and len(found) >= 3
    cursor = shared_server.json("GET", "/audit?limit=1")["next_cursor"]
    problem(shared_server.request("GET", f"/audit?entity=users&cursor={cursor}"), 422, "invalid_field")


@pytest.mark.parametrize(
    "query, field",
    [
        ("entity=", "entity"),
        ("actor=a&actor=b", "actor"),
        ("since=yesterday", "since"),
        ("until=2020-01-01", "until"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=0000000000000000.5", "cursor"),
        ("action=%ff", "action"),
    ],
)
def test_what_is_no_filter_is_refused(shared_server, query, field):
    assert wrong_fields(shared_server.request("GET", f"/audit?{query}")) == {field: "invalid_field"}


def test_a_filter_is_a_parameter_and_no_sql(shared_server, written):
    assert ids_of(shared_server, "entity=x'%20OR%20true%20--") == []
    assert json.loads(shared_server.request("GET", "/audit?actor=%27%3B%20SELECT%201")[2]) == {"items": []}


def test_the_log_cannot_be_changed_by_rest(shared_server, written):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        problem(shared_server.request(method, "/audit", json={}), 405, "method_not_allowed")
    assert loads(shared_server.request("GET", "/audit"))["items"]
