"""The oracle itself, and the client's rule: worked by hand from the contract."""

from decimal import Decimal as D

import pytest

from support import contract, exact_json
from support.frame_check import check_state
from support.model import Lot, Portfolio, Quote, differences, divide_rounded, percent, product
from support.stream_client import has_null, merge_patch

PORTFOLIO_ID = "3f0c1c1e-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    "numerator, denominator, quotient",
    [(1, 2, 1), (-1, 2, -1), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (3, 2, 2), (-3, 2, -2), (0, 5, 0), (5, -2, -3)],
)
def test_division_rounds_half_away_from_zero(numerator, denominator, quotient):
    assert divide_rounded(numerator, denominator) == quotient


@pytest.mark.parametrize(
    "a, b, result",
    [
        ("0.00000001", "0.5", "0.00000001"),
        ("0.00000001", "0.49999999", "0"),
        ("0.00000003", "0.5", "0.00000002"),
        ("90000000000", "90000000000", "8100000000000000000000"),
        ("12345678901.12345678", "1.00000001", "12345679024.58024579"),
    ],
)
def test_product_is_rounded_once_at_the_eighth_decimal(a, b, result):
    assert product(exact_json.to_units(D(a)), exact_json.to_units(D(b))) == exact_json.to_units(D(result))


@pytest.mark.parametrize(
    "part, whole, result",
    [(1, 3, D("33.3333")), (2, 3, D("66.6667")), (-1, 8, D("-12.5")), (1, 0, None), (0, 7, 0), (5, 10**7, D("0.0001"))],
)
def test_percent_has_four_decimals_and_is_absent_of_zero(part, whole, result):
    assert percent(part, whole) == result


def test_lot_cost_has_the_fee_after_the_rounding():
    assert Lot(D("0.00000001"), D("0.5"), fee=D("1.1")).cost_units == 1 + 110000000


def value(portfolio, **quotes):
    data = portfolio.value({symbol.replace("_", "-"): quote for symbol, quote in quotes.items()})
    check_state(data)
    return data


def test_empty_portfolio_has_zeros_and_no_percents():
    assert value(Portfolio(PORTFOLIO_ID))["totals"] == {
        "total_value": 0,
        "cash_balance": 0,
        "cost_basis": 0,
        "gain_loss": 0,
        "day_change": 0,
        "unpriced": 0,
    }


def test_position_is_the_sum_of_its_lots_and_valued_as_a_whole():
    portfolio = Portfolio(PORTFOLIO_ID, cash_balance=D("100.5"))
    portfolio.add("AAPL", D("0.00000001"), D(150)).add("AAPL", D("0.00000002"), D(100), fee=D("0.25"))
    row = value(portfolio, AAPL=Quote(D("0.5"), as_of="2020-01-02T00:00:00.000Z"))["positions"]["AAPL"]
    assert row["quantity"] == D("0.00000003")
    assert row["cost_basis"] == D("0.25000350")
    # Each lot alone would round to 0.00000001 twice; the position is rounded once.
    assert row["current_value"] == D("0.00000002")
    assert row["gain_loss"] == D("-0.25000348")
    assert "previous_close" not in row and "day_change" not in row


def test_day_change_counts_lots_bought_in_the_session_at_cost():
    portfolio = Portfolio(PORTFOLIO_ID)
    portfolio.add("AAPL", D(10), D(100), "2020-01-01").add("AAPL", D(5), D(110), "2020-01-03", fee=D(1))
    quote = Quote(D(120), D(115), session="2020-01-03", as_of="2020-01-03T00:00:00.000Z")
    row = value(portfolio, AAPL=quote)["positions"]["AAPL"]
    assert row["day_change"] == 15 * 120 - 10 * 115 - 551
    assert row["day_change_percent"] == percent(99, 1701)


def test_unpriced_rows_count_in_cost_and_not_in_gain():
    portfolio = Portfolio(PORTFOLIO_ID).add("AAPL", D(1), D(100)).add("ZZZ", D(1), D(50)).add("SAP", D(1), D(70))
    quotes = {"AAPL": Quote(D(110)), "SAP": Quote(D(90), currency="EUR")}
    data = portfolio.value(quotes)
    check_state(data)
    assert data["totals"]["cost_basis"] == 220
    assert data["totals"]["gain_loss"] == 10
    assert data["totals"]["gain_loss_percent"] == 10
    assert data["totals"]["unpriced"] == 2
    # Its lots are in dollars as long as nobody said otherwise: euros do not price them.
    assert data["positions"]["SAP"]["currency"] == "USD"
    assert "current_price" not in data["positions"]["SAP"]


def abroad(quotes, fx_rate=D("0.9238"), base_currency="CHF", currency="USD"):
    """The published case: a dollar cost 0.9238 francs when it was bought."""
    portfolio = Portfolio(PORTFOLIO_ID, base_currency=base_currency)
    portfolio.add("GOOGL", D(1), D("89.12"), "2023-01-03", fee=D(1), fx_rate=fx_rate)
    data = portfolio.value(quotes, {"GOOGL": currency})
    check_state(data)
    return data


