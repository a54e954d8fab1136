"""What vendors tell of splits, currencies and ranges, through a job: kept, refused or told as missing."""

import datetime
from decimal import Decimal

from support.history import closed_since_long
from support.market_server import Bar
from support.waiting import wait_until

FIRST = datetime.date(2024, 1, 2)


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def bars_from(first, n, splits=(), dividends=()):
    """Of each day: a hundred, divided by the splits so far."""
    splits, dividends, price, bars = dict(splits), dict(dividends), Decimal(100), []
    for i in range(n):
        day = first + datetime.timedelta(days=i)
        price /= splits.get(day, 1)
        bars.append(Bar(day, *[price] * 4, Decimal(1000), Decimal(dividends.get(day, 0)), Decimal(splits.get(day, 1))))
    return bars


def populate(server, symbol, first, last, status="DONE"):
    body = {"symbols": [symbol], "from": str(first), "to": str(last)}
    job_id = server.json("POST", "/stocks/populate", body, expect=202)["job_id"]

    def job():
        return server.json("GET", f"/jobs/{job_id}")

    wait_until(lambda: job()["status"] == status, what=lambda: f"{status} of {job()}")
    return job()["symbols"][0]


def actions(postgres):
    return postgres.execute(
        "SELECT date, type, coalesce(numerator, 0), coalesce(denominator, 0), coalesce(amount, 0), is_applied "
        "FROM corporate_actions ORDER BY date, type"
    )


def test_polygon_has_splits_and_dividends_apart_from_its_bars(start_server, postgres, market):
    split, paid, to_come = FIRST + datetime.timedelta(5), FIRST + datetime.timedelta(8), today() + datetime.timedelta(3)
    market.bars["AAPL"] = bars_from(FIRST, 20, {split: 4}, {paid: "0.22"})
    market.announced["AAPL"] = {to_come: 2}
    server = start_server(**market.settings("polygon"))
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 10, 100, str(FIRST))
    assert "error" not in populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))
    # What is announced is known, and waits for its day.
    assert actions(postgres) == [
        (split, "SPLIT", 4, 1, 0, True),
        (paid, "DIVIDEND", 0, 0, Decimal("0.22"), False),
        (to_come, "SPLIT", 2, 1, 0, False),
    ]
    assert server.json("GET", f"/investments/{lot}")["current_quantity"] == 40
    paths = {it.path for it in market.vendors["polygon"].history.all}
    assert {"/v3/reference/splits", "/v3/reference/dividends"} < paths


def test_bars_without_their_splits_are_not_kept(start_server, postgres, market):
    market.bars["AAPL"] = bars_from(FIRST, 20, {FIRST + datetime.timedelta(5): 4})
    polygon = market.vendors["polygon"]
    polygon.history.answer_next(200, {"adjusted": False, "resultsCount": 0, "status": "OK"})
    polygon.history.answer_next(500, "no")  # of the splits
    server = start_server(**market.settings("polygon"))
    symbol = populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))
    assert (symbol["rows_done"], len(actions(postgres))) == (20, 1)


def test_a_plan_without_splits_has_bars(start_server, postgres, market):
    market.bars["AAPL"] = bars_from(FIRST, 20)
    market.vendors["polygon"].not_entitled = lambda path, query: "/reference/" in path
    server = start_server(**market.settings("polygon"))
    assert populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))["rows_done"] == 20
    assert actions(postgres) == []


def test_the_same_split_of_another_day_counts_once(start_server, postgres, market):
    day = FIRST + datetime.timedelta(5)
    market.bars["AAPL"] = bars_from(FIRST, 20, {day: 4})
    server = start_server(**market.settings("polygon"))
    lot = server.create_investment(server.create_portfolio(), "AAPL", 10, 100, str(FIRST))
    postgres.execute(
        "INSERT INTO corporate_actions (ticker_symbol, date, type, numerator, denominator, source) "
        "VALUES ('AAPL', %s, 'SPLIT', 4, 1, 'yahoo')",
        day - datetime.timedelta(1),
    )
    populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))
    assert [row[:2] for row in actions(postgres)] == [(day - datetime.timedelta(1), "SPLIT")]
    wait_until(lambda: server.json("GET", f"/investments/{lot}").get("current_quantity") == 40, what="40 shares, not 160")
    assert server.metric("pf_history_splits_refused_total") == 1
    # Another ratio, or another year, is another split.
    postgres.execute("UPDATE corporate_actions SET numerator = 3")
    populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))
    assert len(actions(postgres)) == 2


