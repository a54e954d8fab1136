"""History jobs worked off: by a real server, from a provider over HTTP, into PostgreSQL."""

import datetime
import decimal

import pytest
from support.history import closed_since_long, write_closes
from support.waiting import wait_until

FROM, TO = "2018-01-01", "2019-12-31"
DAYS = 730  # three requests of at most 300 days


def utc_today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def close_of(date):
    """Different each day, with decimals."""
    return f"{100 + date.toordinal() % 1000}.{date.day:02d}"


@pytest.fixture
def candles(market):
    """Coinbase, with days of BTC-USD from 2017 until after today."""
    first, today = datetime.date(2017, 1, 1), datetime.datetime.now(datetime.timezone.utc).date()
    days = [first + datetime.timedelta(days=i) for i in range((today - first).days + 3)]
    market.set_closes("BTC-USD", {day: close_of(day) for day in days})
    return market.vendors["coinbase"]


def spans(candles):
    """(symbol, from, to) of each request."""
    return [(it.path.split("/")[2], it.query["start"][:10], it.query["end"][:10]) for it in candles.history.all]


def populate(server, *symbols, first=FROM, last=TO):
    body = {"symbols": list(symbols) or ["BTC-USD"], "from": first, "to": last}
    return server.json("POST", "/stocks/populate", body, expect=202)["job_id"]


def wait_for_job(server, job_id, status):
    def job():
        return server.json("GET", f"/jobs/{job_id}")

    wait_until(lambda: job()["status"] == status, what=lambda: f"{status} of {job()}")
    return job()


def stored(postgres, symbol="BTC-USD"):
    rows = postgres.execute(
        "SELECT date, close, source FROM daily_bars WHERE ticker_symbol = %s ORDER BY date", symbol
    )
    return {row[0]: (str(row[1].normalize()), row[2]) for row in rows}


def assert_whole(postgres, symbol="BTC-USD", days=DAYS):
    bars = stored(postgres, symbol)
    assert len(bars) == days
    for date, (close, source) in bars.items():
        assert (float(close), source) == (float(close_of(date)), "coinbase"), date


def test_a_job_is_worked_off_page_by_page(start_server, postgres, candles):
    server = start_server(**candles.settings)
    job = wait_for_job(server, populate(server), "DONE")
    assert_whole(postgres)
    assert job["rows_done"] == DAYS and job["symbols"][0]["provider"] == "coinbase"
    assert job["symbols"][0]["status"] == "DONE" and "error" not in job["symbols"][0] and job["finished_at"]
    requests = spans(candles)
    assert [request[0] for request in requests] == ["BTC-USD"] * 3
    # Every day is asked for once.
    assert requests[0][1] == FROM and requests[-1][2] == TO
    for before, after in zip(requests, requests[1:]):
        assert datetime.date.fromisoformat(after[1]) - datetime.date.fromisoformat(before[2]) == datetime.timedelta(1)


def test_a_killed_server_goes_on_where_it_was(start_server, postgres, candles):
    server = start_server(**candles.settings)
    candles.history.hold(after=1)
    job_id = populate(server)
    candles.history.wait_for(2)
    assert len(stored(postgres)) == 300 and server.json("GET", f"/jobs/{job_id}")["rows_done"] == 300
    server.kill()
    candles.history.release()
    server.start()
    assert wait_for_job(server, job_id, "DONE")["rows_done"] == DAYS
    assert_whole(postgres)
    # The request that was under way is repeated; what was stored is not asked for again.
    requests = spans(candles)
    assert len(requests) == 4 and requests[2] == requests[1] != requests[0]


@pytest.mark.threads
def test_another_leader_takes_the_job_over(start_server, postgres, candles):
    first = start_server(**candles.settings)
    wait_until(lambda: first.health()["feed"]["leader"], what="the first leads")
    second = start_server(**candles.settings)
    candles.history.hold()
    job_id = populate(second)
    candles.history.wait_for(1)
    first.kill()
    candles.history.release()
    assert wait_for_job(second, job_id, "DONE")["rows_done"] == DAYS
    assert_whole(postgres)


def test_each_symbol_has_its_own_end(start_server, postgres, candles):
    server = start_server(**candles.settings)
    job = wait_for_job(server, populate(server, "BTC-USD", "NO-USD", "AAPL"), "PARTIAL")
    ends = {symbol["ticker_symbol"]: (symbol["status"], symbol.get("error", {}).get("code")) for symbol in job["symbols"]}
    assert ends == {
        "AAPL": ("FAILED", "no_provider"),
        "BTC-USD": ("DONE", None),
        "NO-USD": ("FAILED", "unknown_symbol"),
    }
    assert job["symbols_failed"] == 2 and job["symbols_open"] == 0
    assert_whole(postgres)


