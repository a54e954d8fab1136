"""A market-data provider of the tests' own: answers each product's ticker, and counts."""

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.waiting import wait_until


class TickerStub:
    """Each poll of a symbol finds a new price: the number of its polls so far."""

    def __init__(self):
        self._lock = threading.Lock()
        self._polls = []
        self._counts = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def _handler(self):
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                _, products, symbol, ticker = self.path.split("/")
                assert (products, ticker) == ("products", "ticker")
                body = json.dumps(stub.poll(symbol)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def poll(self, symbol):
        with self._lock:
            self._polls.append(symbol)
            self._counts[symbol] = self._counts.get(symbol, 0) + 1
            price = self._counts[symbol]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return {"trade_id": price, "price": str(price), "size": "1", "time": now + "Z", "bid": "1", "ask": "2"}

    @property
    def polls(self):
        """The symbols in the order in which they were asked for."""
        with self._lock:
            return list(self._polls)

    def wait_for_polls(self, more_n, deadline_s=60):
        """Until so many more have come; returns those."""
        before_n = len(self.polls)
        wait_until(lambda: len(self.polls) >= before_n + more_n, deadline_s, f"{more_n} more polls")
        return self.polls[before_n : before_n + more_n]

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
