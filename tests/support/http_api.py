"""REST of one address of the server: an instance's own, or a balancer's in front of several.

Every response is checked against protocol/openapi.yaml on its way.
"""

import http.client
import os

from support import exact_json, openapi
from support.waiting import DEADLINE_S


class HttpApi:
    """Of whoever has a `port` on the loopback."""

    port = None
    tls = None  # an ssl.SSLContext: https and wss
    is_judged = True  # every response against protocol/openapi.yaml

    @property
    def url(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def ws_url(self):
        return f"ws{'s' if self.tls else ''}://127.0.0.1:{self.port}/stream"

    def connection(self):
        """One for several requests."""
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=DEADLINE_S, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)

    def request(self, method, path, json=None, body=None, headers=None):
        """(status, headers with lower-case names, body bytes). json: an object; Decimals keep their digits."""
        headers = dict(headers or {})
        if json is not None:
            body = exact_json.dumps(json)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        connection = self.connection()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
            answer = response.status, {name.lower(): value for name, value in response.getheaders()}, content
        finally:
            connection.close()
        if self.is_judged:
            openapi.check(method, path, *answer)
        return answer

    def json(self, method, path, json=None, expect=None, **options):
        """The body of an answer as exact JSON; asserts its status (default: any 2xx)."""
        status, _, body = self.request(method, path, json=json, **options)
        is_expected = status == expect if expect is not None else 200 <= status < 300
        assert is_expected, f"{method} {path} answered {status}: {body[:2000]!r}"
        return exact_json.loads_canonical(body.decode()) if body else None

    def health(self):
        """The document, whether the server says 200 or (something is away) 503."""
        status, _, body = self.request("GET", "/health")
        assert status in (200, 503), body[:2000]
        return exact_json.loads_canonical(body.decode())

    def metric(self, name):
        """The value of a metric; a name without labels sums its family."""
        return self.metrics(name)[0]

    def metrics(self, *names):
        """The values of several, all of one moment."""
        _, _, body = self.request("GET", "/metrics")
        samples = [line.rpartition(" ") for line in body.decode().splitlines() if line and not line.startswith("#")]
        return [self._sum(name, samples) for name in names]

    @staticmethod
    def _sum(name, samples):
        values = [float(value) for sample, _, value in samples if name in (sample, sample.partition("{")[0])]
        assert values, f"no metric {name}"
        total = sum(values)
        return int(total) if total == int(total) else total

    # --- short ways to what most tests need ---

    def create_customer(self, name="Ada Example", email=None):
        email = email or f"{os.urandom(6).hex()}@example.com"
        return self.json("POST", "/customers", {"name": name, "email": email}, expect=201)["customer_id"]

    def create_portfolio(self, customer_id=None, name="Growth", portfolio_type="BROKERAGE", **more):
        body = {
            "customer_id": customer_id or self.create_customer(),
            "portfolio_name": name,
            "portfolio_type": portfolio_type,
            **more,
        }
        return self.json("POST", "/portfolios", body, expect=201)["portfolio_id"]

    def create_investment(self, portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date="2020-01-02", **more):
        body = {
            "portfolio_id": portfolio_id,
            "ticker_symbol": ticker_symbol,
            "quantity": quantity,
            "purchase_price": purchase_price,
            "purchase_date": purchase_date,
            **more,
        }
        return self.json("POST", "/investments", body, expect=201)["investment_id"]

    def put_price(self, symbol, price, **more):
        return self.json("PUT", f"/assets/{symbol}/price", {"price": price, **more}, expect=200)
