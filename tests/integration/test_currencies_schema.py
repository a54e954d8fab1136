"""Currencies in the schema: codes, exchange rates by day, and which positions their changes stamp."""

from contextlib import closing
from decimal import Decimal

import psycopg2
import psycopg2.errors
import pytest

RATES = [
    ("USD", "2023-01-02", "1.0683"),
    ("CHF", "2023-01-02", "0.9876"),
    ("USD", "2023-01-03", "1.0545"),
    ("CHF", "2023-01-03", "0.9871"),
    ("GBP", "2023-01-03", "0.8806"),
    ("RUB", "2023-01-02", "117.2"),
    ("IDR", "2023-01-03", "16300000000"),
]


def add_rates(postgres, rates):
    with closing(psycopg2.connect(postgres.url)) as connection, connection, connection.cursor() as cursor:
        values = b",".join(cursor.mogrify("(%s, %s::date, %s::numeric)", rate) for rate in rates).decode()
        cursor.execute(
            f"INSERT INTO exchange_rates AS r (currency, date, units_per_eur) VALUES {values}"
            " ON CONFLICT (currency, date) DO UPDATE SET units_per_eur = excluded.units_per_eur"
        )


@pytest.fixture(scope="module")
def rates(shared_postgres):
    """Which are only read."""
    add_rates(shared_postgres, RATES)
    return lambda *arguments: shared_postgres.execute("SELECT exchange_rate_on(%s, %s, %s)", *arguments)[0][0]


def rounded(text):
    return Decimal(text).quantize(Decimal("0.00000001"))


@pytest.mark.parametrize(
    "base, quoted, date, expected",
    [
        ("EUR", "USD", "2023-01-03", "1.0545"),
        ("EUR", "USD", "2023-01-02", "1.0683"),
        ("EUR", "USD", "2023-01-08", "1.0545"),  # the last one before
        ("EUR", "USD", "2023-01-01", None),  # nothing before
        ("USD", "EUR", "2023-01-03", Decimal(1) / Decimal("1.0545")),
        ("USD", "CHF", "2023-01-03", Decimal("0.9871") / Decimal("1.0545")),
        ("CHF", "USD", "2023-01-03", Decimal("1.0545") / Decimal("0.9871")),
        ("USD", "CHF", "2023-01-02", Decimal("0.9876") / Decimal("1.0683")),
        # Of one publication: the roubles' last one, with the dollar of that day.
        ("USD", "RUB", "2023-01-05", Decimal("117.2") / Decimal("1.0683")),
        # Minor units are taken as their majors, in both places.
        ("GBp", "USD", "2023-01-03", Decimal("1.0545") / Decimal("0.8806")),
        ("USD", "GBp", "2023-01-03", Decimal("0.8806") / Decimal("1.0545")),
        ("GBp", "GBP", "2023-01-03", "1"),
        ("XAU", "XAU", "1900-01-01", "1"),
        ("XAU", "USD", "2023-01-03", None),
        ("EUR", "XAU", "2023-01-03", None),
        ("XAU", "EUR", "2023-01-03", None),
        # Nothing is left of it in eight decimals.
        ("IDR", "EUR", "2023-01-03", None),
        (None, "EUR", "2023-01-03", None),
    ],
)
def test_a_rate_on_a_day(rates, base, quoted, date, expected):
    found = rates(base, quoted, date)
    assert found == (None if expected is None else rounded(expected))


@pytest.mark.parametrize("currency, major, factor", [("GBp", "GBP", 100), ("ZAc", "ZAR", 100), ("ILA", "ILS", 100), ("GBP", "GBP", 1)])
def test_minor_units(postgres, currency, major, factor):
    assert postgres.execute("SELECT currency_major(%s), currency_factor(%s)", currency, currency) == [(major, factor)]
    assert postgres.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('A', %s) RETURNING currency", currency) == [
        (currency,)
    ]


@pytest.mark.parametrize("currency", ["GBX", "ZAC", "gbp", "USd", "US", "U1D"])
def test_no_currency_of_an_asset(postgres, currency):
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('A', %s)", currency)


class Book:
    """A portfolio in CHF with a lot in USD and one in CHF, written to with SQL."""

    def __init__(self, postgres):
        self.postgres = postgres
        customer = postgres.execute("INSERT INTO customers (name, email) VALUES ('A', 'a@example.com') RETURNING customer_id")
        self.id = postgres.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type, base_currency)"
            " VALUES (%s, 'P', 'IRA', 'CHF') RETURNING portfolio_id",
            customer[0][0],
        )[0][0]
        postgres.execute("INSERT INTO assets VALUES ('GOOGL', NULL, 'USD'), ('NESN', NULL, 'CHF'), ('NEW', NULL, NULL)")
        for symbol in ("GOOGL", "NESN", "NEW"):
            postgres.execute(
                "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
                " VALUES (%s, %s, 1, 10, '2023-01-03')",
                self.id,
                symbol,
            )

    def stamped(self, statement, *arguments):
        """The tickers that the statement stamps with a new version."""
        before = self._versions()
        self.postgres.execute(statement, *arguments)
        return {symbol for symbol, version in self._versions().items() if version != before[symbol]}

    def _versions(self):
        return dict(
            self.postgres.execute("SELECT ticker_symbol, version FROM position_versions WHERE portfolio_id = %s", self.id)
        )


