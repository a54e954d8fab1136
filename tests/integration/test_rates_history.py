"""The exchange rates' days, kept up to date from the European Central Bank's files."""

import datetime
import decimal

import pytest
from support.waiting import wait_for_a_quiet_date, wait_until

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


class Bank:
    """The European Central Bank; `days` are those that were published."""

    def __init__(self, market, days):
        self._market, self.days = market, []
        self._ecb = market.vendors["ecb"]
        # Without the quota, which is kept over a restart and would make it wait.
        self.settings = self._ecb.settings
        self.publish(*days)

    def publish(self, *days):
        self.days += days
        for code in rates_of(self.days[0]):
            self._market.set_closes(f"EUR/{code}", {day: rates_of(day)[code] for day in self.days})

    @property
    def paths(self):
        return [request.path for request in self._ecb.history.all]


@pytest.fixture
def publish(market):
    wait_for_a_quiet_date(begins_h=15)  # as of which the server misses the day's rates
    return lambda days: Bank(market, days)


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
    bank.publish(days[-1])
    asked_n = len(bank.paths)
    server.start()
    wait_for(postgres, bank.days)
    assert set(bank.paths[asked_n:]) == {"/stats/eurofxref/eurofxref-hist-90d.xml"}


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
