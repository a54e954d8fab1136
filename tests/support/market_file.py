"""What a replayed file must end at, read from the file by rules of our own.

The contract of the replay: a bar gives open, low, high, close at 0, 1/4, 2/4,
3/4 of its span; a tick gives the middle of bid and ask. The session is the
bar's date (UTC for what trades around the clock). previous_close is the last
close of the symbol's previous date, divided by the split coefficient of the
day where there is one.
"""

import csv
import datetime
import gzip
import os
from decimal import Decimal

from support.exact_json import from_units, to_units
from support.model import ONE, Quote, divide_rounded
from support.process import ROOT

DATA = os.path.join(os.path.dirname(ROOT), "shared", "data")


def data_path(*parts):
    return os.path.join(DATA, *parts)


def open_text(path):
    return gzip.open(path, "rt", encoding="utf-8", newline="") if path.endswith(".gz") else open(path, encoding="utf-8")


def cut(source, target, first_date, last_date):
    """A stretch of a file of daily bars as a plain file."""
    with open_text(source) as rows, open(target, "w", encoding="utf-8") as file:
        for number, line in enumerate(rows):
            if number == 0 or first_date <= line.split(",")[1] <= last_date:
                file.write(line)


def _date(row):
    if "date" in row:
        return row["date"]
    moment = datetime.datetime.fromtimestamp(int(row["ts_ms"]) / 1000, datetime.timezone.utc)
    return moment.date().isoformat()


def _order(row):
    return int(row["ts_ms"]) if "ts_ms" in row else row["date"]


def _prices(row):
    if "bid" in row:
        return [from_units(divide_rounded(to_units(row["bid"]) + to_units(row["ask"]), 2))]
    return [Decimal(row[name]) for name in ("open", "low", "high", "close")]


class MarketFile:
    """symbols, last (symbol -> the Quote it ends at), legal (symbol -> every price it may ever have)."""

    def __init__(self, path):
        self.path = path
        self.legal = {}
        self.last = {}
        self._closes = {}  # symbol -> [(date, last close of it)]
        with open_text(path) as file:
            for row in sorted(csv.DictReader(file), key=_order):
                self._take(row)

    @property
    def symbols(self):
        return sorted(self.last)

    def _take(self, row):
        symbol, date, prices = row["symbol"], _date(row), _prices(row)
        self.legal.setdefault(symbol, set()).update(prices)
        closes = self._closes.setdefault(symbol, [])
        if closes and closes[-1][0] == date:
            closes[-1] = (date, prices[-1])
        else:
            closes.append((date, prices[-1]))
        previous = closes[-2][1] if len(closes) > 1 else None
        split = Decimal(row.get("split_coefficient") or 1)
        if previous is not None and split != 1:
            previous = from_units(divide_rounded(to_units(previous) * ONE, to_units(split)))
        currency = symbol[-3:] if symbol[-4:-3] in ("-", "/") else "USD"
        self.last[symbol] = Quote(prices[-1], previous, date, currency=currency)
