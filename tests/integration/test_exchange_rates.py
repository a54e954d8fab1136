"""GET /exchange-rates: a day's rates, crosses of one publication."""

from decimal import Decimal

import pytest

from support.rest import problem, wrong_fields


@pytest.fixture
def rates(server, postgres):
    postgres.execute(
        "INSERT INTO exchange_rates VALUES ('USD', '2023-01-02', 1.0683), ('CHF', '2023-01-02', 0.9876),"
        " ('RUB', '2023-01-02', 117.2), ('USD', '2023-01-03', 1.0545), ('CHF', '2023-01-03', 0.9871)"
    )
    return lambda query="": server.json("GET", "/exchange-rates" + query, expect=200)


def test_the_last_ones_for_a_euro(rates):
    assert rates() == {"base": "EUR", "date": "2023-01-03", "rates": {"CHF": Decimal("0.9871"), "USD": Decimal("1.0545")}}


def test_crosses_of_a_day(rates):
    found = rates("?base=usd&date=2023-01-03")
    assert found == {"base": "USD", "date": "2023-01-03", "rates": {"CHF": Decimal("0.93608345"), "EUR": Decimal("0.94831674")}}
    assert set(rates("?base=USD&date=2023-01-02")["rates"]) == {"CHF", "EUR", "RUB"}


def test_a_day_without_has_those_before_it(rates):
    assert rates("?date=2023-06-01")["date"] == "2023-01-03"
    # Of the last day that has the currency.
    found = rates("?base=RUB&date=2023-06-01")
    assert (found["date"], found["rates"]["EUR"]) == ("2023-01-02", Decimal("0.00853242"))


@pytest.mark.parametrize("query", ["?date=2023-01-01", "?base=XAU", "?base=RUB&date=2022-12-31"])
def test_before_the_first_is_404(server, rates, query):
    problem(server.request("GET", "/exchange-rates" + query), 404, "not_found")


def test_what_is_wrong_is_422(server):
    answer = server.request("GET", "/exchange-rates?base=GBX&date=2023-13-01")
    assert wrong_fields(answer) == {"base": "invalid_field", "date": "invalid_field"}
    assert wrong_fields(server.request("GET", "/exchange-rates?base=EURO")) == {"base": "invalid_field"}
    problem(server.request("GET", "/exchange-rates"), 404, "not_found")