def test_a_row_in_another_currency_has_twins_that_the_totals_sum():
    rate = Quote(D("0.8854"), D("0.88"), "2023-07-10", currency="CHF", stale=True)
    data = abroad({"GOOGL": Quote(D("116.45"), D(116), "2023-07-10"), "USD/CHF": rate})
    row, totals = data["positions"]["GOOGL"], data["totals"]
    assert (row["current_value"], row["cost_basis"], row["gain_loss"]) == (D("116.45"), D("90.12"), D("26.33"))
    assert (row["fx_rate"], row["stale"]) == (D("0.8854"), True)
    assert row["cost_basis_base"] == totals["cost_basis"] == D("83.252856")
    assert row["current_value_base"] == totals["total_value"] == D("103.10483")
    assert row["gain_loss_base"] == totals["gain_loss"] == D("19.851974")
    assert row["day_change_base"] == totals["day_change"] == D("103.10483") - D("102.08")
    assert totals["unpriced"] == 0


def test_what_is_not_known_leaves_a_row_out_of_the_totals():
    price, rate = Quote(D("116.45")), Quote(D("0.8854"), currency="CHF")
    for quotes, fx_rate in (
        ({"GOOGL": price}, D("0.9238")),
        ({"GOOGL": price, "USD/CHF": rate}, None),
        ({"GOOGL": price, "USD/CHF": Quote(D(2), currency="USD")}, D("0.9238")),
        ({"GOOGL": Quote(D(1), currency="EUR"), "USD/CHF": rate}, D("0.9238")),
    ):
        data = abroad(quotes, fx_rate)
        assert "current_value_base" not in data["positions"]["GOOGL"]
        assert (data["totals"]["total_value"], data["totals"]["unpriced"]) == (0, 1)
        assert data["totals"]["cost_basis"] == (D("83.252856") if fx_rate else 0)


def test_pence_need_no_rate_in_pounds():
    row = abroad({"GOOGL": Quote(D(150), D(140), "2023-07-10", currency="GBp")}, None, "GBP", "GBp")["positions"]["GOOGL"]
    assert (row["fx_rate"], row["cost_basis"], row["cost_basis_base"]) == (1, D("90.12"), D("0.9012"))
    assert (row["current_value_base"], row["day_change_base"]) == (D("1.5"), D("0.1"))


def test_cost_of_zero_has_no_percent():
    row = value(Portfolio(PORTFOLIO_ID).add("GIFT", D(1), D(0)), GIFT=Quote(D(5)))["positions"]["GIFT"]
    assert "gain_loss_percent" not in row and row["average_cost"] == 0


def test_quantity_past_the_bound_is_unpriced():
    portfolio = Portfolio(PORTFOLIO_ID).add("BIG", D(90_000_000_000), D(1)).add("BIG", D("0.00000001"), D(1))
    assert value(portfolio, BIG=Quote(D(1)))["totals"]["unpriced"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"totals": {"total_value": D("1.00000001")}},
        {"totals": {"gain_loss_percent": None}},
        {"totals": {"unpriced": 1}},
        {"positions": {"AAPL": {"current_value": 111}}},
        {"positions": {"AAPL": {"average_cost": 1}}},
        {"positions": {"AAPL": None}},
    ],
)
def test_the_state_check_sees_a_wrong_digit(change):
    data = value(Portfolio(PORTFOLIO_ID).add("AAPL", D(1), D(100)), AAPL=Quote(D(110)))
    with pytest.raises((AssertionError, KeyError)):
        check_state(merge_patch(data, change))


@pytest.mark.parametrize(
    "target, patch, result",
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_follows_rfc_7396(target, patch, result):
    assert merge_patch(target, patch) == result


@pytest.mark.parametrize("text", ["1.0", "1.10", "-0", "-0.0", "1e5", "1E400", "NaN", "Infinity", "0.0"])
def test_numbers_must_be_canonical(text):
    with pytest.raises(exact_json.NotCanonical):
        exact_json.loads_canonical('{"n":' + text + "}")


@pytest.mark.parametrize("text", ["0", "-1", "0.5", "12345678901.12345678", "-0.00000001", "8100000000000000000000"])
def test_numbers_keep_their_digits(text):
    number = exact_json.loads_canonical(text)
    assert exact_json.number_text(number) == text
    assert exact_json.dumps(number) == text


def test_null_is_found_at_any_depth():
    assert has_null({"a": [{"b": None}]}) and not has_null({"a": [{"b": 0}]})


def test_differences_name_the_place():
    assert differences({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}) == ["/a/b: 2, expected 1", "/a/c: 3, expected none"]


def snapshot(**changes):
    data = Portfolio(PORTFOLIO_ID).add("AAPL", D(1), D(100)).value({"AAPL": Quote(D(110), as_of="2020-01-02T00:00:00.000Z")})
    frame = {
        "type": "snapshot",
        "portfolio_id": PORTFOLIO_ID,
        "cursor": "0123456789abcdef-7-3",
        "as_of": "2020-01-02T03:04:05.678Z",
        "data": data,
    }
    return merge_patch(frame, changes)


def test_a_snapshot_of_the_model_obeys_the_contract():
    contract.check_server_frame(snapshot())


@pytest.mark.parametrize(
    "changes",
    [
        {"cursor": "7"},
        {"as_of": "2020-01-02T03:04:05Z"},
        {"more": 1},
        {"data": {"positions": {"AAPL": {"stale": None}}}},
        {"data": {"positions": {"aapl": {"ticker_symbol": "AAPL"}}}},
        {"data": {"positions": {"AAPL": {"quantity": 0}}}},
        {"data": {"positions": {"AAPL": {"current_price": 90_000_000_001}}}},
        {"data": {"totals": {"unpriced": None}}},
        {"data": {"totals": {"profit": 1}}},
    ],
)
def test_the_contract_refuses_a_wrong_snapshot(changes):
    with pytest.raises(AssertionError):
        contract.check_server_frame(snapshot(**changes))
