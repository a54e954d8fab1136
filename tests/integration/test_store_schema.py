"""The schema: what is refused, and how versions are counted, whoever writes."""

import threading
from contextlib import closing
from decimal import Decimal

import psycopg2
import psycopg2.errors
import pytest

from support.waiting import wait_until


class Portfolio:
    """A portfolio with two assets, written to with plain SQL."""

    def __init__(self, postgres):
        self.postgres = postgres
        self.customer_id = postgres.execute(
            "INSERT INTO customers (name, email) VALUES ('Ada', gen_random_uuid() || '@example.com') RETURNING customer_id"
        )[0][0]
        postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL'), ('MSFT'), ('IBM') ON CONFLICT DO NOTHING")
        self.id = self.create()

    def create(self):
        return self.postgres.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, 'P', 'IRA')"
            " RETURNING portfolio_id",
            self.customer_id,
        )[0][0]

    def connect(self):
        return closing(psycopg2.connect(self.postgres.url))

    @property
    def version(self):
        return self.postgres.execute("SELECT version FROM portfolios WHERE portfolio_id = %s", self.id)[0][0]

    @property
    def positions(self):
        return dict(
            self.postgres.execute(
                "SELECT ticker_symbol, version FROM position_versions WHERE portfolio_id = %s", self.id
            )
        )

    def buy(self, symbol, quantity=1, run=None):
        return (run or self.postgres.execute)(*self.buying(symbol, quantity))[0][0]

    def buying(self, symbol, quantity=1):
        return (
            "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
            " VALUES (%s, %s, %s, 10, '2020-01-02') RETURNING investment_id",
            self.id,
            symbol,
            quantity,
        )


@pytest.fixture
def portfolio(postgres):
    return Portfolio(postgres)


def run_in(connection, *statements):
    """All of them in the connection's transaction."""
    with connection.cursor() as cursor:
        for statement, *params in statements:
            cursor.execute(statement, params or None)


# --- versions ---


def test_a_new_portfolio_has_version_1(portfolio):
    assert (portfolio.version, portfolio.positions) == (1, {})


def test_each_transaction_counts_one(portfolio, postgres):
    lot = portfolio.buy("AAPL")
    assert (portfolio.version, portfolio.positions) == (2, {"AAPL": 2})
    portfolio.buy("MSFT")
    assert (portfolio.version, portfolio.positions) == (3, {"AAPL": 2, "MSFT": 3})
    postgres.execute("UPDATE investments SET quantity = 2 WHERE investment_id = %s", lot)
    assert (portfolio.version, portfolio.positions) == (4, {"AAPL": 4, "MSFT": 3})
    postgres.execute("UPDATE portfolios SET cash_balance = 5 WHERE portfolio_id = %s", portfolio.id)
    assert (portfolio.version, portfolio.positions) == (5, {"AAPL": 4, "MSFT": 3})
    postgres.execute("DELETE FROM investments WHERE investment_id = %s", lot)
    assert (portfolio.version, portfolio.positions) == (6, {"AAPL": 6, "MSFT": 3})


def test_many_changes_in_one_transaction_count_once(portfolio):
    with portfolio.connect() as connection:
        run_in(
            connection,
            portfolio.buying("AAPL"),
            portfolio.buying("AAPL"),
            ("UPDATE portfolios SET portfolio_name = 'Q' WHERE portfolio_id = %s", portfolio.id),
            portfolio.buying("MSFT"),
            ("UPDATE investments SET quantity = quantity + 1 WHERE portfolio_id = %s", portfolio.id),
            ("DELETE FROM investments WHERE portfolio_id = %s AND ticker_symbol = 'MSFT'", portfolio.id),
        )
        connection.commit()
    assert (portfolio.version, portfolio.positions) == (2, {"AAPL": 2, "MSFT": 2})


def test_a_rolled_back_transaction_counts_nothing(portfolio):
    with portfolio.connect() as connection:
        run_in(connection, portfolio.buying("AAPL"))
        connection.rollback()
        run_in(connection, portfolio.buying("MSFT"))
        connection.commit()
    assert (portfolio.version, portfolio.positions) == (2, {"MSFT": 2})


