"""A stand-in for the market-data vendors: their paths and formats on one
loopback port, with prices of the test's own or of ../shared/data, and switches
that a test sets while it runs.

    market = MarketServer()
    market.set("AAPL", "184.10", previous="182.19")
    server = start_server(**market.settings("polygon", "yahoo"))
    market.vendors["polygon"].throttled = True
    market.vendors["polygon"].prices.hold()
"""

import csv
import datetime
import gzip
import json
import threading
import time
import urllib.parse
from collections import Counter, namedtuple
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import market_formats
from support.waiting import DEADLINE_S, wait_until

Price = namedtuple("Price", "price previous as_of_ms currency")
Bar = namedtuple("Bar", "date open high low close volume dividend split")
Request = namedtuple("Request", "path query headers at_s")  # at_s: monotonic
KEYED = ("alphavantage", "polygon", "finnhub")


class Requests:
    """Of one kind to one vendor: what came, oldest first, and which of them must wait."""

    def __init__(self, lock):
        self._changed = threading.Condition(lock)
        self._all = []
        self._released_n = None  # how many may be answered; None: all
        self._answers = []  # (status, content type, body, headers) given before anything else

    @property
    def all(self):
        with self._changed:
            return list(self._all)

    def take(self, request):
        """Waits for its turn; the answer that a test gave for it, or None."""
        with self._changed:
            self._all.append(request)
            number = len(self._all)
            answer = self._answers.pop(0) if self._answers else None
            self._changed.wait_for(lambda: self._released_n is None or number <= self._released_n, DEADLINE_S)
            return answer

    def hold(self, after=0):
        """Answers wait from now on, but for so many."""
        with self._changed:
            self._released_n = len(self._all) + after

    def release(self):
        with self._changed:
            self._released_n = None
            self._changed.notify_all()

    def answer_next(self, status, body, headers=None):
        """Instead of what the market knows, once: a text, or an object for JSON."""
        with self._changed:
            body = body if isinstance(body, str) else json.dumps(body)
            self._answers.append((status, market_formats.JSON, body, headers or {}))

    def wait_for(self, n, deadline_s=None):
        """Until there are so many; returns all."""
        wait_until(lambda: len(self.all) >= n, deadline_s, f"{n} requests")
        return self.all


