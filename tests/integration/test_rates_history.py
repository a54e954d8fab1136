"""The exchange rates' days, kept up to date from the European Central Bank's files."""

import datetime
import decimal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.waiting import wait_until

UTC = datetime.timezone.utc


def working_days(n):
    """The last n days of which rates are out for sure, oldest first."""
    day = (datetime.datetime.now(UTC) - datetime.timedelta(hours=15)).date()
    days = []
    while len(days) < n:
        if day.weekday() < 5:
            days.insert(0, day)
        day -= datetime.timedelta(days=1)
    return days


def rates_of(day):
    return {"USD": f"1.{day.day:02d}5", "CHF": f"0.9{day.day:02d}"}


class RatesStub:
    """Serves both history files; `days` are those that were published."""

    def __init__(self, days):
        self.days = list(days)
        self.paths = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                stub.paths.append(self.path)
                body = stub.body().encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        # Without the quota, which is kept over a restart and would make it wait.
        self.settings = {"PROVIDERS": "ecb", "ECB_URL": url, "ECB_QUOTA": "none"}
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def body(self):
        cubes = "".join(
            f'<Cube time="{day}">'
            + "".join(f'<Cube currency="{code}" rate="{rate}"/>' for code, rate in rates_of(day).items())
            + "</Cube>"
            for day in reversed(self.days)
        )
        return f'<?xml version="1.0"?><gesmes:Envelope><Cube>{cubes}</Cube></gesmes:Envelope>'

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def publish():
    stubs = []

    def start(days):
        stubs.append(RatesStub(days))
        return stubs[-1]

    yield start
    for stub in stubs:
        stub.stop()


def stored(postgres):
    rows = postgres.execute("SELECT date, currency, units_per_eur FROM exchange_rates ORDER BY date, currency")
    return {(date, currency): units for date, currency, units in rows}


def expected(days):
    return {(day, code): decimal.Decimal(rate) for day in days for code, rate in rates_of(day).items()}


def wait_for(postgres, days):
    wait_until(lambda: stored(postgres) == expected(days), what=lambda: f"{expected(days)} in {stored(postgres)}")


def test_all_of_the_past_comes_first_then_what_is_missing(start_server, postgres, publish):
    days = working_days(4)
    bank = publish([datetime.date(1999, 1, 4), *days[:-1]])
    server = start_server(**bank.settings)
    wait_for(postgres, bank.days)
    assert "/stats/eurofxref/eurofxref-hist.xml" in bank.paths
    server.stop()
    # The newest day comes out; a new start finds that it is missing.
    bank.days.append(days[-1])
    bank.paths.clear()
    server.start()
    wait_for(postgres, bank.days)
    assert set(bank.paths) == {"/stats/eurofxref/eurofxref-hist-90d.xml"}


def test_what_is_there_is_not_asked_for_again(start_server, postgres, publish):
    days = working_days(2)
    bank = publish(days)
    for (day, code), units in expected(days).items():
        postgres.execute("INSERT INTO exchange_rates VALUES (%s, %s, %s)", code, day, units)
    server = start_server(**bank.settings)
    # A job makes a turn of the historian observable: it looks for rates before.
    job = server.json("POST", "/stocks/populate", {"symbols": ["AAPL"], "from": "2020-01-01"}, expect=202)["job_id"]
    wait_until(lambda: server.json("GET", f"/jobs/{job}")["status"] == "FAILED", what="the job's end")
    assert bank.paths == []


def test_a_job_for_a_rate_fills_the_same_table(start_server, postgres, publish):
    days = working_days(3)
    bank = publish(days)
    for (day, code), units in expected(days[-1:]).items():
        postgres.execute("INSERT INTO exchange_rates VALUES (%s, %s, %s)", code, day, units)
    server = start_server(**bank.settings)
    body = {"symbols": ["EUR/USD"], "from": days[0].isoformat(), "to": days[-1].isoformat()}
    job = server.json("POST", "/stocks/populate", body, expect=202)["job_id"]
    wait_until(lambda: server.json("GET", f"/jobs/{job}")["status"] == "DONE", what="the job's end")
    wait_for(postgres, days)