def test_a_savepoint_rolled_back_takes_its_count_along(portfolio):
    with portfolio.connect() as connection:
        run_in(connection, ("SAVEPOINT s",), portfolio.buying("AAPL"), ("ROLLBACK TO SAVEPOINT s",))
        connection.commit()
        assert (portfolio.version, portfolio.positions) == (1, {})
        # The count went back with the savepoint: the change after it must count.
        run_in(
            connection,
            ("SAVEPOINT s",),
            portfolio.buying("AAPL"),
            ("ROLLBACK TO SAVEPOINT s",),
            portfolio.buying("MSFT"),
        )
        connection.commit()
        assert (portfolio.version, portfolio.positions) == (2, {"MSFT": 2})
        # The count was before it: the change inside is undone, the count stays.
        run_in(
            connection,
            portfolio.buying("IBM"),
            ("SAVEPOINT s",),
            portfolio.buying("AAPL"),
            ("ROLLBACK TO SAVEPOINT s",),
            ("SAVEPOINT t",),
            portfolio.buying("MSFT"),
            ("RELEASE SAVEPOINT t",),
        )
        connection.commit()
    assert (portfolio.version, portfolio.positions) == (3, {"IBM": 3, "MSFT": 3})


def test_another_ticker_stamps_both(portfolio, postgres):
    portfolio.buy("IBM")
    lot = portfolio.buy("AAPL")
    postgres.execute("UPDATE investments SET ticker_symbol = 'MSFT' WHERE investment_id = %s", lot)
    assert (portfolio.version, portfolio.positions) == (4, {"IBM": 2, "AAPL": 4, "MSFT": 4})


def test_another_portfolio_stamps_both(portfolio, postgres):
    lot = portfolio.buy("AAPL")
    other = Portfolio(postgres)
    postgres.execute("UPDATE investments SET portfolio_id = %s WHERE investment_id = %s", other.id, lot)
    assert (portfolio.version, portfolio.positions) == (3, {"AAPL": 3})
    assert (other.version, other.positions) == (2, {"AAPL": 2})


def test_moving_nothing_stamps_nothing(portfolio, postgres):
    portfolio.buy("AAPL")
    postgres.execute("UPDATE investments SET quantity = quantity WHERE portfolio_id = %s", portfolio.id)
    postgres.execute("DELETE FROM investments WHERE portfolio_id = %s AND ticker_symbol = 'IBM'", portfolio.id)
    postgres.execute("UPDATE investments SET fee = 1 WHERE false")
    assert (portfolio.version, portfolio.positions) == (2, {"AAPL": 2})


def test_one_statement_over_many_portfolios(portfolio, postgres):
    other = Portfolio(postgres)
    portfolio.buy("AAPL")
    portfolio.buy("AAPL")
    other.buy("MSFT")
    before = (portfolio.version, other.version)
    postgres.execute("UPDATE investments SET fee = 1")
    assert (portfolio.version, other.version) == (before[0] + 1, before[1] + 1)
    assert (portfolio.positions, other.positions) == ({"AAPL": before[0] + 1}, {"MSFT": before[1] + 1})


def test_an_upsert_counts_what_it_inserts_and_updates(portfolio, postgres):
    lot = portfolio.buy("AAPL")
    postgres.execute(
        "INSERT INTO investments (investment_id, portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " VALUES (%s, %s, 'AAPL', 1, 1, '2020-01-01'), (gen_random_uuid(), %s, 'IBM', 1, 1, '2020-01-01')"
        " ON CONFLICT (investment_id) DO UPDATE SET quantity = 9",
        lot,
        portfolio.id,
        portfolio.id,
    )
    assert (portfolio.version, portfolio.positions) == (3, {"AAPL": 3, "IBM": 3})


