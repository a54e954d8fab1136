"""Bars, corporate actions and what is derived from them, whoever writes."""

import struct
import threading
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import psycopg2
import psycopg2.errors
import pytest

from support.history import add_assets, bar, write_lines
from support.waiting import wait_until

EPOCH = date(1970, 1, 1)


def series(postgres, symbol):
    """{year: (version, [(date, close)])}"""
    rows = postgres.execute("SELECT year, version, closes FROM close_series WHERE ticker_symbol = %s", symbol)
    return {
        year: (version, [(EPOCH + timedelta(days), Decimal(e8) / 10**8) for days, e8 in struct.iter_unpack(">iq", closes)])
        for year, version, closes in rows
    }


def bars(postgres, symbol):
    return postgres.execute(
        "SELECT date::text, open, high, low, close, volume FROM daily_bars WHERE ticker_symbol = %s ORDER BY date", symbol
    )


@pytest.fixture
def assets(postgres):
    add_assets(postgres, "AAPL", "MSFT")


def test_bars_are_kept_exactly(assets, postgres):
    write_lines(
        postgres,
        [
            "BAR AAPL 2019-12-31 1.5 2.25 1.25 2.00000001 123456789012.5",
            "BAR AAPL 2020-01-02 - - - 90000000000 -",
            "BAR MSFT 1986-03-13 - - - 0.00000001 0",
        ],
    )
    assert bars(postgres, "AAPL") == [
        ("2019-12-31", Decimal("1.5"), Decimal("2.25"), Decimal("1.25"), Decimal("2.00000001"), Decimal("123456789012.5")),
        ("2020-01-02", None, None, None, Decimal(90000000000), None),
    ]
    assert series(postgres, "AAPL") == {
        2019: (1, [(date(2019, 12, 31), Decimal("2.00000001"))]),
        2020: (1, [(date(2020, 1, 2), Decimal(90000000000))]),
    }
    assert series(postgres, "MSFT") == {1986: (1, [(date(1986, 3, 13), Decimal("0.00000001"))])}


def test_a_bar_again_counts_only_what_changed(assets, postgres):
    lines = [bar("AAPL", "2019-12-31", 1), bar("AAPL", "2020-01-02", 2)]
    write_lines(postgres, lines)
    write_lines(postgres, lines)
    assert {year: version for year, (version, _) in series(postgres, "AAPL").items()} == {2019: 1, 2020: 1}
    write_lines(postgres, [bar("AAPL", "2019-12-31", 1), bar("AAPL", "2020-01-02", 3), bar("AAPL", "2020-01-02", 3)])
    assert series(postgres, "AAPL") == {
        2019: (1, [(date(2019, 12, 31), 1)]),
        2020: (2, [(date(2020, 1, 2), 3)]),
    }


def test_bars_come_in_any_order(assets, postgres):
    write_lines(postgres, [bar("AAPL", f"2020-01-0{day}", day) for day in (3, 2, 6)])
    write_lines(postgres, [bar("AAPL", "2020-01-01", 1)])
    assert [close for _, close in series(postgres, "AAPL")[2020][1]] == [1, 2, 3, 6]


def test_a_high_below_the_close_is_widened(assets, postgres):
    write_lines(postgres, ["BAR AAPL 2020-01-02 10 9.99 9 10.01 -", "BAR AAPL 2020-01-03 10 11 10.5 10.2 -"])
    assert [row[2:4] for row in bars(postgres, "AAPL")] == [(Decimal("10.01"), 9), (11, 10)]


