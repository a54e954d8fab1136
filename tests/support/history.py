"""Bars, splits and dividends in a test's database, written by the program of
tests/support/history_writer.c: with the functions that the server uses."""

import os
import subprocess

from support.server import binary_path


def writer_path():
    return os.environ.get("HISTORY_WRITER", os.path.join(os.path.dirname(binary_path()), "history_writer"))


def write_lines(database, lines, expect="ok"):
    done = subprocess.run(
        [writer_path()],
        input="".join(f"{line}\n" for line in lines).encode(),
        env={**os.environ, "DATABASE_URL": database.url},
        capture_output=True,
        timeout=600,
        check=False,
    )
    answer = done.stdout.decode().strip()
    assert answer == expect, f"{answer}: {done.stderr.decode()[-2000:]}"


def bar(symbol, date, close, open_="-", high="-", low="-", volume="-"):
    return f"BAR {symbol} {date} {open_} {high} {low} {close} {volume}"


def close_sessions(database):
    """As if these days' sessions were closed and their splits asked for: else the first server that leads does so a
    second after its start, whatever is held by then, and from 16:30 in New York on with the day's prices."""
    database.execute(
        "INSERT INTO jobs (kind, from_date, to_date, finished_at, values_done_at)"
        " SELECT kind, day, day, now(), CASE kind WHEN 'CLOSE' THEN now() END FROM (VALUES ('CLOSE'), ('SPLITS')) k (kind),"
        " generate_series(current_date - 14, current_date + 1, interval '1 day') day"
    )


def add_assets(database, *symbols, currency="USD"):
    for symbol in symbols:
        database.execute(
            "INSERT INTO assets (ticker_symbol, currency) VALUES (%s, %s) ON CONFLICT DO NOTHING", symbol, currency
        )


def closed_since_long(database):
    """New York's time of day two hours ago. As CLOSE_TIME or SPLITS_TIME it closes the last session that began (but
    of the night's first two hours), and no other one while a test runs, at whatever hour."""
    sql = "SELECT to_char((now() - interval '2 hours') AT TIME ZONE 'America/New_York', 'HH24:MI')"
    return database.execute(sql)[0][0]


def write_closes(database, symbol, closes, currency="USD"):
    """closes: {date: close}; the symbol becomes an asset."""
    add_assets(database, symbol, currency=currency)
    write_lines(database, [bar(symbol, date, close) for date, close in closes.items()])
