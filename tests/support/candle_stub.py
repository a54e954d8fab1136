"""A provider of daily candles of the tests' own, in the form of Coinbase: remembers what it was
asked for, may hold its answers back, and answers whatever a test wants it to."""

import datetime
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.waiting import DEADLINE_S, wait_until

DAY_S = 86400


def close_of(date):
    """The stub's closing price of a day: different each day, with decimals."""
    return f"{100 + date.toordinal() % 1000}.{date.day:02d}"


class CandleStub:
    def __init__(self):
        self._lock = threading.Condition()
        self._requests = []  # (symbol, from, to)
        self._answered_max = None  # how many are answered before the others wait; None: all
        self._answers = []  # [(status, headers, body)] given before anything else
        self.unknown = {"NO-USD"}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def settings(self):
        return {"PROVIDERS": "coinbase", "COINBASE_URL": self.url}

    # --- what tests ask and tell ---

    @property
    def requests(self):
        with self._lock:
            return list(self._requests)

    def wait_for_requests(self, n):
        wait_until(lambda: len(self.requests) >= n, what=f"{n} requests for candles")
        return self.requests

    def hold(self, after=0):
        """Answers wait from now on, but for so many."""
        with self._lock:
            self._answered_max = len(self._requests) + after

    def release(self):
        with self._lock:
            self._answered_max = None
            self._lock.notify_all()

    def answer_next(self, status, body, headers=None):
        """Instead of candles, once."""
        with self._lock:
            self._answers.append((status, headers or {}, body if isinstance(body, str) else json.dumps(body)))

    def stop(self):
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # --- the server ---

    def _answer(self, path):
        url = urllib.parse.urlsplit(path)
        _, _, symbol, what = url.path.split("/")
        if what != "candles":
            return 404, {}, json.dumps({"message": "NotFound"})
        query = urllib.parse.parse_qs(url.query)
        first, last = (datetime.date.fromisoformat(query[name][0][:10]) for name in ("start", "end"))
        with self._lock:
            self._requests.append((symbol, first.isoformat(), last.isoformat()))
            answer = self._answers.pop(0) if self._answers else None
            number = len(self._requests)
            self._lock.wait_for(lambda: self._answered_max is None or number <= self._answered_max, DEADLINE_S)
        if answer:
            return answer
        if symbol in self.unknown:
            return 404, {}, json.dumps({"message": "NotFound"})
        days = [last - datetime.timedelta(days=i) for i in range((last - first).days + 1)]
        rows = []
        for day in days[:300]:
            seconds = (day - datetime.date(1970, 1, 1)).days * DAY_S
            price = close_of(day)
            rows.append(f"[{seconds},{price},{price},{price},{price},12.5]")
        return 200, {}, "[" + ",".join(rows) + "]"

    def _handler(self):
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                status, headers, body = stub._answer(self.path)
                try:
                    self.send_response(status)
                    for name, value in {"Content-Type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body.encode())
                except OSError:
                    pass  # who asked is gone

            def log_message(self, *_):
                pass

        return Handler
