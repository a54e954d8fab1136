"""A portfolio's valuation by the contract's rules, from scratch.

Independent of the server: whole numbers of 1e-8 in Python's unbounded
integers, one rounding (half away from zero) at each product and quotient.
The tests compare the server's states with it digit for digit.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Dict, List, Optional

from support.exact_json import from_units, to_units

ONE = 10**8
MAX_UNITS = 90_000_000_000 * ONE


def divide_rounded(numerator, denominator):
    """The quotient, rounded half away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def product(a, b):
    """round(a x b) of two numbers of 1e-8."""
    return divide_rounded(a * b, ONE)


def percent(part, whole):
    """100 x part / whole with 4 decimals; None when whole is 0."""
    if whole == 0:
        return None
    return from_units(divide_rounded(part * 100 * 10**4, whole), 4)


@dataclass
class Lot:
    quantity: Decimal
    purchase_price: Decimal
    purchase_date: str = "2020-01-02"
    fee: Decimal = Decimal(0)

    @property
    def quantity_units(self):
        return to_units(self.quantity)

    @property
    def cost_units(self):
        return product(to_units(self.quantity), to_units(self.purchase_price)) + to_units(self.fee)


@dataclass
class Quote:
    price: Decimal
    previous_close: Optional[Decimal] = None
    session: str = "2020-01-02"
    as_of: Optional[str] = None
    currency: str = "USD"
    stale: bool = False


@dataclass
class Portfolio:
    portfolio_id: str
    portfolio_name: str = "Growth"
    base_currency: str = "USD"
    cash_balance: Decimal = Decimal(0)
    lots: Dict[str, List[Lot]] = field(default_factory=dict)

    def add(self, symbol, *lot, **named):
        self.lots.setdefault(symbol, []).append(Lot(*lot, **named))
        return self

    def value(self, quotes):
        """The state document, with these quotes by symbol."""
        rows = {}
        for symbol, lots in self.lots.items():
            if lots:
                rows[symbol] = _Row(symbol, lots, quotes.get(symbol), self.base_currency)
        return {
            "portfolio_id": self.portfolio_id,
            "portfolio_name": self.portfolio_name,
            "base_currency": self.base_currency,
            "totals": _totals(list(rows.values()), to_units(self.cash_balance)),
            "positions": {symbol: row.members() for symbol, row in rows.items()},
        }


class _Row:
    def __init__(self, symbol, lots, quote, base_currency):
        self.symbol = symbol
        self.quantity = sum(lot.quantity_units for lot in lots)
        self.cost = sum(lot.cost_units for lot in lots)
        self.currency = quote.currency if quote else base_currency
        is_legal = self.quantity <= MAX_UNITS
        self.quote = quote if quote and is_legal and quote.currency == base_currency else None
        self.value = self.gain = self.day_change = self.day_base = None
        if self.quote:
            self._value_with(lots)

    def _value_with(self, lots):
        self.value = product(self.quantity, to_units(self.quote.price))
        self.gain = self.value - self.cost
        if self.quote.previous_close is not None:
            before = [lot for lot in lots if lot.purchase_date < self.quote.session]
            bought = [lot for lot in lots if lot.purchase_date >= self.quote.session]
            held = sum(lot.quantity_units for lot in before)
            self.day_base = product(held, to_units(self.quote.previous_close)) + sum(lot.cost_units for lot in bought)
            self.day_change = self.value - self.day_base

    def members(self):
        row = {
            "ticker_symbol": self.symbol,
            "quantity": from_units(self.quantity),
            "average_cost": from_units(divide_rounded(self.cost * ONE, self.quantity)),
            "cost_basis": from_units(self.cost),
            "currency": self.currency,
        }
        if self.quote:
            row["current_price"] = self.quote.price
            row["previous_close"] = self.quote.previous_close
            row["current_value"] = from_units(self.value)
            row["gain_loss"] = from_units(self.gain)
            row["gain_loss_percent"] = percent(self.gain, self.cost)
            if self.day_change is not None:
                row["day_change"] = from_units(self.day_change)
                row["day_change_percent"] = percent(self.day_change, self.day_base)
            row["price_as_of"] = self.quote.as_of
            row["stale"] = self.quote.stale
        return {name: value for name, value in row.items() if value is not None}


def _totals(rows, cash):
    priced = [row for row in rows if row.quote]
    daily = [row for row in priced if row.day_change is not None]
    gain = sum(row.gain for row in priced)
    day_change = sum(row.day_change for row in daily)
    totals = {
        "total_value": from_units(sum(row.value for row in priced) + cash),
        "cash_balance": from_units(cash),
        "cost_basis": from_units(sum(row.cost for row in rows)),
        "gain_loss": from_units(gain),
        "gain_loss_percent": percent(gain, sum(row.cost for row in priced)),
        "day_change": from_units(day_change),
        "day_change_percent": percent(day_change, sum(row.day_base for row in daily)),
        "unpriced": len(rows) - len(priced),
    }
    return {name: value for name, value in totals.items() if value is not None}


def without_times(data):
    """The state without price_as_of, where the time of publication is not known."""
    positions = {
        symbol: {name: value for name, value in row.items() if name != "price_as_of"}
        for symbol, row in data["positions"].items()
    }
    return {**data, "positions": positions}


def differences(expected, actual, path=""):
    """Where two JSON values differ, as texts."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        for name in sorted(set(expected) | set(actual)):
            where = f"{path}/{name}"
            if name not in actual:
                found.append(f"{where}: missing, expected {expected[name]}")
            elif name not in expected:
                found.append(f"{where}: {actual[name]}, expected none")
            else:
                found += differences(expected[name], actual[name], where)
        return found
    return [] if expected == actual else [f"{path}: {actual}, expected {expected}"]


def assert_same(expected, actual):
    found = differences(expected, actual)
    assert not found, "\n".join(found[:40])