def test_a_version_cannot_be_set(portfolio, postgres):
    postgres.execute("UPDATE portfolios SET version = 1000 WHERE portfolio_id = %s", portfolio.id)
    assert portfolio.version == 2
    postgres.execute("UPDATE portfolios SET version = 1 WHERE portfolio_id = %s", portfolio.id)
    assert portfolio.version == 3


def test_a_deleted_portfolio_takes_its_lots_and_versions(portfolio, postgres):
    portfolio.buy("AAPL")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        postgres.execute("DELETE FROM customers WHERE customer_id = %s", portfolio.customer_id)
    postgres.execute("DELETE FROM portfolios WHERE portfolio_id = %s", portfolio.id)
    assert postgres.execute("SELECT count(*) FROM investments") == [(0,)]
    assert postgres.execute("SELECT count(*) FROM position_versions") == [(0,)]
    postgres.execute("DELETE FROM customers WHERE customer_id = %s", portfolio.customer_id)


def test_lots_and_portfolio_deleted_in_one_transaction(portfolio, postgres):
    portfolio.buy("AAPL")
    with portfolio.connect() as connection:
        run_in(connection, ("DELETE FROM investments",), ("DELETE FROM portfolios",))
        connection.commit()
    assert postgres.execute("SELECT count(*) FROM position_versions") == [(0,)]


@pytest.mark.parametrize("table", ["investments", "position_versions", "portfolios CASCADE", "customers CASCADE"])
def test_truncate_is_refused(portfolio, postgres, table):
    portfolio.buy("AAPL")
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        postgres.execute(f"TRUNCATE {table}")
    assert portfolio.positions == {"AAPL": 2}


def test_a_gone_ticker_does_not_keep_its_asset(portfolio, postgres):
    lot = portfolio.buy("IBM")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        postgres.execute("DELETE FROM assets WHERE ticker_symbol = 'IBM'")
    postgres.execute("DELETE FROM investments WHERE investment_id = %s", lot)
    postgres.execute("DELETE FROM assets WHERE ticker_symbol = 'IBM'")
    assert portfolio.positions == {"IBM": 3}


# --- writers at the same time ---


