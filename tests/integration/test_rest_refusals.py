"""REST: one order of refusals everywhere, and everything that is wrong in one answer."""

import pytest

from support.rest import UNKNOWN, lot_body, problem, wrong_fields
from support.waiting import wait_until

CSV = {"Content-Type": "text/csv"}
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}


def invalid(*fields):
    return {field: "invalid_field" for field in fields}


def test_an_unknown_id_in_a_body_is_told_with_the_other_fields(server):
    portfolio = {"customer_id": UNKNOWN, "portfolio_name": "", "portfolio_type": "X"}
    fields = invalid("customer_id", "portfolio_name", "portfolio_type")
    assert wrong_fields(server.request("POST", "/portfolios", json=portfolio)) == fields
    lot = lot_body(UNKNOWN, quantity=-1, purchase_date="x")
    fields = invalid("portfolio_id", "quantity", "purchase_date")
    assert wrong_fields(server.request("POST", "/investments", json=lot)) == fields
    # The one that is known is not, with the same fields wrong.
    customer_id = server.create_customer()
    answer = server.request("POST", "/portfolios", json={**portfolio, "customer_id": customer_id})
    assert wrong_fields(answer) == invalid("portfolio_name", "portfolio_type")
    lot["portfolio_id"] = server.create_portfolio(customer_id)
    assert wrong_fields(server.request("POST", "/investments", json=lot)) == invalid("quantity", "purchase_date")
    # Alone, as ever; and with a key, which stays free.
    headers = {"Idempotency-Key": "k"}
    answer = server.request("POST", "/portfolios", json=portfolio, headers=headers)
    assert wrong_fields(answer) == invalid("customer_id", "portfolio_name", "portfolio_type")
    body = {"customer_id": customer_id, "portfolio_name": "P", "portfolio_type": "IRA"}
    assert server.request("POST", "/portfolios", json=body, headers=headers)[0] == 201
    answer = server.request("POST", "/investments/update-prices", json={"portfolio_id": UNKNOWN, "symbols": ["?", "A"]})
    assert wrong_fields(answer) == invalid("portfolio_id", "symbols[0]")
    answer = server.request("POST", "/investments/update-prices", json={"portfolio_id": UNKNOWN})
    assert wrong_fields(answer) == invalid("portfolio_id")


def test_an_id_that_cannot_be_changed_is_told_with_the_other_fields(server):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    lot_id = server.create_investment(portfolio_id, "AAPL", 1, 1)
    name = {"portfolio_name": "", "portfolio_type": "IRA"}
    path = f"/portfolios/{portfolio_id}"
    answer = server.request("PUT", path, json={**name, "customer_id": UNKNOWN, "portfolio_id": UNKNOWN})
    assert wrong_fields(answer) == invalid("customer_id", "portfolio_id", "portfolio_name")
    answer = server.request("PUT", path, json={**name, "customer_id": customer_id, "portfolio_id": portfolio_id})
    assert wrong_fields(answer) == invalid("portfolio_name")
    answer = server.request("PUT", f"/investments/{lot_id}", json=lot_body(UNKNOWN, fee=-1, investment_id=UNKNOWN))
    assert wrong_fields(answer) == invalid("portfolio_id", "investment_id", "fee")
    answer = server.request("PUT", f"/investments/{lot_id}", json=lot_body(portfolio_id, fee=-1, investment_id=lot_id))
    assert wrong_fields(answer) == invalid("fee")
    path = f"/customers/{customer_id}"
    answer = server.request("PUT", path, json={"customer_id": UNKNOWN, "name": "A", "email": "nobody"})
    assert wrong_fields(answer) == invalid("customer_id", "email")


def test_what_is_read_can_be_put_back(server):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    lot_id = server.create_investment(portfolio_id, "AAPL", 1, 1)
    for path in (f"/customers/{customer_id}", f"/portfolios/{portfolio_id}", f"/investments/{lot_id}"):
        assert server.request("PUT", path, json=server.json("GET", path))[0] == 200


def test_what_only_the_database_knows_is_told_at_once_too(server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 90000000000, 1)
    server.put_price("AAPL", 1)
    # One more is too many, and AAPL is in the portfolio's dollars.
    answer = server.request("POST", "/investments", json=lot_body(portfolio_id, fx_rate=2))
    assert wrong_fields(answer) == invalid("quantity", "fx_rate")


@pytest.mark.parametrize(
    "method, path",
    [
        ("PUT", "/customers/{}"),
        ("PUT", "/portfolios/{}"),
        ("PUT", "/investments/{}"),
        ("DELETE", "/customers/{}?cascade=perhaps"),
        ("DELETE", "/portfolios/{}?cascade=perhaps"),
        ("GET", "/customers/{}/portfolios?limit=0"),
        ("GET", "/portfolios/{}/investments?limit=0"),
        ("GET", "/portfolios/{}/history?from=x"),
        ("GET", "/portfolios/{}/returns?start_date=x"),
        ("GET", "/portfolios/{}/risk?start_date=x"),
        ("GET", "/portfolios/{}/allocation?by=colour"),
        ("GET", "/customers/{}/returns?currency=x"),
        ("POST", "/portfolios/{}/investments/import?dry_run=perhaps"),
    ],
)
def test_an_unknown_id_in_the_path_comes_before_what_is_wrong(server, method, path):
    body, headers = {"PUT": ("{}", JSON), "POST": ("", CSV)}.get(method, (None, {}))
    for identifier in ("x", UNKNOWN):
        answer = server.request(method, path.format(identifier), body=body, headers={**headers, "If-Match": '"x"'})
        problem(answer, 404, "not_found")


