"""Prices that move at a steady pace, from a thread of the test's own."""

import random
import threading
import time
from decimal import Decimal

from support.publisher import Publisher


class Ticks:
    """per_second price changes, in so many batches a second; each symbol in its turn. Begins with all of them."""

    def __init__(self, redis_url, symbols, per_second, batches_per_second):
        self._publisher = Publisher(redis_url)
        self._chance = random.Random(1)
        self._prices = {symbol: Decimal(self._chance.randint(1000, 50000)) / 100 for symbol in symbols}
        self._symbols = list(symbols)
        self._per_batch = max(1, int(per_second) // int(batches_per_second))
        self._pause_s = 1 / int(batches_per_second)
        self._is_over = threading.Event()
        self._published_n = 0
        self._publisher.publish([self._quote(symbol) for symbol in self._symbols])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _quote(self, symbol):
        return {"symbol": symbol, "price": self._prices[symbol], "previous_close": Decimal(200)}

    def _move(self, symbol):
        self._prices[symbol] = max(Decimal(1), self._prices[symbol] + Decimal(self._chance.randint(-100, 100)) / 100)
        return self._quote(symbol)

    def _run(self):
        at, due = 0, time.monotonic()
        while not self._is_over.wait(max(0, due - time.monotonic())):
            batch = [self._symbols[(at + i) % len(self._symbols)] for i in range(self._per_batch)]
            at = (at + self._per_batch) % len(self._symbols)
            self._publisher.publish([self._move(symbol) for symbol in batch])
            self._published_n += len(batch)
            due += self._pause_s

    def stop(self):
        """How many changes were published, and the last price of each symbol."""
        self._is_over.set()
        self._thread.join()
        self._publisher.stop()
        return self._published_n, dict(self._prices)
