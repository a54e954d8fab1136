"""A market-data provider that the test tells what to do: each product's answer, and when."""

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.waiting import wait_until


def ticker(price, time):
    return {"trade_id": 1, "price": str(price), "size": "1", "time": time, "bid": "1", "ask": "2"}


class ProductStub:
    """Products have the prices they were given; what has none is unknown. Requests are counted."""

    def __init__(self):
        self._lock = threading.Lock()
        self._prices = {}
        self._statuses = {}
        self._counts = {}
        self._is_open = threading.Event()
        self._is_open.set()
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
                _, _, product, what = self.path.split("?")[0].split("/")
                # Days' bars are asked for as well, at times of the server's own: there are none.
                status, document = stub.answer(product) if what == "ticker" else (404, {"message": "NotFound"})
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, product):
        with self._lock:
            self._counts[product] = self._counts.get(product, 0) + 1
        self._is_open.wait()
        with self._lock:
            status = self._statuses.get(product, 200 if product in self._prices else 404)
            if status != 200:
                return status, {"message": "NotFound" if status == 404 else "Oops"}
            return 200, self._prices[product]

    def price(self, product, price):
        """The product's price from now on, traded now."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        with self._lock:
            self._prices[product] = ticker(price, now + "Z")
            self._statuses.pop(product, None)

    def fail(self, product, status):
        with self._lock:
            self._statuses[product] = status

    def count(self, product):
        with self._lock:
            return self._counts.get(product, 0)

    def wait_for_count(self, product, count):
        wait_until(lambda: self.count(product) >= count, what=f"{count} requests for {product}")

    def hold(self):
        """Answers nothing until `release`."""
        self._is_open.clear()

    def release(self):
        self._is_open.set()

    def stop(self):
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