class Vendor:
    """Its switches; each takes effect with the next request."""

    def __init__(self, market, name):
        self.market, self.name = market, name
        self.prices = Requests(market.lock)
        self.history = Requests(market.lock)  # for the days of the past, which a job of the server's own may ask for
        self._asked = Counter()  # for prices: by the vendor's own names
        self.statuses = {}  # symbol -> what its requests are answered with
        self.throttled = False  # True, or "day": the vendor's words for a day that is used up
        self.throttle_after = None  # so many more answers, then it throttles
        self.headers = {}  # of every answer: {"Retry-After": "3"}
        self.unknown = set()  # symbols that it does not know
        self.latency_s = 0
        self.cut_off = False  # closes in the middle of the body
        self.status = None  # answers with this one and a page
        self.malformed = False
        self.frozen_ms = None  # says this time for ever: stale, or repeated
        self.invalid_key = False
        self.not_entitled = lambda path, query: False
        self.page_n = 50000

    def take(self, request):
        """Waits for its turn; the answer that a test gave for it, or None."""
        function = request.query.get("function", "")
        is_history = function.startswith("TIME_SERIES") or function == "FX_DAILY" or "period1" in request.query
        is_history |= "/range/" in request.path or "/reference/" in request.path or request.path.endswith(("/candles", "/OHLC"))
        if is_history or "-hist" in request.path:
            return self.history.take(request)
        with self.market.lock:
            self._asked.update(words(request.path, request.query))
        return self.prices.take(request)

    @property
    def settings(self):
        """Of a server that asks nobody else."""
        return self.market.settings(self.name)

    @property
    def requests(self):
        return self.prices.all

    @property
    def asked_n(self):
        return len(self.prices.all)

    @property
    def all_n(self):
        return self.asked_n + len(self.history.all)

    def asked(self, symbol):
        """How often for this symbol's price."""
        with self.market.lock:
            return max(self._asked[name] for name in self.own_names(symbol))

    def wait_for_asked(self, symbol, n):
        wait_until(lambda: self.asked(symbol) >= n, what=f"{n} requests for {symbol}")

    def trade(self, symbol, price):
        """The market's price from now on, of now; and this vendor tells it."""
        with self.market.lock:
            self.market.set(symbol, price, as_of_ms=self.market.now_ms())
            self.statuses.pop(symbol, None)

    def own_names(self, symbol):
        base = {"BTC": "XBT", "DOGE": "XDG"}
        parts = symbol.replace("/", "-").split("-")
        if len(parts) == 2 and len(parts[1]) == 3:
            pair = "".join(parts)
            return {symbol, pair, f"C:{pair}", f"X:{pair}", f"{pair}=X", base.get(parts[0], parts[0]) + parts[1]}
        return {symbol, symbol.replace(".", "-")}

    def _find(self, mapping, name):
        for symbol, value in mapping.items():
            if name in self.own_names(symbol) and symbol not in self.unknown:
                return value
        return None

    def price(self, name):
        price = self._find(self.market.prices, name)
        if price is None:
            return None
        if price.price is None:
            price = price._replace(price=str(max(self._asked[name], 1)))
        return price._replace(as_of_ms=self.frozen_ms or price.as_of_ms or self.market.now_ms())

    def bars(self, name):
        return self._find(self.market.bars, name) or []

    def splits(self, name):
        """(date, ratio), of bars and of announcements."""
        told = [(bar.date, bar.split) for bar in self.bars(name) if bar.split != 1]
        return sorted(told + list((self._find(self.market.announced, name) or {}).items()))

    def bar_names(self):
        return {name for symbol in self.market.bars if symbol not in self.unknown for name in self.own_names(symbol)}

    def answer(self, path, query):
        asked = words(path, query)
        status = self.status or next((it for name, it in self.statuses.items() if self.own_names(name) & asked), None)
        if status:
            return status, "text/html", "<html>an error</html>"
        if self.invalid_key:
            return market_formats.refusal(self.name, "invalid_key")
        if self.throttle_after is not None:
            self.throttle_after -= 1
            if self.throttle_after < 0:
                return market_formats.refusal(self.name, "throttled")
        if self.throttled:
            return market_formats.refusal(self.name, "day" if self.throttled == "day" else "throttled")
        if self.not_entitled(path, query):
            return market_formats.refusal(self.name, "not_entitled")
        status, content_type, body = market_formats.FORMATS[self.name](self, path, query)
        return status, content_type, body[: len(body) // 2] if self.malformed else body


def words(path, query):
    """The symbols of a request are among them."""
    return set(path.split("/")).union(*(value.split(",") for value in query.values()))


class MarketServer:
    """The market's prices and bars, and the vendors that tell them."""

    def __init__(self):
        self.lock = threading.RLock()
        self.prices, self.bars = {}, {}
        self.announced = {}  # symbol -> {date: ratio}: splits without a bar
        self.vendors = {name: Vendor(self, name) for name in market_formats.FORMATS}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @staticmethod
    def now_ms():
        return int(time.time() * 1000)

    # --- what the market knows ---

    def set(self, symbol, price, previous=None, currency="USD", as_of_ms=None):
        """as_of_ms None: of whenever it is asked for."""
        with self.lock:
            self.prices[symbol] = Price(str(price), previous and str(previous), as_of_ms, currency)

    def set_counting(self, *symbols):
        """The price of each is how often the vendor was asked for it."""
        with self.lock:
            for symbol in symbols:
                self.prices[symbol] = Price(None, None, None, "USD")

    def set_closes(self, symbol, closes):
        """Bars that are at their close all day; closes: {date: price}."""
        with self.lock:
            bars = [Bar(day, *[Decimal(price)] * 4, Decimal("12.5"), Decimal(0), Decimal(1)) for day, price in closes.items()]
            self.bars[symbol] = sorted(bars)

    def load_bars(self, path, symbols=None):
        """Daily bars of a CSV of ../shared/data/daily: as traded, with splits and dividends."""
        opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="utf-8")
        with opened as file, self.lock:
            for row in csv.DictReader(file):
                if symbols is None or row["symbol"] in symbols:
                    prices = [Decimal(row[name]) for name in ("open", "high", "low", "close")]
                    volume, dividend = Decimal(row["volume"]), Decimal(row.get("dividend_amount") or 0)
                    split = Decimal(row.get("split_coefficient") or 1)
                    bar = Bar(datetime.date.fromisoformat(row["date"]), *prices, volume, dividend, split)
                    self.bars.setdefault(row["symbol"], []).append(bar)

    # --- how portfoliod finds it ---

    def settings(self, *providers, **more):
        """PROVIDERS, every vendor's URL, keys; no quotas but those in `more`."""
        settings = {"PROVIDERS": ",".join(providers), "POLL_INTERVAL_MS": 200}
        for name in self.vendors:
            settings[f"{name.upper()}_URL"] = f"{self.url}/{name}"
            settings[f"{name.upper()}_QUOTA"] = "none"
        settings |= {"MASSIVE_URL": f"{self.url}/polygon", "MASSIVE_QUOTA": "none"}
        settings |= {f"{name.upper()}_API_KEY": self.key(name) for name in KEYED}
        return {**settings, **more}

    @staticmethod
    def key(name):
        return f"SECRET-{name}-KEY"

    # --- the server ---

    def _handler(self):
        market = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                split = urllib.parse.urlsplit(self.path)
                _, name, path = split.path.split("/", 2)
                query = dict(urllib.parse.parse_qsl(split.query))
                vendor = market.vendors[name]
                path = urllib.parse.unquote("/" + path)
                given = vendor.take(Request(path, query, dict(self.headers), time.monotonic()))
                with market.lock:
                    status, content_type, body, headers = given or (*vendor.answer(path, query), dict(vendor.headers))
                    latency_s, cut_off = vendor.latency_s, vendor.cut_off
                if latency_s:
                    time.sleep(latency_s)
                try:
                    self.send_body(status, {"Content-Type": content_type, **headers}, body.encode(), cut_off)
                except OSError:
                    pass  # who asked is gone

            def send_body(self, status, headers, body, cut_off):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if cut_off else body)
                if cut_off:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        return Handler

    def stop(self):
        for vendor in self.vendors.values():
            vendor.prices.release()
            vendor.history.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
