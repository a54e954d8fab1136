"""Returns of ten years of a portfolio of many holdings: from the stored daily
values, and when they have to be computed anew; and what /health takes meanwhile.

The server has its core to itself; PostgreSQL and the client share the other one.
Each rebuild follows a change of a lot, as an import would make one. /health is
asked all the time over a connection of its own."""

import http.client
import json
import os
import threading
import time

NAME = "returns"
HOLDINGS = 1000
FIRST_YEAR, YEARS = 2015, 10
STORED_N, REBUILT_N = 30, 5  # requests a run
HEALTH_PAUSE_S = 0.002
DEADLINE_S = 120

PORTFOLIO_ID = "00000000-0000-4000-8001-000000000000"
CUSTOMER_ID = "00000000-0000-4000-9001-000000000000"

SEED_SQL = f"""
INSERT INTO customers (customer_id, name, email) VALUES ('{CUSTOMER_ID}', 'Returns', 'returns@example.com');
INSERT INTO assets (ticker_symbol, currency) SELECT 'R' || lpad(s::text, 4, '0'), 'USD'
FROM generate_series(0, {{holdings}} - 1) s;
INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type)
VALUES ('{PORTFOLIO_ID}', '{CUSTOMER_ID}', 'Returns', 'BROKERAGE');
INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)
SELECT '{PORTFOLIO_ID}', 'R' || lpad(s::text, 4, '0'), 1 + s * 0.25, 100, date '{FIRST_YEAR}-01-02'
FROM generate_series(0, {{holdings}} - 1) s;
SELECT daily_bars_add_partitions('{FIRST_YEAR}-01-01', '{FIRST_YEAR + YEARS - 1}-12-31');
"""

BARS_SQL = """
INSERT INTO daily_bars (ticker_symbol, date, open, high, low, close, volume, source)
SELECT 'R' || lpad(s::text, 4, '0'), d::date, p, p + 1, p - 1, p, 1000000, 'bench'
FROM generate_series(0, {holdings} - 1) s,
     generate_series(date '{year}-01-01', date '{year}-12-31', interval '1 day') d,
     LATERAL (SELECT 100 + (s * 7 + extract(doy FROM d)::integer * 13) % 50 + {year} % 100 AS p) price
WHERE extract(isodow FROM d) < 6;
"""


def seed(database, holdings):
    database.execute(SEED_SQL.format(holdings=holdings))
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        database.execute(BARS_SQL.format(holdings=holdings, year=year))
    database.execute("ANALYZE")


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Health(threading.Thread):
    """Asks /health until stopped; `times_ms` has what each answer took."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.times_ms = []
        self._port = port
        self._is_stopping = threading.Event()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=DEADLINE_S)
        while not self._is_stopping.wait(HEALTH_PAUSE_S):
            self.times_ms.append(request_ms(connection, "GET", "/health"))
        connection.close()

    def stop(self):
        self._is_stopping.set()
        self.join()
        return self.times_ms


def request_ms(connection, method, path, body=None):
    started = time.perf_counter()
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    content = response.read()
    if response.status >= 300:
        raise RuntimeError(f"{method} {path} answered {response.status}: {content[:300]!r}")
    return (time.perf_counter() - started) * 1000


def change_a_lot(connection, number):
    """What makes the stored values old."""
    lot = {
        "portfolio_id": PORTFOLIO_ID,
        "ticker_symbol": "R0000",
        "quantity": number + 1,
        "purchase_price": 100,
        "purchase_date": f"{FIRST_YEAR}-01-05",
    }
    request_ms(connection, "POST", "/investments", json.dumps(lot))


def measure(port, holdings):
    """The lines of one run."""
    range_of = f"start_date={FIRST_YEAR}-01-01&end_date={FIRST_YEAR + YEARS - 1}-12-31"
    path = f"/portfolios/{PORTFOLIO_ID}/returns?{range_of}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    request_ms(connection, "GET", path)  # computes what is not there yet
    what = f"{holdings:,} holdings, {YEARS} years"
    for kind, requests_n in (("stored", STORED_N), ("rebuilt", REBUILT_N)):
        health, times_ms = Health(port), []
        health.start()
        for number in range(requests_n):
            if kind == "rebuilt":
                change_a_lot(connection, number)
            times_ms.append(request_ms(connection, "GET", path))
        of_health = health.stop()
        yield {
            "bench": NAME,
            "values": kind,
            "what": what,
            "holdings": holdings,
            "requests": requests_n,
            "p50_ms": percentile(times_ms, 0.5),
            "p99_ms": percentile(times_ms, 0.99),
            "health_requests": len(of_health),
            "health_p50_ms": percentile(of_health, 0.5),
            "health_p99_ms": percentile(of_health, 0.99),
            "health_max_ms": max(of_health),
        }
    connection.close()


def run_returns(stack, holdings=HOLDINGS):
    """Seeds, starts the server, measures, stops it."""
    from support.server import Server  # reads PORTFOLIOD

    seed(stack.database, holdings)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, stack.server_core)
    try:
        server = Server(DATABASE_URL=stack.database_url, REDIS_URL=stack.redis_url)
    finally:
        os.sched_setaffinity(0, before)
    try:
        return list(measure(server.port, holdings))
    finally:
        server.stop(deadline_s=60)
