"""REST: methods, media types, bodies, health, metrics, prices by hand."""

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from test_rest import UNKNOWN, problem, wrong_fields

from support.waiting import wait_until

JSON = {"Content-Type": "application/json"}


# --- methods and paths ---


@pytest.mark.parametrize(
    "path, allow",
    [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/metrics", "GET, HEAD, OPTIONS"),
        ("/customers", "GET, HEAD, POST, OPTIONS"),
        (f"/customers/{UNKNOWN}", "GET, HEAD, PUT, DELETE, OPTIONS"),
        (f"/customers/{UNKNOWN}/portfolios", "GET, HEAD, OPTIONS"),
        ("/portfolios", "GET, HEAD, POST, OPTIONS"),
        (f"/portfolios/{UNKNOWN}/valuation", "GET, HEAD, OPTIONS"),
        (f"/investments/{UNKNOWN}", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/assets/AAPL/price", "GET, HEAD, PUT, OPTIONS"),
        ("/cache/prices", "DELETE, OPTIONS"),
    ],
)
def test_what_a_path_allows(shared_server, path, allow):
    status, headers, body = shared_server.request("OPTIONS", path)
    assert (status, headers["allow"], body) == (204, allow, b"")
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        if method not in allow:
            answer = shared_server.request(method, path, json={})
            problem(answer, 405, "method_not_allowed")
            assert answer[1]["allow"] == allow


@pytest.mark.parametrize("path", ["/nothing", "/customers/", "/customers//", "/portfolios/a/b/c/d", "/Health", "/assets/a/b"])
def test_an_unknown_path_is_404(shared_server, path):
    for method in ("GET", "POST", "OPTIONS"):
        problem(shared_server.request(method, path), 404, "not_found")


def test_head_is_get_without_a_body(server):
    path = f"/customers/{server.create_customer()}"
    get, head = server.request("GET", path), server.request("HEAD", path)
    assert (head[0], head[2]) == (200, b"")
    for name in ("content-length", "etag", "content-type"):
        assert head[1][name] == get[1][name]
    assert server.request("HEAD", f"/customers/{UNKNOWN}")[0] == 404


# --- bodies ---


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json; charset=latin1", "json"],
)
def test_another_media_type_is_415(server, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = server.request("POST", "/customers", body='{"name":"A","email":"a@example.com"}', headers=headers)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, identity", "x"])
def test_an_encoded_body_is_415(server, coding):
    encoded = {"Content-Encoding": coding}
    body = '{"name":"A","email":"a@example.com"}'
    problem(server.request("POST", "/customers", body=body, headers={**JSON, **encoded}), 415, "unsupported_media_type")
    path = f"/portfolios/{server.create_portfolio()}"
    csv = {"Content-Type": "text/csv", **encoded}
    problem(server.request("POST", f"{path}/investments/import", body="a", headers=csv), 415, "unsupported_media_type")
    problem(server.request("DELETE", path, body="{}", headers={**JSON, **encoded}), 415, "unsupported_media_type")
    # Without a body there is nothing that is encoded.
    assert server.request("GET", path, headers=encoded)[0] == 200
    answer = server.request("POST", "/customers", body=body, headers={**JSON, "Content-Encoding": "Identity"})
    assert answer[0] == 201


def test_a_body_that_is_not_needed_is_of_the_usual_type(server):
    path = f"/portfolios/{server.create_portfolio()}"
    for method, target in (("POST", f"{path}/sync-values"), ("DELETE", "/cache/prices"), ("DELETE", path)):
        for headers in ({"Content-Type": "text/plain"}, {}):
            answer = server.request(method, target, body="garbage", headers=headers)
            problem(answer, 415, "unsupported_media_type")
    assert server.request("POST", f"{path}/sync-values")[0] == 200
    assert server.request("POST", f"{path}/sync-values", headers={"Content-Type": "text/plain"})[0] == 200
    assert server.request("POST", f"{path}/sync-values", json={})[0] == 200
    assert server.request("DELETE", path, json={})[0] == 204


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON", "application/json; charset=UTF-8"])
def test_json_by_any_of_its_names(server, media_type):
    body = '{"name":"A","email":"a@example.com"}'
    assert server.request("POST", "/customers", body=body, headers={"Content-Type": media_type})[0] == 201


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"name":NaN}',
        '{"name":Infinity}',
        '{"name":"A"} x',
        "{'name':'A'}",
        '{"name":"A","name":"B"}',
        '{"name":01}',
        b'{"name":"\xff"}',
        '{"name":"\\u0000"}',
        "[" * 100,
    ],
)
def test_what_is_not_json_is_400(shared_server, body):
    for method, path in (("POST", "/customers"), ("PUT", "/assets/AAPL/price"), ("POST", "/investments")):
        problem(shared_server.request(method, path, body=body, headers=JSON), 400, "invalid_json")


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "1e400", "null", "true"])
def test_json_that_is_no_object_is_422(shared_server, body):
    problem(shared_server.request("POST", "/customers", body=body, headers=JSON), 422, "invalid_field")


