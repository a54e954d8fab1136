"""REST: customers, portfolios, investments; what is answered, what is refused."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from support import exact_json
from support.rest import TIMESTAMP, UNKNOWN, loads, lot_body, problem, tag, wrong_fields
from support.waiting import wait_until


# --- customers ---


def test_a_customer_from_birth_to_end(server):
    body = {"name": "  Ada Lovelace ", "email": "Ada@Example.com", "phone": "+44 1", "address": "St James's\nLondon"}
    status, headers, content = server.request("POST", "/customers", json=body)
    assert status == 201
    customer = exact_json.loads_canonical(content.decode())
    customer_id = customer["customer_id"]
    assert headers["location"] == f"/customers/{customer_id}"
    assert customer["name"] == "Ada Lovelace" and customer["email"] == "Ada@Example.com"
    assert customer["phone"] == "+44 1" and customer["address"] == "St James's\nLondon"
    assert TIMESTAMP.fullmatch(customer["created_at"]) and customer["updated_at"] == customer["created_at"]

    answer = server.request("GET", f"/customers/{customer_id}")
    assert loads(answer) == customer and answer[1]["etag"] == headers["etag"]
    assert loads(server.request("GET", "/customers/email/aDA%40example.com")) == customer

    # A PUT replaces: what is optional and not given is gone.
    answer = server.request("PUT", f"/customers/{customer_id}", json={"name": "Ada", "email": "ada@example.com"})
    assert answer[0] == 200 and tag(answer) != headers["etag"]
    changed = loads(answer)
    assert set(changed) == {"customer_id", "name", "email", "created_at", "updated_at"}
    assert (changed["name"], changed["email"]) == ("Ada", "ada@example.com")

    status, _, content = server.request("DELETE", f"/customers/{customer_id}")
    assert (status, content) == (204, b"")
    problem(server.request("GET", f"/customers/{customer_id}"), 404, "not_found")
    problem(server.request("DELETE", f"/customers/{customer_id}"), 404, "not_found")


def test_an_email_belongs_to_one(server):
    server.create_customer(email="ada@example.com")
    other = server.create_customer(email="bob@example.com")
    answer = server.request("POST", "/customers", json={"name": "X", "email": "ADA@example.COM"})
    assert problem(answer, 409, "conflict")["errors"][0]["field"] == "email"
    answer = server.request("PUT", f"/customers/{other}", json={"name": "X", "email": "Ada@Example.com"})
    assert problem(answer, 409, "conflict")["errors"][0]["field"] == "email"
    assert len(server.json("GET", "/customers")["items"]) == 2


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, {"name": "missing_field", "email": "missing_field"}),
        ({"nme": "Ada", "email": "a@example.com"}, {"name": "missing_field"}),
        ({"name": None, "email": "a@example.com"}, {"name": "missing_field"}),
        ({"name": "  ", "email": "a@example.com"}, {"name": "invalid_field"}),
        ({"name": 7, "email": "a@example.com"}, {"name": "invalid_field"}),
        ({"name": "x" * 201, "email": "a@example.com"}, {"name": "invalid_field"}),
        ({"name": "a\u0007b", "email": "a@example.com"}, {"name": "invalid_field"}),
        ({"name": "Ada", "email": "nobody"}, {"email": "invalid_field"}),
        ({"name": "Ada", "email": "x" * 250 + "@example.com"}, {"email": "invalid_field"}),
        (
            {"name": "", "email": "@", "phone": "1" * 65, "address": {}},
            dict.fromkeys(("name", "email", "phone", "address"), "invalid_field"),
        ),
    ],
)
def test_a_wrong_customer_is_named_in_all_its_fields(shared_server, body, wrong):
    before = shared_server.json("GET", "/customers")["items"]
    assert wrong_fields(shared_server.request("POST", "/customers", json=body)) == wrong
    assert shared_server.json("GET", "/customers")["items"] == before


def test_names_count_characters_not_bytes(server):
    name = "\u20ac" * 200
    customer_id = server.create_customer(name=name)
    assert server.json("GET", f"/customers/{customer_id}")["name"] == name


def test_a_customer_with_portfolios_goes_only_by_cascade(server, postgres):
    customer_id = server.create_customer()
    for _ in range(2):
        server.create_investment(server.create_portfolio(customer_id), "AAPL", 1, 1)
    keeps = server.create_portfolio()
    answer = server.request("DELETE", f"/customers/{customer_id}")
    assert problem(answer, 409, "conflict")["dependents"] == {"portfolios": 2, "investments": 2}
    assert wrong_fields(server.request("DELETE", f"/customers/{customer_id}?cascade=yes")) == {"cascade": "invalid_field"}
    assert server.request("DELETE", f"/customers/{customer_id}?cascade=false")[0] == 409
    assert server.request("DELETE", f"/customers/{customer_id}?cascade=true")[0] == 204
    assert [row["portfolio_id"] for row in server.json("GET", "/portfolios")["items"]] == [keeps]
    assert postgres.execute("SELECT count(*) FROM investments") == [(0,)]


# --- portfolios ---


def test_a_portfolio_from_birth_to_end(server):
    customer_id = server.create_customer()
    body = {"customer_id": customer_id, "portfolio_name": " Growth ", "portfolio_type": "ROTH_IRA"}
    answer = server.request("POST", "/portfolios", json=body)
    assert answer[0] == 201
    portfolio = loads(answer)
    path = f"/portfolios/{portfolio['portfolio_id']}"
    assert answer[1]["location"] == path
    assert portfolio == {
        "portfolio_id": portfolio["portfolio_id"],
        "customer_id": customer_id,
        "portfolio_name": "Growth",
        "portfolio_type": "ROTH_IRA",
        "base_currency": "USD",
        "cash_balance": 0,
        "version": 1,
        "created_at": portfolio["created_at"],
        "updated_at": portfolio["updated_at"],
    }
    assert loads(server.request("GET", path)) == portfolio
    assert server.json("GET", f"/customers/{customer_id}/portfolios")["items"] == [portfolio]

    changed = server.json("PUT", path, {"portfolio_name": "Value", "portfolio_type": "OTHER", "base_currency": "eur"})
    assert (changed["portfolio_name"], changed["portfolio_type"]) == ("Value", "OTHER")
    assert (changed["base_currency"], changed["version"], changed["customer_id"]) == ("EUR", 2, customer_id)
    # The same back, with all that was read: nothing of it is refused.
    again = server.json("PUT", path, changed)
    assert (again["base_currency"], again["version"]) == ("EUR", 3)
    # base_currency not given is kept: a new name must not revalue a portfolio.
    assert server.json("PUT", path, {"portfolio_name": "V", "portfolio_type": "IRA"})["base_currency"] == "EUR"

    assert server.request("DELETE", path)[0] == 204
    problem(server.request("GET", path), 404, "not_found")


@pytest.mark.parametrize("kind", ["IRA", "ROTH_IRA", "401K", "BROKERAGE", "SAVINGS", "OTHER"])
def test_every_type_of_portfolio(server, kind):
    server.create_portfolio(portfolio_type=kind)


def test_a_wrong_portfolio_is_named_in_all_its_fields(server):
    customer_id = server.create_customer()
    every = {"customer_id", "portfolio_name", "portfolio_type"}
    assert wrong_fields(server.request("POST", "/portfolios", json={})) == dict.fromkeys(every, "missing_field")
    body = {"customer_id": "x", "portfolio_name": [], "portfolio_type": "ira", "base_currency": "DOLLAR"}
    assert wrong_fields(server.request("POST", "/portfolios", json=body)) == dict.fromkeys(body, "invalid_field")
    body = {"customer_id": UNKNOWN, "portfolio_name": "P", "portfolio_type": "IRA"}
    assert wrong_fields(server.request("POST", "/portfolios", json=body)) == {"customer_id": "invalid_field"}

    portfolio_id = server.create_portfolio(customer_id)
    body = {"customer_id": server.create_customer(), "portfolio_name": "P", "portfolio_type": "IRA"}
    answer = server.request("PUT", f"/portfolios/{portfolio_id}", json=body)
    assert wrong_fields(answer) == {"customer_id": "invalid_field"}
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 1


def test_a_portfolio_with_lots_goes_only_by_cascade(server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 1, 1)
    answer = server.request("DELETE", f"/portfolios/{portfolio_id}")
    assert problem(answer, 409, "conflict")["dependents"] == {"portfolios": 0, "investments": 1}
    assert server.request("DELETE", f"/portfolios/{portfolio_id}?cascade=true")[0] == 204
    assert server.json("GET", "/investments")["items"] == []


# --- investments ---


def test_an_investment_from_birth_to_end(server):
    portfolio_id = server.create_portfolio()
    body = lot_body(portfolio_id, ticker_symbol="brk.b", quantity="12345678901.12345678", purchase_price=0.1, fee="9.95")
    answer = server.request("POST", "/investments", json=body)
    assert answer[0] == 201
    lot = loads(answer)
    path = f"/investments/{lot['investment_id']}"
    assert answer[1]["location"] == path
    assert lot["ticker_symbol"] == "BRK.B" and lot["purchase_date"] == "2020-01-02"
    assert lot["quantity"] == Decimal("12345678901.12345678")
    # 1234567890.112345678 rounds half away from zero, plus the fee.
    assert lot["cost_basis"] == Decimal("1234567890.11234568") + Decimal("9.95")
    assert not {"current_price", "current_value", "gain_loss", "gain_loss_percent"} & set(lot)
    assert loads(server.request("GET", path)) == lot
    assert server.json("GET", f"/portfolios/{portfolio_id}/investments")["items"] == [lot]
    assert server.json("GET", "/investments")["items"] == [lot]

    body = {"ticker_symbol": "MSFT", "quantity": 2, "purchase_price": 0, "purchase_date": "2021-03-04"}
    changed = server.json("PUT", path, body)
    assert (changed["ticker_symbol"], changed["quantity"], changed["purchase_price"]) == ("MSFT", 2, 0)
    assert (changed["fee"], changed["cost_basis"], changed["purchase_date"]) == (0, 0, "2021-03-04")
    assert changed["portfolio_id"] == portfolio_id
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 3

    assert server.request("DELETE", path)[0] == 204
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 4
    problem(server.request("GET", path), 404, "not_found")


def test_a_price_shows_in_a_lot(server):
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", "2.5", "100.1", fee=1)
    free = server.create_investment(portfolio_id, "AAPL", 1, 0)
    server.put_price("AAPL", "189.84")
    wait_until(lambda: "current_price" in server.json("GET", f"/investments/{lot}"), what="the price in the loop")
    got = server.json("GET", f"/investments/{lot}")
    assert (got["current_price"], got["current_value"]) == (Decimal("189.84"), Decimal("474.6"))
    assert (got["cost_basis"], got["gain_loss"]) == (Decimal("251.25"), Decimal("223.35"))
    assert got["gain_loss_percent"] == Decimal("88.8955")
    got = server.json("GET", f"/investments/{free}")
    assert got["gain_loss"] == Decimal("189.84") and "gain_loss_percent" not in got
    # Another currency than the portfolio's: it is worth something in its own, and without a rate nothing in that.
    foreign = server.create_investment(server.create_portfolio(base_currency="EUR"), "AAPL", 1, 1)
    got = server.json("GET", f"/investments/{foreign}")
    assert (got["currency"], got["current_value"]) == ("USD", Decimal("189.84"))
    assert not [name for name in got if name.endswith("_base")]


@pytest.mark.parametrize(
    "field, value",
    [
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", "0.000000001"),
        ("quantity", "90000000000.00000001"),
        ("quantity", "1e3"),
        ("quantity", "NaN"),
        ("quantity", "12345678901234567890"),
        ("quantity", True),
        ("quantity", {}),
        ("purchase_price", -1),
        ("purchase_price", "ten"),
        ("fee", -1),
        ("fee", "90000000001"),
        ("ticker_symbol", ""),
        ("ticker_symbol", "A B"),
        ("ticker_symbol", "A" * 33),
        ("ticker_symbol", 5),
        ("purchase_date", "2020-02-30"),
        ("purchase_date", "02/01/2020"),
        ("purchase_date", "2020-01-02T00:00:00Z"),
        ("purchase_date", 20200102),
        ("portfolio_id", "x"),
        ("portfolio_id", UNKNOWN),
    ],
)
def test_a_wrong_lot_is_refused_and_nothing_written(shared_server, shared_postgres, field, value):
    portfolio_id = shared_server.create_portfolio()
    (before,) = shared_postgres.execute("SELECT count(*) FROM investments")
    body = lot_body(portfolio_id, **{field: value})
    assert wrong_fields(shared_server.request("POST", "/investments", json=body)) == {field: "invalid_field"}
    lot = shared_server.create_investment(portfolio_id, "AAPL", 1, 1)
    if value != UNKNOWN:
        assert wrong_fields(shared_server.request("PUT", f"/investments/{lot}", json=body)) == {field: "invalid_field"}
    assert shared_server.json("GET", f"/portfolios/{portfolio_id}")["version"] == 2
    lots = shared_postgres.execute("SELECT quantity FROM investments WHERE portfolio_id = %s", portfolio_id)
    assert lots == [(1,)]
    assert shared_postgres.execute("SELECT count(*) FROM investments") == [(before[0] + 1,)]
    assert shared_postgres.execute("SELECT ticker_symbol FROM assets") == [("AAPL",)]


@pytest.mark.parametrize("text", ["1e400", "12345678901234567890", "-1e-400", "0.0", "1E2"])
def test_numbers_that_no_double_holds_are_named(server, text):
    portfolio_id = server.create_portfolio()
    body = exact_json.dumps(lot_body(portfolio_id, quantity="@")).replace('"@"', text)
    answer = server.request("POST", "/investments", body=body, headers={"Content-Type": "application/json"})
    assert wrong_fields(answer) == {"quantity": "invalid_field"}


def test_a_typo_names_the_field_that_is_missing(server):
    portfolio_id = server.create_portfolio()
    body = lot_body(portfolio_id, purchase_price=..., purchase_prize=10, quantity=0)
    answer = server.request("POST", "/investments", json=body)
    assert wrong_fields(answer) == {"purchase_price": "missing_field", "quantity": "invalid_field"}


def test_a_purchase_may_be_tomorrow_not_later(server):
    portfolio_id = server.create_portfolio()
    today = datetime.now(timezone.utc).date()
    server.create_investment(portfolio_id, "AAPL", 1, 1, str(today + timedelta(days=1)))
    # Two days ahead of a day that may just have ended.
    body = lot_body(portfolio_id, purchase_date=str(today + timedelta(days=3)))
    assert wrong_fields(server.request("POST", "/investments", json=body)) == {"purchase_date": "invalid_field"}
    server.create_investment(portfolio_id, "AAPL", 1, 1, str(date.min))


def test_a_position_has_the_bound_of_a_lot(server):
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 90000000000, 0)
    small = lot_body(portfolio_id, quantity="0.00000001")
    assert wrong_fields(server.request("POST", "/investments", json=small)) == {"quantity": "invalid_field"}
    other = server.create_investment(portfolio_id, "MSFT", 1, 1)
    # A correction of the ticker would take the position past it as well.
    answer = server.request("PUT", f"/investments/{other}", json=lot_body(portfolio_id))
    assert wrong_fields(answer) == {"quantity": "invalid_field"}
    assert server.json("GET", f"/investments/{other}")["ticker_symbol"] == "MSFT"
    # The lot's own old quantity does not count against its new one.
    server.json("PUT", f"/investments/{lot}", lot_body(portfolio_id, quantity="89999999999.99999999"))
    assert server.request("POST", "/investments", json=small)[0] == 201
    assert server.request("POST", "/investments", json=small)[0] == 422


def test_a_lot_stays_in_its_portfolio(server):
    portfolio_id, other = server.create_portfolio(), server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1)
    answer = server.request("PUT", f"/investments/{lot}", json=lot_body(other))
    assert wrong_fields(answer) == {"portfolio_id": "invalid_field"}
    assert server.json("PUT", f"/investments/{lot}", lot_body(portfolio_id, quantity=3))["quantity"] == 3


def test_a_summary(server, postgres):
    portfolio_id = server.create_portfolio()
    path = f"/portfolios/{portfolio_id}/investments/summary"
    empty = server.json("GET", path)
    assert (empty["investments_n"], empty["positions_n"]) == (0, 0)
    assert empty["totals"] == {
        "total_value": 0,
        "cash_balance": 0,
        "cost_basis": 0,
        "gain_loss": 0,
        "day_change": 0,
        "unpriced": 0,
    }
    for symbol, quantity in (("AAPL", 2), ("AAPL", 1), ("MSFT", 5)):
        server.create_investment(portfolio_id, symbol, quantity, 10)
    gone = server.create_investment(portfolio_id, "IBM", 1, 1)
    assert server.request("DELETE", f"/investments/{gone}")[0] == 204
    postgres.execute("UPDATE portfolios SET cash_balance = 7.5")
    server.put_price("AAPL", 12, previous_close=11)
    wait_until(lambda: server.json("GET", path)["totals"]["unpriced"] == 1, what="the price in the loop")
    got = server.json("GET", path)
    assert (got["portfolio_id"], got["base_currency"]) == (portfolio_id, "USD")
    assert (got["investments_n"], got["positions_n"]) == (3, 2)
    assert got["totals"] == {
        "total_value": Decimal("43.5"),
        "cash_balance": Decimal("7.5"),
        "cost_basis": 80,
        "gain_loss": 6,
        "gain_loss_percent": 20,
        "day_change": 3,
        "day_change_percent": Decimal("9.0909"),
        "unpriced": 1,
    }
    # The same as the valuation's, once the loop has the holdings.
    valuation = f"/portfolios/{portfolio_id}/valuation"
    wait_until(lambda: server.json("GET", valuation)["data"]["totals"] == got["totals"], what="the valuation's totals")


def test_a_valuation_is_a_snapshot_with_its_cursor(server):
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 2, 10)
    server.put_price("AAPL", 12)
    path = f"/portfolios/{portfolio_id}/valuation"
    wait_until(lambda: server.json("GET", path)["data"]["totals"]["unpriced"] == 0, what="the price in the loop")
    answer = server.request("GET", path)
    frame = loads(answer)
    assert (frame["type"], frame["portfolio_id"]) == ("snapshot", portfolio_id)
    assert tag(answer) == f'"{frame["cursor"]}"'
    assert frame["data"]["positions"]["AAPL"]["current_value"] == 24
    status, headers, body = server.request("GET", path, headers={"If-None-Match": answer[1]["etag"]})
    assert (status, body, headers["etag"]) == (304, b"", answer[1]["etag"])
    server.put_price("AAPL", 13)
    changed = lambda: server.request("GET", path, headers={"If-None-Match": answer[1]["etag"]})[0] == 200
    wait_until(changed, what="another cursor")
