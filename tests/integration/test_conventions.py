"""What holds on every route that `portfoliod routes` prints, also on those that are not thought of yet."""

import re
import subprocess
import threading

import psycopg2
import pytest

from support import openapi
from support.accounts import add_user
from support.audit import unsealed_n
from support.process import ROOT
from support.rest import UNKNOWN, loads, lot_body, problem, tag
from support.server import Server, binary_path, migrate
from support.waiting import wait_until

LOCK = 4712


def routes():
    done = subprocess.run([binary_path(), "routes"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [tuple(line.split(" ")) for line in done.stdout.splitlines()]


ROUTES = routes()
PATHS = sorted({path for _, path in ROUTES})
ALL = {"GET", "POST", "PUT", "DELETE"}


def filled(template):
    """A path of the template: with ids that nothing has."""
    examples = {"ticker_symbol": "AAPL", "email": "nobody%40example.com"}
    return re.sub(r"\{([^}]+)\}", lambda found: examples.get(found[1], UNKNOWN), template)


def methods_of(path):
    return {method for method, other in ROUTES if other == path}


def allowed(headers):
    return {name.strip() for name in headers["allow"].split(",")}


def expected_allow(path):
    methods = methods_of(path)
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


@pytest.fixture(scope="module")
def shared(postgres_cluster):
    """One server for all routes: nothing here changes anything."""
    database = postgres_cluster.create_database(migrate)
    server = Server(DATABASE_URL=database.url, PROVIDERS="none")
    wait_until(lambda: server.health()["status"] in ("ok", "degraded"), what="the server's health")
    # GET /audit says of a row whether it is.
    wait_until(lambda: unsealed_n(database) == 0, what="a log that is sealed")
    yield server
    server.stop()
    database.drop()


@pytest.mark.parametrize("path", PATHS)
def test_options_and_other_methods(shared, path):
    status, headers, body = shared.request("OPTIONS", filled(path))
    assert (status, body) == (204, b"") and allowed(headers) == expected_allow(path)
    assert "x-request-id" in headers
    for method in sorted(ALL - methods_of(path)) + ["PATCH", "TRACE"]:
        answer = shared.request(method, filled(path))
        assert answer[0] == 405, f"{method} {path}"
        problem(answer, 405, "method_not_allowed")
        assert allowed(answer[1]) == expected_allow(path)


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET"])
def test_head_is_get_without_the_body(shared, path):
    got, head = shared.request("GET", filled(path)), shared.request("HEAD", filled(path))
    assert head[0] == got[0] and head[2] == b""
    changes = {"x-request-id", "date"} | ({"content-length"} if path in ("/metrics", "/health") else set())
    assert {name: value for name, value in head[1].items() if name not in changes} == {
        name: value for name, value in got[1].items() if name not in changes
    }


@pytest.mark.parametrize("method, path", ROUTES)
def test_a_request_id_comes_back(shared, method, path):
    given = shared.request(method, filled(path), headers={"X-Request-Id": "abc-1"})
    assert given[1]["x-request-id"] == "abc-1"
    if given[1].get("content-type") == openapi.PROBLEM:
        assert loads(given)["request_id"] == "abc-1"
    made = [shared.request(method, filled(path))[1]["x-request-id"] for _ in range(2)]
    assert made[0] != made[1] and re.fullmatch(r"[0-9a-f-]{36}", made[0])


def takes_body(route):
    method, path = route
    return "requestBody" in openapi.document()["paths"][path][method.lower()]


@pytest.mark.parametrize("method, path", [route for route in ROUTES if takes_body(route)])
def test_a_body_is_of_its_type_and_form(shared, method, path):
    operation = openapi.document()["paths"][path][method.lower()]
    types = list(openapi.resolve(operation["requestBody"])["content"])
    for wrong in (None, "text/html", "application/x-www-form-urlencoded", "application/json-patch+json"):
        headers = {"Content-Type": wrong} if wrong else {}
        problem(shared.request(method, filled(path), body="{}", headers=headers), 415, "unsupported_media_type")
    if types != ["application/json"]:
        return
    is_required = openapi.resolve(operation["requestBody"]).get("required", False)
    for text in (*([""] if is_required else []), "{", '{"a":NaN}', '{"a":1}}', "\u0000", '{"a":1,}'):
        answer = shared.request(method, filled(path), body=text, headers={"Content-Type": "application/json"})
        problem(answer, 400, "invalid_json")
    for text in ("[]", "1", "null", '"x"'):
        answer = shared.request(method, filled(path), body=text, headers={"Content-Type": "application/json"})
        assert answer[0] == 422 and loads(answer)["code"] in ("invalid_field", "missing_field")


@pytest.mark.parametrize("method, path", ROUTES)
def test_what_is_refused_is_a_problem_document(shared, method, path):
    answer = shared.request(method, filled(path), body="x" * 70000, headers={"Content-Type": "application/json"})
    if answer[0] == 413:
        problem(answer, 413, "too_large")
    answer = shared.request(method, filled(path) + "?limit=0&cursor=x&cascade=x&sort=x")
    assert answer[0] < 400 or answer[1]["content-type"] in (openapi.PROBLEM, "application/json")
    if answer[0] >= 400 and path != "/health":
        assert loads(answer)["status"] == answer[0]


@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith("_id}") and "PUT" in methods_of(path)])
def test_of_two_changes_of_one_etag_one_wins(start_server, postgres, path):
    """Both have read the row when one of them is let go on: exactly one 200 and one 412."""
    # Who waits stays where it is, and is not told after five seconds that it took too long.
    server = start_server(STATEMENT_TIMEOUT_MS=60000, LOCK_TIMEOUT_MS=60000)
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    table, bodies = {
        "customers": ("customers", [{"name": name, "email": "a@example.com"} for name in "AB"]),
        "portfolios": ("portfolios", [{"portfolio_name": name, "portfolio_type": "IRA"} for name in "AB"]),
        "investments": ("investments", [lot_body(portfolio_id, quantity=number) for number in (2, 3)]),
        "users": ("users", [{"email": f"{name}@example.com", "role": "service"} for name in "ab"]),
    }[path.split("/")[1]]
    ids = {"customers": customer_id, "portfolios": portfolio_id}
    if table == "users":
        ids[table] = add_user(postgres, "service@example.com", role="service")
    identifier = ids.get(table) or server.create_investment(portfolio_id, "AAPL", 1, 1)
    target = f"/{table}/{identifier}"
    etag = tag(server.request("GET", target))
    # The first writer stops in its UPDATE until the second one waits for its lock.
    postgres.execute(
        f"""CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END; $$;
        CREATE TRIGGER test_wait BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION test_wait();"""
    )
    answers = []

    def put(body):
        answers.append(server.request("PUT", target, json=body, headers={"If-Match": etag}))

    gate = psycopg2.connect(postgres.url)
    try:
        gate.cursor().execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        writers = [threading.Thread(target=put, args=(body,)) for body in bodies]
        for writer in writers:
            writer.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: postgres.execute(waiting) == [(2,)], what="one at the gate, one behind it")
    finally:
        gate.close()
    for writer in writers:
        writer.join()
    assert sorted(answer[0] for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer[0] == 200)
    problem(next(answer for answer in answers if answer[0] == 412), 412, "precondition_failed")
    now = server.request("GET", target)
    assert now[1]["etag"] == winner[1]["etag"] != etag and now[2] == winner[2]


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
def test_what_creates_takes_an_idempotency_key(shared, path):
    operation = openapi.document()["paths"][path]["post"]
    creates = {"201", "202"} & set(operation["responses"])
    names = {openapi.resolve(parameter)["name"] for parameter in operation.get("parameters", [])}
    # What makes a secret takes no key: its kept answer would hold the secret (docs/accounts.md).
    makes_secret = path in ("/auth/register", "/auth/keys", "/users")
    assert not creates or ("Idempotency-Key" in names) != makes_secret