def is_waiting(postgres, pid):
    return bool(postgres.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", pid))


def test_a_second_writer_waits_for_the_first(portfolio, postgres):
    with portfolio.connect() as first, portfolio.connect() as second:
        run_in(first, portfolio.buying("AAPL"))
        thread = threading.Thread(target=lambda: (run_in(second, portfolio.buying("MSFT")), second.commit()))
        thread.start()
        wait_until(lambda: is_waiting(postgres, second.info.backend_pid), what="the second writer waiting")
        # Nobody can see a version that is given but not committed.
        assert (portfolio.version, portfolio.positions) == (1, {})
        first.commit()
        thread.join()
    assert (portfolio.version, portfolio.positions) == (3, {"AAPL": 2, "MSFT": 3})


def test_a_writer_that_gives_up_leaves_no_gap(portfolio, postgres):
    with portfolio.connect() as first, portfolio.connect() as second:
        run_in(first, portfolio.buying("AAPL"))
        thread = threading.Thread(target=lambda: (run_in(second, portfolio.buying("MSFT")), second.commit()))
        thread.start()
        wait_until(lambda: is_waiting(postgres, second.info.backend_pid), what="the second writer waiting")
        first.rollback()
        thread.join()
    assert (portfolio.version, portfolio.positions) == (2, {"MSFT": 2})


def test_no_version_is_given_twice(portfolio, postgres):
    """Eight writers, 25 transactions each: 200 versions, and every version that
    a reader sees has exactly the lots of that version."""
    writers, each = 8, 25
    seen, failures = [], []
    stop = threading.Event()

    def write(number):
        try:
            with portfolio.connect() as connection:
                for i in range(each):
                    run_in(connection, portfolio.buying(("AAPL", "MSFT", "IBM")[(number + i) % 3]))
                    connection.commit()
        except psycopg2.Error as error:
            failures.append(error)

    def read():
        with portfolio.connect() as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not stop.is_set():
                    cursor.execute(
                        "SELECT p.version, (SELECT count(*) FROM investments i WHERE i.portfolio_id = p.portfolio_id),"
                        " (SELECT coalesce(max(v.version), 1) FROM position_versions v"
                        "  WHERE v.portfolio_id = p.portfolio_id) FROM portfolios p WHERE p.portfolio_id = %s",
                        (portfolio.id,),
                    )
                    seen.append(cursor.fetchone())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    reader = threading.Thread(target=read)
    for thread in [reader, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    reader.join()
    assert not failures
    assert portfolio.version == 1 + writers * each
    assert seen
    for version, lots, newest in seen:
        assert (lots, newest) == (version - 1, version)


# --- constraints: what the server assumes ---

GOOD_LOT = {"quantity": "1", "purchase_price": "1", "fee": "0", "purchase_date": "2020-01-02", "ticker_symbol": "AAPL"}


@pytest.mark.parametrize(
    "column, value",
    [
        ("quantity", "0"),
        ("quantity", "-1"),
        ("quantity", "90000000000.00000001"),
        ("quantity", "NaN"),
        ("purchase_price", "-0.00000001"),
        ("purchase_price", "90000000000.00000001"),
        ("purchase_price", "NaN"),
        ("fee", "-1"),
        ("fee", "NaN"),
        ("purchase_date", "infinity"),
        ("purchase_date", "0001-01-01 BC"),
        ("purchase_date", "10000-01-01"),
    ],
)
def test_a_lot_out_of_bounds_is_refused(portfolio, postgres, column, value):
    lot = {**GOOD_LOT, column: value}
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(
            f"INSERT INTO investments (portfolio_id, {', '.join(lot)}) VALUES (%s, %s, %s, %s, %s, %s)",
            portfolio.id,
            *lot.values(),
        )
    assert portfolio.version == 1


def test_the_bounds_themselves_are_taken(portfolio, postgres):
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, fee, purchase_date) VALUES"
        " (%s, 'AAPL', 90000000000, 90000000000, 90000000000, '9999-12-31'),"
        " (%s, 'AAPL', 0.00000001, 0, 0, '0001-01-01')",
        portfolio.id,
        portfolio.id,
    )
    assert postgres.execute("SELECT max(quantity) FROM investments") == [(Decimal("90000000000.00000000"),)]


@pytest.mark.parametrize(
    "assignment",
    [
        "cash_balance = 100000000000000000001",
        "cash_balance = -100000000000000000001",
        "cash_balance = 'NaN'",
        "base_currency = 'usd'",
        "base_currency = 'U'",
        "portfolio_type = 'HOUSE'",
        "portfolio_name = ''",
        "portfolio_name = repeat('x', 201)",
    ],
)
def test_a_portfolio_out_of_bounds_is_refused(portfolio, postgres, assignment):
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute(f"UPDATE portfolios SET {assignment}")
    assert portfolio.version == 1


@pytest.mark.parametrize("symbol", ["", "aapl", "A B", "A" * 33, "É", "A\n", "A,B", 'A"'])
def test_what_is_no_symbol_is_no_asset(postgres, symbol):
    with pytest.raises(psycopg2.errors.CheckViolation):
        postgres.execute("INSERT INTO assets (ticker_symbol) VALUES (%s)", symbol)


def test_every_symbol_of_the_contract_is_an_asset(postgres):
    for symbol in ("A", "A" * 32, "BRK.B", "BTC-USD", "^GSPC", "EURUSD=X", "X:Y/Z_9"):
        postgres.execute("INSERT INTO assets (ticker_symbol) VALUES (%s)", symbol)


def test_an_email_is_one_customers_whatever_its_case(postgres):
    postgres.execute("INSERT INTO customers (name, email) VALUES ('A', 'Ada@Example.com')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        postgres.execute("INSERT INTO customers (name, email) VALUES ('B', 'aDA@example.COM')")


def test_every_index_and_foreign_key_is_usable(portfolio, postgres):
    """A foreign key without an index on its columns makes each delete read the whole table."""
    rows = postgres.execute(
        """
        SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
        WHERE c.contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
        """
    )
    assert rows == []
