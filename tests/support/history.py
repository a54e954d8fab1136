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


def add_assets(database, *symbols, currency="USD"):
    for symbol in symbols:
        database.execute(
            "INSERT INTO assets (ticker_symbol, currency) VALUES (%s, %s) ON CONFLICT DO NOTHING", symbol, currency
        )


def write_closes(database, symbol, closes, currency="USD"):
    """closes: {date: close}; the symbol becomes an asset."""
    add_assets(database, symbol, currency=currency)
    write_lines(database, [bar(symbol, date, close) for date, close in closes.items()])