def test_a_body_that_is_too_large_is_413(start_server):
    server = start_server(MAX_BODY_BYTES=1000)
    body = '{"name":"A","email":"a@example.com","x":"' + "x" * 2000 + '"}'
    problem(server.request("POST", "/customers", body=body, headers=JSON), 413, "too_large")
    assert server.json("GET", "/customers") == {"items": []}


# --- prices by hand ---


def now_text(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stored_price(postgres, symbol):
    return postgres.execute(
        "SELECT price, previous_close, currency, source, stale FROM asset_prices WHERE ticker_symbol = %s", symbol
    )


def test_a_price_by_hand(server, postgres):
    as_of = now_text(seconds=-60)
    got = server.put_price("btc-usd", "64321.12345678", previous_close=64000, as_of=as_of)
    assert got == {
        "ticker_symbol": "BTC-USD",
        "price": Decimal("64321.12345678"),
        "previous_close": 64000,
        "currency": "USD",
        "as_of": as_of,
        "source": "manual",
        "session": as_of[:10],
        "seq": 1,
    }
    assert stored_price(postgres, "BTC-USD") == [(Decimal("64321.12345678"), 64000, "USD", "manual", False)]
    # previous_close is kept; a symbol with a slash is one segment when it is encoded.
    got = server.put_price("BTC-USD", 7)
    assert (got["previous_close"], got["seq"]) == (64000, 2)
    assert server.put_price("X%2FY", 7)["ticker_symbol"] == "X/Y"
    assert stored_price(postgres, "BTC-USD") == [(7, 64000, "USD", "manual", False)]


@pytest.mark.usefixtures("quiet_date")
def test_an_unchanged_price_takes_no_number(server, postgres):
    first = server.put_price("AAPL", 5, as_of=now_text(seconds=-30))
    again = server.put_price("AAPL", 5)
    assert again == first
    assert server.put_price("AAPL", 6)["seq"] == first["seq"] + 1


def test_an_older_price_is_409(server, postgres):
    server.put_price("AAPL", 5)
    answer = server.request("PUT", "/assets/AAPL/price", json={"price": 4, "as_of": now_text(hours=-1)})
    assert problem(answer, 409, "conflict")["errors"][0]["field"] == "as_of"
    assert stored_price(postgres, "AAPL")[0][0] == 5


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, {"price": "missing_field"}),
        ({"prise": 1}, {"price": "missing_field"}),
        ({"price": 0}, {"price": "invalid_field"}),
        ({"price": -1}, {"price": "invalid_field"}),
        ({"price": "90000000000.1"}, {"price": "invalid_field"}),
        ({"price": 1, "previous_close": 0}, {"previous_close": "invalid_field"}),
        ({"price": 1, "currency": "US"}, {"currency": "invalid_field"}),
        ({"price": 1, "as_of": "today"}, {"as_of": "invalid_field"}),
        ({"price": 1, "as_of": "2020-01-01"}, {"as_of": "invalid_field"}),
        (
            {"price": "x", "previous_close": "y", "currency": 1, "as_of": 2},
            dict.fromkeys(("price", "previous_close", "currency", "as_of"), "invalid_field"),
        ),
    ],
)
def test_a_wrong_price_is_named(shared_server, shared_postgres, body, wrong):
    assert wrong_fields(shared_server.request("PUT", "/assets/AAPL/price", json=body)) == wrong
    assert shared_postgres.execute("SELECT count(*) FROM assets") == [(0,)]