@pytest.mark.parametrize("kind", ["customers", "portfolios", "investments"])
def test_a_body_that_cannot_be_read_comes_before_the_path(server, kind):
    for identifier in ("x", UNKNOWN):
        path = f"/{kind}/{identifier}"
        problem(server.request("PUT", path, body="{", headers=JSON), 400, "invalid_json")
        problem(server.request("PUT", path, body="{}", headers=TEXT), 415, "unsupported_media_type")
        assert server.request("PUT", path, body="[]", headers=JSON)[0] == 422
    path = f"/portfolios/{identifier}/investments/import"
    problem(server.request("POST", path, body="", headers=TEXT), 415, "unsupported_media_type")


def test_what_is_wrong_comes_before_the_state(server):
    path = f"/portfolios/{server.create_portfolio()}"
    name = {"portfolio_name": "A", "portfolio_type": "IRA"}
    answer = server.request("PUT", path, json={**name, "portfolio_name": ""}, headers={"If-Match": '"x"'})
    assert wrong_fields(answer) == invalid("portfolio_name")
    problem(server.request("PUT", path, json=name, headers={"If-Match": '"x"'}), 412, "precondition_failed")


def test_an_asset_that_is_none_comes_first(server):
    for path in ("history", "corporate-actions"):
        problem(server.request("GET", f"/assets/NO.SUCH/{path}?from=x&cursor=x"), 404, "not_found")


def test_all_symbols_that_are_wrong_are_named(server):
    answer = server.request("POST", "/assets/prices", json={"symbols": ["?"] * 30})
    assert wrong_fields(answer) == invalid(*(f"symbols[{n}]" for n in range(30)))
    answer = server.request("POST", "/assets/prices", json={"symbols": ["?"] * 1000})
    assert wrong_fields(answer) == invalid(*(f"symbols[{n}]" for n in range(1000)))


def test_a_failure_is_in_the_log_with_its_request_id(server, postgres):
    portfolio_id = server.create_portfolio()
    postgres.stop()
    try:
        reading = problem(server.request("GET", f"/portfolios/{portfolio_id}"), 503, "unavailable")
        body = {"name": "A", "email": "a@example.com"}
        writing = problem(server.request("POST", "/customers", json=body), 503, "unavailable")
    finally:
        postgres.start()
    assert "written" not in reading["detail"]
    assert writing["detail"].endswith("nothing was written")
    for answer in (reading, writing):
        own = lambda it=answer["request_id"]: [line for line in server.log_events("request.failed") if line["request_id"] == it]
        lines = wait_until(own, what="its line in the log")
        assert [(line["code"], line["reason"]) for line in lines] == [("unavailable", answer["detail"])]
    assert not [line for line in server.log_events("request.failed") if line["path"] == "/health"]


def test_a_base_currency_is_one_of_iso_4217(server):
    body = {"customer_id": server.create_customer(), "portfolio_name": "P", "portfolio_type": "IRA"}
    for code in ("ZZZ", "XXX", "XTS", "DEM", "BTC", "AEE"):
        answer = server.request("POST", "/portfolios", json={**body, "base_currency": code})
        assert wrong_fields(answer) == invalid("base_currency")
    for code in ("AED", "chf", "JPY", "XAU", "ZWG"):
        portfolio = server.json("POST", "/portfolios", json={**body, "base_currency": code})
        assert portfolio["base_currency"] == code.upper()
    # What quotes are in is not of that list.
    server.put_price("BTC-UST", 1, currency="UST")


def test_details_say_what_is_wrong(server):
    def details(answer):
        return {error["field"]: error["detail"] for error in problem(answer, 422, "invalid_field")["errors"]}

    once = "must be given once, as text in UTF-8"
    assert details(server.request("GET", "/portfolios?limit=1&limit=1&sort=x&sort=y")) == {"limit": once, "sort": once}
    portfolio_id = server.create_portfolio()
    # 65 characters of two bytes each
    answer = server.request("POST", "/investments", json=lot_body(portfolio_id, external_id="é" * 65))
    assert details(answer) == {"external_id": "must have at most 128 bytes in UTF-8"}
    answer = server.request("POST", "/investments", json=lot_body(portfolio_id, external_id="é" * 64))
    assert answer[0] == 201
    # A dry run of too many rows does not promise what the import would refuse.
    rows = "ticker_symbol,quantity,purchase_price,purchase_date\n" + "A,1,1,2020-01-02\n" * 50001
    path = f"/portfolios/{portfolio_id}/investments/import"
    for query in ("", "?dry_run=true"):
        told = problem(server.request("POST", path + query, body=rows, headers=CSV), 422, "invalid_field")
        assert told["detail"] == "1 error in the file; nothing was imported"
        assert [(error["field"], error["row"]) for error in told["errors"]] == [("row", 50002)]
