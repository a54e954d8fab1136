"""Daily values and returns by the definitions, in fractions: written apart from the
server, and slow. Prices are raw; a split of (date, ratio) counts from its date on."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import stdev

E8 = 10**8


def rounded(value):
    """To 1e-8, half away from zero."""
    scaled = abs(value) * E8
    whole = int(scaled)
    whole += scaled - whole >= Fraction(1, 2)
    return Fraction(whole if value >= 0 else -whole, E8)


@dataclass
class Lot:
    symbol: str
    quantity: Fraction
    price: Fraction
    day: date
    fee: Fraction = Fraction(0)

    @property
    def cost(self):
        return rounded(self.quantity * self.price) + self.fee


@dataclass
class Model:
    lots: list
    closes: dict  # symbol -> {date: Fraction}
    splits: dict = field(default_factory=dict)  # symbol -> [(date, Fraction)]

    def ratio(self, symbol, after, upto):
        ratio = Fraction(1)
        for day, factor in self.splits.get(symbol, ()):
            if after < day <= upto:
                ratio *= factor
        return ratio

    def quantity(self, symbol, day):
        return sum(
            rounded(lot.quantity * self.ratio(symbol, lot.day, day))
            for lot in self.lots
            if lot.symbol == symbol and lot.day <= day
        )

    def price(self, symbol, day):
        known = [at for at in self.closes.get(symbol, ()) if at <= day]
        if known:
            return rounded(self.closes[symbol][max(known)] / self.ratio(symbol, max(known), day))
        paid = [lot for lot in self.lots if lot.symbol == symbol and lot.day <= day]
        return rounded(paid[-1].price / self.ratio(symbol, paid[-1].day, day)) if paid else None

    @property
    def symbols(self):
        return sorted({lot.symbol for lot in self.lots})

    def value_of(self, symbol, day):
        quantity = self.quantity(symbol, day)
        return rounded(quantity * self.price(symbol, day)) if quantity else Fraction(0)

    def value(self, day):
        return sum(self.value_of(symbol, day) for symbol in self.symbols)

    def inflow(self, start, end, symbol=None):
        return sum(lot.cost for lot in self.lots if start <= lot.day <= end and symbol in (None, lot.symbol))

    def days(self, start, end):
        """(day, value, inflow) of each day with a close of something held, or a purchase."""
        events = {lot.day for lot in self.lots}
        for symbol in self.symbols:
            first = min(lot.day for lot in self.lots if lot.symbol == symbol)
            events |= {day for day in self.closes.get(symbol, ()) if day >= first}
        return [(day, self.value(day), self.inflow(day, day)) for day in sorted(events) if start <= day <= end]

    def returns(self, start, end):
        opening = self.value(start - timedelta(1))
        days = self.days(start, end)
        closing = days[-1][1] if days else opening
        inflow = sum(day[2] for day in days)
        gain = closing - opening - inflow
        factors, before = [], opening
        for _, value, bought in days:
            factors.append(value / (before + bought) if before + bought > 0 else Fraction(1))
            before = value
        twr = Fraction(1)
        for factor in factors:
            twr *= factor
        n = (end - start).days + 1
        weighted = opening + sum(bought * Fraction((end - day).days + 1, n) for day, _, bought in days)
        return {
            "days": n,
            "opening_value": opening,
            "closing_value": closing,
            "inflow": inflow,
            "gain": gain,
            "simple_return": gain / (opening + inflow) if opening + inflow > 0 else None,
            "twr": twr - 1,
            "modified_dietz": gain / weighted if weighted > 0 else None,
            "xirr": self.rate([(-1, -opening)] + [((day - start).days, -bought) for day, _, bought in days], n - 1, closing),
            "volatility": stdev([float(factor) - 1 for factor in factors]) * 252**0.5 if len(factors) > 1 else None,
        }

    @staticmethod
    def rate(flows, last, closing):
        """Bisection in decimals of 40 digits; flows: (days since start, amount)."""
        with localcontext() as context:
            context.prec = 40
            flows = [(Decimal(day + 1) / 365, Decimal(int(flow * E8))) for day, flow in flows if flow] + [
                (Decimal(last + 1) / 365, Decimal(int(closing * E8)))
            ]

            def worth(rate):
                return sum(flow / (1 + rate) ** years for years, flow in flows)

            low, high = Decimal("-0.9999"), Decimal(100)
            if worth(low) * worth(high) >= 0:
                return None
            for _ in range(60):
                middle = (low + high) / 2
                if worth(low) * worth(middle) <= 0:
                    high = middle
                else:
                    low = middle
            return low