def test_a_price_of_the_future_is_422(server):
    answer = server.request("PUT", "/assets/AAPL/price", json={"price": 1, "as_of": now_text(seconds=60)})
    assert wrong_fields(answer) == {"as_of": "invalid_field"}


@pytest.mark.parametrize("symbol", ["A%20B", "A" * 33, "%C3%89"])
def test_a_price_of_what_is_no_symbol_is_404(shared_server, symbol):
    problem(shared_server.request("PUT", f"/assets/{symbol}/price", json={"price": 1}), 404, "not_found")


def test_the_currency_of_a_price(server):
    # That of those who hold it, when they agree.
    euro = server.create_portfolio(base_currency="EUR")
    server.create_investment(euro, "SAP", 1, 1)
    assert server.put_price("SAP", 100)["currency"] == "EUR"
    # Then that of the stored price, whatever they say.
    dollar = server.create_portfolio()
    server.create_investment(dollar, "SAP", 1, 1)
    assert server.put_price("SAP", 101)["currency"] == "EUR"
    assert server.put_price("SAP", 102, currency="chf")["currency"] == "CHF"
    # They do not agree, or nobody holds it: USD.
    server.create_investment(euro, "MIX", 1, 1)
    server.create_investment(dollar, "MIX", 1, 1)
    assert server.put_price("MIX", 1)["currency"] == "USD"
    assert server.put_price("NOBODY", 1)["currency"] == "USD"


def test_with_redis_away_a_price_is_503(server, redis_server, postgres):
    wait_until(lambda: server.request("GET", "/health")[0] == 200, what="a healthy server")
    redis_server.kill()
    wait_until(lambda: server.request("GET", "/health")[0] == 503, what="an unhealthy server")
    answer = server.request("PUT", "/assets/AAPL/price", json={"price": 1})
    problem(answer, 503, "unavailable")
    assert "retry-after" in answer[1]
    assert stored_price(postgres, "AAPL") == []
    # The rest goes on.
    server.create_investment(server.create_portfolio(), "AAPL", 1, 1)
    redis_server.start()
    wait_until(lambda: server.request("GET", "/health")[0] == 200, what="a healthy server")
    server.put_price("AAPL", 1)


# --- health and metrics ---


def test_health_names_each_part_with_its_state(server):
    # The one asked before may have left its question to the reports' worker.
    wait_until(lambda: server.health()["reports"]["queue"] == 0 and server.health()["status"] == "ok", what="it is well")
    health = server.json("GET", "/health", expect=200)
    assert health["status"] == "ok"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", health["version"])
    assert isinstance(health["uptime_s"], int) and 0 <= health["uptime_s"] < 1000
    assert health["postgresql"]["state"] == "up"
    assert health["reports"]["workers"] == 1
    assert health["redis"]["state"] and health["redis"]["bus"] == "redis"
    assert health["feed"]["state"]


def test_metrics_are_prometheus_text(server):
    server.create_customer()
    status, headers, body = server.request("GET", "/metrics")
    assert status == 200 and headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    for line in body.decode().splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) pf_\w+ .+|pf_\w+(\{\w+="\w+"(,\w+="\w+")*\})? -?\d+', line), line
    assert server.metric("pf_db_jobs_total") >= 1
    assert server.metric("pf_db_connections") >= 1