def test_psql_derives_too(assets, postgres):
    postgres.execute("SELECT daily_bars_add_partitions('2020-01-01', '2021-01-01')")
    insert = "INSERT INTO daily_bars (ticker_symbol, date, close, source) VALUES (%s, %s, %s, 'psql')"
    postgres.execute(insert, "AAPL", "2020-12-31", 5)
    postgres.execute(insert, "AAPL", "2021-01-01", 6)
    postgres.execute("UPDATE daily_bars SET close = 7, date = '2021-01-02' WHERE date = '2020-12-31'")
    assert series(postgres, "AAPL") == {
        2020: (2, []),
        2021: (2, [(date(2021, 1, 1), 6), (date(2021, 1, 2), 7)]),
    }
    postgres.execute("DELETE FROM daily_bars WHERE close = 6")
    assert series(postgres, "AAPL")[2021] == (3, [(date(2021, 1, 2), 7)])
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(insert, "AAPL", "2020-06-01", 0)
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        postgres.execute(insert, "NONE", "2020-06-01", 1)
    with pytest.raises(psycopg2.errors.CheckViolation):  # no partition
        postgres.execute(insert, "AAPL", "1999-06-01", 1)
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        postgres.execute("TRUNCATE daily_bars")


def test_a_symbol_that_is_no_asset_is_refused_whole(assets, postgres):
    write_lines(postgres, [bar("AAPL", "2020-01-02", 1), bar("NONE", "2020-01-02", 1)], expect="not_found")
    assert bars(postgres, "AAPL") == []
    write_lines(postgres, ["SPLIT NONE 2020-01-02 2"], expect="not_found")


def test_writers_of_one_year_wait_for_each_other(assets, postgres):
    postgres.execute("SELECT daily_bars_add_partitions('2020-01-01', '2020-01-01')")
    insert = "INSERT INTO daily_bars (ticker_symbol, date, close, source) VALUES ('AAPL', %s, %s, 'psql')"
    with closing(psycopg2.connect(postgres.url)) as first:
        first.cursor().execute(insert, ("2020-01-02", 1))
        second = threading.Thread(target=postgres.execute, args=(insert, "2020-01-03", 2))
        second.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        wait_until(lambda: postgres.execute(waiting, postgres.name)[0][0] == 1, what="the second writer waiting")
        first.commit()
    second.join()
    assert [close for _, close in series(postgres, "AAPL")[2020][1]] == [1, 2]


def test_partitions_are_made_once(assets, postgres):
    threads = [
        threading.Thread(target=postgres.execute, args=("SELECT daily_bars_add_partitions('1990-05-01', '2030-05-01')",))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'daily_bars'::regclass"
    assert postgres.execute(count) == [(41,)]
    postgres.execute("SELECT daily_bars_add_partitions('9999-01-01', '9999-12-31')")
    write_lines(postgres, [bar("AAPL", "9999-12-31", 1)])
    with pytest.raises(psycopg2.errors.ProgramLimitExceeded):
        postgres.execute("SELECT daily_bars_add_partitions('0001-01-01', '9999-12-31')")


def test_an_assets_end_takes_its_history(assets, postgres):
    write_lines(postgres, [bar("AAPL", "2020-01-02", 1), bar("MSFT", "2020-01-02", 1), "SPLIT AAPL 2020-01-03 2"])
    postgres.execute("DELETE FROM assets WHERE ticker_symbol = 'AAPL'")
    assert bars(postgres, "AAPL") == [] and series(postgres, "AAPL") == {}
    assert postgres.execute("SELECT * FROM corporate_actions") == []
    assert len(bars(postgres, "MSFT")) == 1


# --- corporate actions ---


def held(postgres, symbol, purchase_date, quantity=10):
    """A portfolio with one lot: its id."""
    customer_id = postgres.execute(
        "INSERT INTO customers (name, email) VALUES ('A', gen_random_uuid() || '@example.com') RETURNING customer_id"
    )[0][0]
    portfolio_id = postgres.execute(
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, 'P', 'IRA')"
        " RETURNING portfolio_id",
        customer_id,
    )[0][0]
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " VALUES (%s, %s, %s, 10, %s)",
        portfolio_id,
        symbol,
        quantity,
        purchase_date,
    )
    return portfolio_id


def position_version(postgres, portfolio_id):
    return postgres.execute("SELECT version FROM position_versions WHERE portfolio_id = %s", portfolio_id)[0][0]


def today():
    return datetime.now(timezone.utc).date()