def test_a_throttled_job_waits_and_goes_on(start_server, postgres, candles):
    candles.history.answer_next(429, {"message": "Public rate limit exceeded"}, {"Retry-After": "1"})
    server = start_server(**candles.settings)
    job_id = populate(server)
    candles.history.wait_for(1)
    wait_until(
        lambda: server.json("GET", f"/jobs/{job_id}")["symbols"][0].get("error", {}).get("code") == "waiting"
        or len(spans(candles)) > 1,
        what="that it waits",
    )
    wait_for_job(server, job_id, "DONE")
    assert_whole(postgres)
    assert spans(candles)[1][1] == FROM


def test_bad_answers_are_tried_again_later(start_server, postgres, candles):
    candles.history.answer_next(200, '[[1514764800,"x"')
    server = start_server(**candles.settings)
    job_id = populate(server)
    candles.history.wait_for(1)

    def symbol():
        return server.json("GET", f"/jobs/{job_id}")["symbols"][0]

    pausing = wait_until(lambda: "retry_at" in (it := symbol()) and it, what="a pause")
    assert pausing["error"]["code"] == "malformed" and pausing["status"] == "WAITING"
    wait_for_job(server, job_id, "DONE")
    assert_whole(postgres)


def test_one_job_at_a_time_works_on_a_symbol(start_server, postgres, candles):
    server = start_server(**candles.settings)
    candles.history.hold()
    first = populate(server)
    candles.history.wait_for(1)
    second = populate(server, "BTC-USD", first="2017-01-01", last="2017-01-31")
    statuses = postgres.execute("SELECT status, count(*) FROM job_symbols GROUP BY status ORDER BY status")
    assert statuses == [("RUNNING", 1), ("WAITING", 1)]
    assert server.json("GET", f"/jobs/{second}")["status"] == "WAITING"
    candles.history.release()
    wait_for_job(server, first, "DONE")
    wait_for_job(server, second, "DONE")
    assert_whole(postgres, days=DAYS + 31)


def test_what_a_process_that_is_gone_was_at_goes_on(start_server, postgres, candles):
    """Also when it claimed it after the one that leads now had taken over."""
    server = start_server(**candles.settings)
    wait_until(lambda: server.health()["feed"]["leader"], what="it leads")
    job_id = populate(server, "AAPL")  # no provider has it: the historian has been through a turn
    wait_for_job(server, job_id, "FAILED")
    postgres.execute(
        "UPDATE jobs SET finished_at = NULL; UPDATE job_symbols SET status = 'RUNNING', runner = gen_random_uuid(), "
        "next_date = '2020-01-01', error_code = NULL, error_detail = NULL"
    )
    # All of it was kept before (next_date is past the end): it only ends.
    wait_for_job(server, job_id, "DONE")
    assert spans(candles) == []


def test_history_leaves_prices_half_of_the_quota(start_server, candles):
    server = start_server(**{**candles.settings, "COINBASE_QUOTA": "4/day"})
    job_id = populate(server)

    def symbol():
        return server.json("GET", f"/jobs/{job_id}")["symbols"][0]

    wait_until(lambda: symbol().get("error", {}).get("code") == "waiting", what="the end of its share")
    assert len(spans(candles)) == 2 and symbol()["rows_done"] == 600
    retry_at = datetime.datetime.fromisoformat(symbol()["retry_at"].replace("Z", "+00:00"))
    midnight = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)
    assert abs((retry_at.date() - midnight).days) <= 1


def test_today_is_not_stored_before_it_is_over(start_server, postgres, candles):
    server = start_server(**candles.settings)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    first = (today - datetime.timedelta(days=5)).isoformat()
    wait_for_job(server, populate(server, first=first, last=today.isoformat()), "DONE")
    now = datetime.datetime.now(datetime.timezone.utc).date()
    assert max(stored(postgres)) in (today - datetime.timedelta(days=1), now - datetime.timedelta(days=1))


def set_up_bitcoin(start_server, postgres):
    """A portfolio with two of it. The server that made it may have found a session to close; that is undone."""
    setup = start_server()
    portfolio_id = setup.create_portfolio()
    setup.create_investment(portfolio_id, "BTC-USD", 2, 100)
    setup.stop()
    postgres.execute("DELETE FROM jobs")
    postgres.execute("DELETE FROM daily_bars")
    return portfolio_id


