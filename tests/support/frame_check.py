"""What must hold in every state a client ever has: each row agrees with itself,
and the totals are the sums of the rows (protocol, section 1)."""

from support.exact_json import to_units
from support.model import ONE, divide_rounded, factor, percent, product


def check_state(data, fields=None, divided=()):
    """`fields`: the names selected, None for all. What the selection leaves out is not checked. `divided`: symbols whose
    price is from before a split, so that the value is of the quotient, and the price shown that quotient rounded."""
    rows = list(data["positions"].values())
    if fields is None:
        for symbol, row in data["positions"].items():
            _check_row(symbol, row, symbol in divided)
    _check_totals(data.get("totals", {}), rows, fields, data["base_currency"])


def _check_row(symbol, row, is_divided):
    assert row["ticker_symbol"] == symbol
    quantity, cost = to_units(row["quantity"]), to_units(row["cost_basis"])
    assert to_units(row["average_cost"]) == divide_rounded(cost * ONE, quantity), symbol
    if "current_price" not in row:
        return
    value = to_units(row["current_value"])
    off = abs(value - product(quantity, to_units(row["current_price"])))
    assert off <= (quantity // (2 * ONE) + 1 if is_divided else 0), symbol
    gain = to_units(row["gain_loss"])
    assert gain == value - cost, symbol
    assert row.get("gain_loss_percent") == percent(gain, cost), symbol
    if "day_change" in row:
        change = to_units(row["day_change"])
        assert row.get("day_change_percent") == percent(change, value - change), symbol
    if "current_value_base" in row:
        _check_converted(symbol, row, quantity, is_divided)


def _check_converted(symbol, row, quantity, is_divided):
    unit = ONE * ONE * factor(row["currency"])
    value = to_units(row["current_value_base"])
    price, rate = to_units(row["current_price"]), to_units(row["fx_rate"])
    off = abs(value - divide_rounded(quantity * price * rate, unit))
    assert off <= (quantity * rate // (2 * unit) + 1 if is_divided else 0), symbol
    cost, gain = to_units(row["cost_basis_base"]), to_units(row["gain_loss_base"])
    assert gain == value - cost, symbol
    assert row.get("gain_loss_percent_base") == percent(gain, cost), symbol
    if "day_change_base" in row:
        change = to_units(row["day_change_base"])
        assert row.get("day_change_percent_base") == percent(change, value - change), symbol


def _sum(rows, name):
    return sum(to_units(row[name]) for row in rows if name in row)


def _in_base(row, base_currency):
    """The row as the totals take it: in the portfolio's currency."""
    if row.get("currency", base_currency) == base_currency:
        return row
    twins = {name[: -len("_base")]: value for name, value in row.items() if name.endswith("_base")}
    if "current_value" in twins:
        twins["current_price"] = row.get("current_price")
    return twins


def _check_totals(totals, rows, fields, base_currency):
    if fields is not None and "currency" not in fields and any(name in row for row in rows for name in ("fx_rate", "cost_basis_base")):
        return  # which of the rows' members were summed is not said
    rows = [_in_base(row, base_currency) for row in rows]

    def has(*names):
        return fields is None or all(name in fields for name in names)

    def equal(name, expected):
        assert to_units(totals[name]) == expected, f"totals.{name} is {totals[name]}, the rows' sum is {expected}e-8"

    if has("total_value", "current_value", "cash_balance"):
        equal("total_value", _sum(rows, "current_value") + to_units(totals["cash_balance"]))
    for name in ("cost_basis", "gain_loss", "day_change"):
        if has(name):
            equal(name, _sum(rows, name))
    if has("unpriced", "current_price"):
        assert totals["unpriced"] == sum("current_price" not in row for row in rows), "totals.unpriced"
    if has("gain_loss", "gain_loss_percent", "current_price", "cost_basis"):
        cost = _sum([row for row in rows if "current_price" in row], "cost_basis")
        assert totals.get("gain_loss_percent") == percent(to_units(totals["gain_loss"]), cost), "gain_loss_percent"
    if has("day_change", "day_change_percent", "current_value"):
        base = _sum([row for row in rows if "day_change" in row], "current_value") - to_units(totals["day_change"])
        assert totals.get("day_change_percent") == percent(to_units(totals["day_change"]), base), "day_change_percent"