def test_actions_are_kept(assets, postgres):
    write_lines(
        postgres,
        ["SPLIT AAPL 2014-06-09 7.000007", "DIVIDEND AAPL 2014-05-08 3.29", "SPLIT AAPL 2015-01-02 1.195", "SPLIT MSFT 2003-02-18 2"],
    )
    rows = "SELECT ticker_symbol, date::text, type, numerator, denominator, amount FROM corporate_actions ORDER BY 1, 2"
    assert postgres.execute(rows) == [
        ("AAPL", "2014-05-08", "DIVIDEND", None, None, Decimal("3.29")),
        ("AAPL", "2014-06-09", "SPLIT", 7, 1, None),
        ("AAPL", "2015-01-02", "SPINOFF", None, None, Decimal("1.195")),
        ("MSFT", "2003-02-18", "SPLIT", 2, 1, None),
    ]
    assert {year: version for year, (version, _) in series(postgres, "AAPL").items()} == {2014: 1, 2015: 1}


def test_a_split_stamps_who_held_before(assets, postgres):
    before = held(postgres, "AAPL", "2020-08-30")
    on_the_day = held(postgres, "AAPL", "2020-08-31")
    other = held(postgres, "MSFT", "2020-08-30")
    write_lines(postgres, ["SPLIT AAPL 2020-08-31 4"])
    assert [position_version(postgres, it) for it in (before, on_the_day, other)] == [3, 2, 2]
    write_lines(postgres, ["SPLIT AAPL 2020-08-31 4"])
    assert position_version(postgres, before) == 3
    # Another ratio, a dividend, the split's end.
    write_lines(postgres, ["SPLIT AAPL 2020-08-31 5", "DIVIDEND AAPL 2020-08-31 1"])
    assert position_version(postgres, before) == 4
    postgres.execute("DELETE FROM corporate_actions WHERE type = 'SPLIT'")
    assert [position_version(postgres, it) for it in (before, on_the_day, other)] == [5, 2, 2]


def test_a_split_of_tomorrow_waits(assets, postgres):
    portfolio_id = held(postgres, "AAPL", "2020-01-02")
    write_lines(postgres, [f"SPLIT AAPL {today() + timedelta(2)} 2"])
    assert postgres.execute("SELECT is_applied FROM corporate_actions") == [(False,)]
    assert position_version(postgres, portfolio_id) == 2


def test_a_split_of_today_waits_for_no_price(assets, postgres):
    portfolio_id = held(postgres, "AAPL", "2020-01-02")
    day = today()
    postgres.execute(
        "INSERT INTO asset_prices (ticker_symbol, price, currency, session, as_of, source)"
        " VALUES ('AAPL', 400, 'USD', %s, %s, 'manual')",
        day - timedelta(1),
        day - timedelta(1),
    )
    write_lines(postgres, [f"SPLIT AAPL {day} 4"])
    assert postgres.execute("SELECT is_applied FROM corporate_actions") == [(True,)]
    assert position_version(postgres, portfolio_id) == 3
    assert postgres.execute("SELECT corporate_actions_apply()") == [(0,)]


@pytest.mark.parametrize(
    "columns, values",
    [
        ("numerator, denominator", "2, 2"),
        ("numerator, denominator", "0, 1"),
        ("numerator, denominator", "10001, 1"),
        ("numerator", "2"),
        ("numerator, denominator, amount", "2, 1, 1"),
        ("amount", "1"),
    ],
)
def test_a_split_has_a_ratio(assets, postgres, columns, values):
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(
            f"INSERT INTO corporate_actions (ticker_symbol, date, type, source, {columns})"
            f" VALUES ('AAPL', '2020-01-02', 'SPLIT', 'psql', {values})"
        )


def test_rates_count_their_years(postgres):
    add = "INSERT INTO exchange_rates (currency, date, units_per_eur) VALUES ('USD', %s, %s)"
    postgres.execute(add, "2019-12-31", 1)
    postgres.execute(add, "2020-01-02", 1)
    postgres.execute("UPDATE exchange_rates SET units_per_eur = 2 WHERE date = '2020-01-02'")
    postgres.execute("DELETE FROM exchange_rates WHERE date = '2019-12-31'")
    assert postgres.execute("SELECT year, version FROM exchange_rate_years ORDER BY 1") == [(2019, 2), (2020, 3)]
