"""A loop in small: who holds what, what ticks, and what is sent for it. Only counts; no prices.

A portfolio holds POSITIONS different symbols, drawn by popularity (Zipf). Time goes
in passes of FLUSH_MS; in each pass some symbols tick. As in the server, a delta
carries what ticked since the last one sent, and max_rate says when the next may go.
"""

import bisect
import dataclasses
import itertools
import math
import random

POSITIONS = 30
PASS_S = 0.05  # FLUSH_MS
BATCH_QUOTES_MAX = 1000  # of the poller


@dataclasses.dataclass(frozen=True)
class Market:
    """Symbols by popularity, and how often they tick. `slow`: all behind the first
    `lively` tick `slow` times a second instead of `rate` times."""

    symbols: int
    rate: float = 1.0
    zipf: float = 1.0
    lively: int = 0  # 0: all
    slow: float = 0.0

    @property
    def classes(self):
        """(first symbol, behind the last, ticks a second)"""
        lively = self.lively or self.symbols
        found = [(0, lively, self.rate)]
        return found if lively == self.symbols else found + [(lively, self.symbols, self.slow)]

    @property
    def quotes_per_s(self):
        return sum((end - first) * rate for first, end, rate in self.classes)

    @property
    def batches_per_s(self):
        """A batch a pass, more when one would grow too large."""
        return max(1 / PASS_S, self.quotes_per_s / BATCH_QUOTES_MAX)

    def rate_of(self, symbol):
        return next(rate for first, end, rate in self.classes if first <= symbol < end)

    def weights(self):
        return [1 / rank**self.zipf for rank in range(1, self.symbols + 1)]


@dataclasses.dataclass(frozen=True)
class Clients:
    """max_rate: deltas a second at most. watchers: clients that watch the same portfolio."""

    name: str
    max_rate: float
    watchers: int = 1

    @property
    def pause(self):
        """Passes from one delta to the next at least."""
        return max(1, math.ceil(1 / (self.max_rate * PASS_S) - 1e-9))


@dataclasses.dataclass
class Counts:
    """Of one loop, in `passes` passes."""

    passes: int = 0
    events: int = 0
    quotes: int = 0  # read, held or not
    revalued: int = 0  # positions
    encoded: int = 0  # deltas; further watchers of a portfolio share them
    deltas: int = 0  # sent
    rows: int = 0  # in all that was sent

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other))))


class Popularity:
    def __init__(self, market):
        self._cumulated = list(itertools.accumulate(market.weights()))

    def portfolio(self, rng):
        """POSITIONS different symbols."""
        chosen = set()
        total, cumulated = self._cumulated[-1], self._cumulated
        while len(chosen) < POSITIONS:
            chosen.add(bisect.bisect_right(cumulated, rng.random() * total))
        return tuple(chosen)


def portfolios(rng, market, number):
    popularity = Popularity(market)
    return [popularity.portfolio(rng) for _ in range(number)]


def ticks(rng, market, passes):
    """For each pass (events, quotes, the symbols that ticked in it). Each symbol ticks
    regularly, from a moment of its own on."""
    classes = []
    for first, end, rate in market.classes:
        period = round(1 / (rate * PASS_S))
        by_phase = [set() for _ in range(period)]
        for symbol in range(first, end):
            by_phase[rng.randrange(period)].add(symbol)
        classes.append(by_phase)
    batches = market.batches_per_s * PASS_S
    for now in range(passes):
        ticked = set().union(*(by_phase[now % len(by_phase)] for by_phase in classes))
        yield batches, len(ticked), ticked


def run(clients, held, watchers, passes, warm_up=0):
    """Counts of a loop that holds `held`, portfolio i for watchers[i] clients."""
    holders = {}
    for i, symbols in enumerate(held):
        for symbol in symbols:
            holders.setdefault(symbol, []).append(i)
    pause = clients.pause
    last_tick = dict.fromkeys(holders, -1)
    sent_at = [-1] * len(held)
    free_at = [i % pause for i in range(len(held))]  # not all in step
    rows = [0] * len(held)
    waiting = set()
    counts = Counts()
    for now, (events, quotes, ticked) in enumerate(passes):
        if now == warm_up:
            counts = Counts()
        counts.passes += 1
        counts.events += events
        counts.quotes += quotes
        for symbol in holders.keys() & ticked:
            before, last_tick[symbol] = last_tick[symbol], now
            counts.revalued += len(holders[symbol])
            for i in holders[symbol]:
                if before <= sent_at[i]:
                    rows[i] += 1
                    waiting.add(i)
        due = [i for i in waiting if free_at[i] <= now]
        for i in due:
            counts.encoded += 1
            counts.deltas += watchers[i]
            counts.rows += rows[i] * watchers[i]
            rows[i], sent_at[i], free_at[i] = 0, now, now + pause
        waiting.difference_update(due)
    return counts


# --- the same in closed form, where all symbols tick alike ---


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """Of one portfolio with one client, a second."""

    deltas: float
    rows: float  # in a delta
    revalued: float


def expected(market, clients):
    if len(market.classes) > 1:
        raise ValueError("only for a market in which all symbols tick alike")
    tick = market.rate * PASS_S  # each symbol in a pass
    in_pause = min(1, tick * clients.pause)  # while nothing may be sent
    any_tick = 1 - (1 - tick) ** POSITIONS
    quiet = (1 - in_pause) ** POSITIONS
    interval_s = (clients.pause + quiet / any_tick) * PASS_S
    rows = POSITIONS * in_pause + quiet * POSITIONS * tick / any_tick
    return Behaviour(deltas=1 / interval_s, rows=rows, revalued=POSITIONS * market.rate)


def behaviour(counts, portfolios_n, clients_n):
    seconds = counts.passes * PASS_S
    return Behaviour(
        deltas=counts.deltas / clients_n / seconds,
        rows=counts.rows / counts.deltas,
        revalued=counts.revalued / portfolios_n / seconds,
    )


def inclusion(market):
    """How probably a portfolio holds each symbol: drawing until POSITIONS different ones are there,
    seen as an arrival process that is stopped when as many are expected."""
    weights = market.weights()
    total = sum(weights)
    low, high = 0.0, 1.0
    while sum(1 - math.exp(-high * w / total) for w in weights) < POSITIONS:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        reached = sum(1 - math.exp(-middle * w / total) for w in weights)
        low, high = (middle, high) if reached < POSITIONS else (low, middle)
    return [1 - math.exp(-high * w / total) for w in weights]


def expected_coverage(included, portfolios_n):
    """The share of symbols that somebody among so many portfolios holds."""
    return sum(1 - (1 - p) ** portfolios_n for p in included) / len(included)


def coverage(held, market):
    return len(set().union(*held)) / market.symbols


def rng_of(*names):
    return random.Random(":".join(str(name) for name in names))