@pytest.fixture
def book(postgres):
    return Book(postgres)


def test_a_currency_that_becomes_known_stamps_who_holds_it(book):
    assert book.stamped("UPDATE assets SET currency = 'USD' WHERE ticker_symbol = 'NEW'") == {"NEW"}
    assert book.stamped("UPDATE assets SET currency = 'GBp' WHERE ticker_symbol IN ('NEW', 'NESN')") == {"NEW", "NESN"}
    assert book.stamped("UPDATE assets SET currency = 'GBp', name = 'x'") == {"GOOGL"}
    assert book.stamped("UPDATE assets SET name = 'y'") == set()


def test_a_currency_that_was_assumed_rightly_stamps_nothing(book):
    assert book.stamped("UPDATE assets SET currency = 'CHF' WHERE ticker_symbol = 'NEW'") == set()


def test_another_base_currency_stamps_every_position(book):
    assert book.stamped("UPDATE portfolios SET base_currency = 'EUR'") == {"GOOGL", "NESN", "NEW"}
    assert book.stamped("UPDATE portfolios SET base_currency = 'EUR', portfolio_name = 'Q'") == set()
    assert book.postgres.execute(
        "SELECT DISTINCT p.version - 1 = v.version FROM portfolios p JOIN position_versions v USING (portfolio_id)"
    ) == [(True,)]


def noted(book):
    """Whether the last version is one that may have taken a row back to the portfolio's currency."""
    return book.postgres.execute("SELECT version = currencies_version FROM portfolios") == [(True,)]


def test_a_row_that_may_come_back_to_the_portfolios_currency_is_noted(book):
    book.stamped("UPDATE assets SET currency = 'USD' WHERE ticker_symbol = 'NEW'")
    assert not noted(book)  # it was in the portfolio's so far
    book.stamped("UPDATE assets SET currency = 'CHF' WHERE ticker_symbol = 'NEW'")
    assert noted(book)
    book.stamped("UPDATE investments SET fee = 1")
    assert not noted(book)
    book.stamped("UPDATE portfolios SET base_currency = 'USD'")
    assert noted(book)
    # Also one that is gone: a client that was away may still show it.
    book.stamped("DELETE FROM investments WHERE ticker_symbol = 'NESN'")
    assert not noted(book)
    assert book.stamped("UPDATE assets SET currency = 'USD' WHERE ticker_symbol = 'NESN'") == set()
    assert noted(book)


def test_a_lots_rate_stamps(book):
    assert book.stamped("UPDATE investments SET fx_rate = 0.9238 WHERE ticker_symbol = 'GOOGL'") == {"GOOGL"}
    assert book.stamped("UPDATE investments SET fx_rate = NULL WHERE ticker_symbol = 'GOOGL'") == {"GOOGL"}


ADD = "INSERT INTO exchange_rates VALUES (%s, %s, 1.1)"


@pytest.mark.parametrize(
    "currency, date, stamped",
    [
        ("USD", "2023-01-03", {"GOOGL"}),
        ("CHF", "2022-12-30", {"GOOGL"}),
        ("USD", "2023-01-04", set()),
        ("GBP", "2023-01-03", set()),
    ],
)
def test_a_days_rate_stamps_the_lots_it_may_price(book, currency, date, stamped):
    assert book.stamped(ADD, currency, date) == stamped
    assert book.stamped("UPDATE exchange_rates SET units_per_eur = units_per_eur") == set()
    assert book.stamped("UPDATE exchange_rates SET units_per_eur = 1.2") == stamped
    assert book.stamped("DELETE FROM exchange_rates") == stamped


def test_a_lot_with_its_own_rate_is_not_moved_by_a_days(book):
    book.postgres.execute("UPDATE investments SET fx_rate = 0.9")
    assert book.stamped(ADD, "USD", "2023-01-03") == set()


def test_what_is_no_rate_is_refused(book):
    for row in ("'EUR', '2023-01-03', 1", "'GBp', '2023-01-03', 1", "'USD', '2023-01-03', 0", "'USD', 'infinity', 1"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            book.postgres.execute(f"INSERT INTO exchange_rates VALUES ({row})")
    for rate in ("0", "-1", "NaN", "90000000000.00000001"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            book.postgres.execute("UPDATE investments SET fx_rate = %s", rate)
    with pytest.raises(psycopg2.errors.CheckViolation):
        book.postgres.execute("UPDATE portfolios SET base_currency = 'ILA'")
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        book.postgres.execute("TRUNCATE exchange_rates")
