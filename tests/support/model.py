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
LARGEST_VALUE = MAX_UNITS * MAX_UNITS // ONE


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


# Of the minor units: their major, and how many make one.
MINORS = {"GBp": ("GBP", 100), "ZAc": ("ZAR", 100), "ILA": ("ILS", 100)}


def major(currency):
    return MINORS.get(currency, (currency, 1))[0]


def factor(currency):
    return MINORS.get(currency, (currency, 1))[1]


def converted(units, rate, currency):
    """A whole number of 1e-8 of a currency through the rate of its major, rounded once; None above the bound."""
    value = divide_rounded(units * to_units(rate), ONE * factor(currency))
    return value if abs(value) <= LARGEST_VALUE else None


@dataclass
class Lot:
    quantity: Decimal
    purchase_price: Decimal
    purchase_date: str = "2020-01-02"
    fee: Decimal = Decimal(0)
    fx_rate: Optional[Decimal] = None  # of its trade date; None: not known

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


PAR = Quote(Decimal(1), Decimal(1))  # a pound is a pound, however it is quoted


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

    def value(self, quotes, currencies=None):
        """The state document, with these quotes by symbol, rates among them, and what is known of the assets' currencies."""
        rows = {}
        for symbol, lots in self.lots.items():
            if lots:
                currency = (currencies or {}).get(symbol, self.base_currency)
                rows[symbol] = _Row(symbol, lots, quotes.get(symbol), currency, self._rate(currency, quotes))
        return {
            "portfolio_id": self.portfolio_id,
            "portfolio_name": self.portfolio_name,
            "base_currency": self.base_currency,
            "totals": _totals(list(rows.values()), to_units(self.cash_balance)),
            "positions": {symbol: row.members() for symbol, row in rows.items()},
        }

    def _rate(self, currency, quotes):
        """The quote that is the rate; None: not known. False: the row is in the portfolio's currency."""
        if currency == self.base_currency:
            return False
        if major(currency) == self.base_currency:
            return PAR
        rate = quotes.get(f"{major(currency)}/{self.base_currency}")
        return rate if rate and rate.currency == self.base_currency else None


@dataclass
class _Value:
    """Of a row in one currency; value None: not priced, day_change None: has none, cost None: not known."""

    cost: Optional[int]
    value: Optional[int] = None
    day_base: Optional[int] = None

    @property
    def gain(self):
        return self.value - self.cost

    @property
    def day_change(self):
        return None if self.day_base is None else self.value - self.day_base

    def members(self, suffix):
        row = {"cost_basis" + suffix: None if self.cost is None else from_units(self.cost)}
        if self.value is not None:
            row["current_value" + suffix] = from_units(self.value)
            row["gain_loss" + suffix] = from_units(self.gain)
            row["gain_loss_percent" + suffix] = percent(self.gain, self.cost)
            if self.day_change is not None:
                row["day_change" + suffix] = from_units(self.day_change)
                row["day_change_percent" + suffix] = percent(self.day_change, self.day_base)
        return row


class _Row:
    def __init__(self, symbol, lots, quote, currency, rate):
        self.symbol = symbol
        self.lots = lots
        self.currency = currency
        self.rate = rate
        self.quantity = sum(lot.quantity_units for lot in lots)
        is_priced = quote and self.quantity <= MAX_UNITS and quote.currency == currency
        self.quote = quote if is_priced else None
        self.local = _Value(sum(lot.cost_units for lot in lots))
        if self.quote:
            self._value_in_its_currency()
        # What the totals sum.
        self.base = self.local if rate is False else self._through_rate()

    def _held_and_bought(self):
        bought = [lot for lot in self.lots if lot.purchase_date >= self.quote.session]
        return self.quantity - sum(lot.quantity_units for lot in bought), bought

    def _value_in_its_currency(self):
        self.local.value = product(self.quantity, to_units(self.quote.price))
        if self.quote.previous_close is not None:
            held, bought = self._held_and_bought()
            self.local.day_base = product(held, to_units(self.quote.previous_close)) + sum(lot.cost_units for lot in bought)

    def _lot_cost(self, lot):
        rate = 1 if self.rate is PAR else lot.fx_rate
        return None if rate is None else converted(lot.cost_units, rate, self.currency)

    def _product_through(self, quantity, price, rate):
        value = divide_rounded(quantity * to_units(price) * to_units(rate), ONE * ONE * factor(self.currency))
        return value if value <= LARGEST_VALUE else None

    def _rate_before_the_session(self):
        """What a fixing of an earlier session moved was in force already."""
        return self.rate.price if self.rate.session < self.quote.session else self.rate.previous_close

    def _through_rate(self):
        costs = {id(lot): self._lot_cost(lot) for lot in self.lots}
        base = _Value(None if None in costs.values() else sum(costs.values()))
        if base.cost is None or not self.quote or not self.rate:
            return base
        base.value = self._product_through(self.quantity, self.quote.price, self.rate.price)
        rate = self._rate_before_the_session()
        if base.value is not None and self.quote.previous_close is not None and rate is not None:
            held, bought = self._held_and_bought()
            before = self._product_through(held, self.quote.previous_close, rate)
            if before is not None:
                base.day_base = before + sum(costs[id(lot)] for lot in bought)
        return base

    def members(self):
        row = {
            "ticker_symbol": self.symbol,
            "quantity": from_units(self.quantity),
            "average_cost": from_units(divide_rounded(self.local.cost * ONE, self.quantity)),
            "currency": self.currency,
            **self.local.members(""),
        }
        if self.quote:
            row["current_price"] = self.quote.price
            row["previous_close"] = self.quote.previous_close
            row["price_as_of"] = self.quote.as_of
            row["stale"] = self.quote.stale or bool(self.rate and self.rate.stale)
            row["fx_rate"] = self.rate.price if self.rate else None
        if self.rate is not False:
            row.update(self.base.members("_base"))
        return {name: value for name, value in row.items() if value is not None}


def _totals(rows, cash):
    priced = [row.base for row in rows if row.base.value is not None]
    daily = [base for base in priced if base.day_change is not None]
    gain = sum(base.gain for base in priced)
    day_change = sum(base.day_change for base in daily)
    totals = {
        "total_value": from_units(sum(base.value for base in priced) + cash),
        "cash_balance": from_units(cash),
        "cost_basis": from_units(sum(row.base.cost for row in rows if row.base.cost is not None)),
        "gain_loss": from_units(gain),
        "gain_loss_percent": percent(gain, sum(base.cost for base in priced)),
        "day_change": from_units(day_change),
        "day_change_percent": percent(day_change, sum(base.day_base for base in daily)),
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