def test_the_close_of_a_session_fetches_what_is_held(start_server, postgres, candles):
    portfolio_id = set_up_bitcoin(start_server, postgres)
    began = utc_today()
    server = start_server(**candles.settings, CLOSE_TIME=closed_since_long(postgres))
    wait_until(
        lambda: postgres.execute("SELECT 1 FROM jobs WHERE kind = 'CLOSE' AND finished_at IS NOT NULL"),
        what="a finished closing job",
    )
    ((job_id, session),) = postgres.execute("SELECT job_id, to_date FROM jobs WHERE kind = 'CLOSE'")
    job = server.json("GET", f"/jobs/{job_id}")
    assert (job["kind"], job["status"]) == ("CLOSE", "DONE")
    assert [symbol["ticker_symbol"] for symbol in job["symbols"]] == ["BTC-USD"]
    assert session.weekday() < 5
    wait_until(
        lambda: postgres.execute("SELECT 1 FROM jobs WHERE values_done_at IS NOT NULL"), what="the closing values"
    )
    # What trades around the clock has whole bars up to the UTC day before.
    last = max(stored(postgres))
    assert last in {min(session, day - datetime.timedelta(days=1)) for day in (began, utc_today())}
    values = postgres.execute(
        "SELECT value, is_live FROM portfolio_values WHERE portfolio_id = %s AND date = %s", portfolio_id, session
    )
    assert values == [(2 * decimal.Decimal(close_of(last)), False)]
    # A restart does not close it again.
    server.restart()
    wait_until(lambda: server.health()["feed"]["leader"], what="it leads")
    assert wait_for_job(server, populate(server, first="2018-01-01", last="2018-01-02"), "DONE")
    assert postgres.execute("SELECT count(*) FROM jobs WHERE kind = 'CLOSE'") == [(1,)]


def test_a_close_makes_up_for_missed_days_and_waits_for_the_last_one(start_server, postgres, candles):
    set_up_bitcoin(start_server, postgres)
    yesterday = utc_today() - datetime.timedelta(days=1)
    start = yesterday - datetime.timedelta(days=20)
    write_closes(postgres, "BTC-USD", {start.isoformat(): close_of(start)})
    candles.history.answer_next(200, [])  # the bars are not out yet
    server = start_server(**candles.settings, CLOSE_TIME=closed_since_long(postgres))
    candles.history.wait_for(2)
    wait_until(lambda: postgres.execute("SELECT 1 FROM jobs WHERE finished_at IS NOT NULL"), what="the closing job")
    ((job_id, session),) = postgres.execute("SELECT job_id, to_date FROM jobs WHERE kind = 'CLOSE'")
    job = server.json("GET", f"/jobs/{job_id}")
    days = len(stored(postgres)) - 1
    ends = {min(session, day) for day in (yesterday, utc_today() - datetime.timedelta(days=1))}
    assert days in {(end - start).days for end in ends}
    assert (job["status"], job["rows_done"]) == ("DONE", days)


def test_without_a_provider_the_last_price_of_the_session_is_its_close(start_server, postgres, redis_server):
    setup = start_server(CLOSE_TIME="23:59")
    portfolio_id = setup.create_portfolio()
    for symbol in ("TODAY", "BEFORE", "STALE", "POUNDS"):
        setup.create_investment(portfolio_id, symbol, 3, 10)
        setup.put_price(symbol, "12.5")
    setup.stop()
    # As if it were New York's last session: a price by hand is of that day, one is of the day before.
    postgres.execute("DELETE FROM jobs")
    server = start_server(CLOSE_TIME=closed_since_long(postgres))
    wait_until(lambda: postgres.execute("SELECT 1 FROM jobs WHERE kind = 'CLOSE'"), what="a closing job")
    server.stop()
    ((session,),) = postgres.execute("SELECT to_date FROM jobs WHERE kind = 'CLOSE'")
    postgres.execute("UPDATE asset_prices SET session = %s", session)
    postgres.execute("UPDATE asset_prices SET stale = true, source = 'yahoo' WHERE ticker_symbol = 'STALE'")
    postgres.execute("UPDATE asset_prices SET currency = 'GBP' WHERE ticker_symbol = 'POUNDS'")
    postgres.execute("UPDATE asset_prices SET session = %s::date - 1 WHERE ticker_symbol = 'BEFORE'", session)
    postgres.execute("DELETE FROM daily_bars")
    postgres.execute("UPDATE jobs SET values_after = NULL, values_done_at = NULL")
    redis_server.flush()  # or its prices, of today, would be kept over these
    server.start()
    wait_until(
        lambda: postgres.execute("SELECT 1 FROM jobs WHERE values_done_at IS NOT NULL"), what="the closing values"
    )
    bars = postgres.execute("SELECT ticker_symbol, date, close, source FROM daily_bars ORDER BY ticker_symbol")
    day_before = session - datetime.timedelta(days=1)
    assert bars == [
        ("BEFORE", day_before, decimal.Decimal("12.5"), "last_price"),
        ("TODAY", session, decimal.Decimal("12.5"), "last_price"),
    ]
    values = postgres.execute(
        "SELECT value, priced_n, estimated_n FROM portfolio_values WHERE portfolio_id = %s AND date = %s",
        portfolio_id,
        session,
    )
    # 3 x 12.5 of the day, the same carried over, and twice 3 x 10 that were paid.
    assert values == [(decimal.Decimal("135"), 1, 2)]


def test_the_stop_does_not_wait_for_a_provider(start_server, candles):
    server = start_server(**candles.settings)
    candles.history.hold()
    populate(server)
    candles.history.wait_for(1)
    server.stop(deadline_s=10)