def test_an_announced_split_can_move(start_server, postgres, market):
    market.bars["AAPL"] = bars_from(FIRST, 20)
    server = start_server(**market.settings("polygon"))
    for days in (3, 5):
        day = today() + datetime.timedelta(days)
        market.announced["AAPL"] = {day: 2}
        populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(19))
        assert [row[0] for row in actions(postgres)] == [day]


def test_bars_in_another_currency_are_refused(start_server, postgres, market):
    """Pence kept as pounds would be a hundred times too much."""
    market.bars["VOD.L"] = bars_from(FIRST, 20)
    server = start_server(**market.settings("yahoo"))
    server.put_price("VOD.L", 7, currency="GBP")
    wait_until(lambda: postgres.execute("SELECT currency FROM assets") == [("GBP",)], what="the asset's currency")
    symbol = populate(server, "VOD.L", FIRST, FIRST + datetime.timedelta(19), "FAILED")
    assert symbol["error"]["code"] == "other_currency"
    assert postgres.execute("SELECT count(*) FROM daily_bars") == [(0,)]
    assert server.metric("pf_history_currencies_refused_total") == 1


def test_a_beginning_that_is_missing_is_told(start_server, postgres, market):
    """A free key of Alpha Vantage has the last hundred bars."""
    market.bars["AAPL"] = bars_from(FIRST, 300)
    market.vendors["alphavantage"].not_entitled = lambda path, query: query.get("outputsize") == "full"
    server = start_server(**market.settings("alphavantage"))
    symbol = populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(299))
    begins = FIRST + datetime.timedelta(200)
    assert (symbol["status"], symbol["rows_done"], symbol["error"]["code"]) == ("DONE", 100, "incomplete")
    assert str(begins) in symbol["error"]["detail"]
    assert postgres.execute("SELECT count(*), min(date) FROM daily_bars") == [(100, begins)]


def test_the_next_provider_has_the_rest(start_server, postgres, market):
    market.bars["AAPL"] = bars_from(FIRST, 300)
    market.vendors["alphavantage"].not_entitled = lambda path, query: query.get("outputsize") == "full"
    server = start_server(**market.settings("alphavantage", "yahoo"))
    symbol = populate(server, "AAPL", FIRST, FIRST + datetime.timedelta(299))
    assert (symbol["status"], symbol["rows_done"]) == ("DONE", 300) and "error" not in symbol
    sources = postgres.execute("SELECT source, count(*) FROM daily_bars GROUP BY 1 ORDER BY 1")
    assert sources == [("alphavantage", 100), ("yahoo", 200)]


def test_splits_are_asked_for_before_trade_begins(start_server, postgres, market):
    """No bar of the day is there, nor of any day before it: the split of today is known all the same, once a day."""
    market.announced["AAPL"] = {today(): 4}
    setup = start_server()
    lot = setup.create_investment(setup.create_portfolio(), "AAPL", 10, 100, str(FIRST))
    setup.create_investment(setup.create_portfolio(), "BTC-USD", 10, 100, str(FIRST))
    setup.stop()
    postgres.execute("DELETE FROM jobs")  # it may have asked already, and nobody
    server = start_server(**market.settings("polygon", SPLITS_TIME=closed_since_long(postgres)))
    wait_until(lambda: server.json("GET", f"/investments/{lot}").get("current_quantity") == 40, what="40 shares")
    wait_until(lambda: postgres.execute("SELECT 1 FROM jobs WHERE kind = 'SPLITS' AND finished_at IS NOT NULL"), what="the job")
    ((job_id, n),) = postgres.execute(
        "SELECT job_id, count(*) FROM jobs JOIN job_symbols USING (job_id) WHERE kind = 'SPLITS' GROUP BY 1"
    )
    job = server.json("GET", f"/jobs/{job_id}")
    assert (n, job["kind"], job["status"], job["symbols"][0]["ticker_symbol"]) == (1, "SPLITS", "DONE", "AAPL")
    server.restart()
    wait_until(lambda: server.health()["feed"]["leader"], what="it leads")
    assert postgres.execute("SELECT count(*) FROM jobs WHERE kind = 'SPLITS'") == [(1,)]


def test_yahoo_tells_splits_with_its_bars(start_server, postgres, market):
    day = today()
    market.bars["AAPL"] = bars_from(day - datetime.timedelta(3), 4, {day: 2})
    setup = start_server()
    setup.create_investment(setup.create_portfolio(), "AAPL", 10, 100, str(FIRST))
    setup.stop()
    postgres.execute("DELETE FROM jobs")  # it may have asked already, and nobody
    start_server(**market.settings("yahoo", SPLITS_TIME=closed_since_long(postgres)))
    wait_until(lambda: actions(postgres) == [(day, "SPLIT", 2, 1, 0, True)], what="the split")

