"""Returns of a customer's portfolios together: in one currency, and in turns
with what others ask for."""

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal as D
from fractions import Fraction

import psycopg2
import pytest

from support.history import write_closes
from support.rest import loads, problem, wrong_fields
from support.waiting import wait_until

# --- several currencies ---

# Units for a euro. The dollar's inverses are exact: 0.8, 0.625, 0.5, 0.4.
RATES = {
    "USD": {"2020-01-02": "1.25", "2020-01-03": "1.6", "2020-01-06": "2", "2020-01-07": "2.5"},
    "CHF": {"2020-01-02": "1", "2020-01-03": "0.8", "2020-01-06": "0.8", "2020-01-07": "0.8"},
    "JPY": {"2020-01-03": "120", "2020-01-06": "130"},
}


@pytest.fixture
def customer(server, postgres):
    """An empty portfolio in francs, the oldest; 10 AAPL in dollars; 5 SAP in euros: the customer's id."""
    write_closes(postgres, "AAPL", {"2020-01-02": 10, "2020-01-03": 11})
    write_closes(postgres, "SAP", {"2020-01-02": 20, "2020-01-03": 20, "2020-01-06": 22}, currency="EUR")
    for currency, rates in RATES.items():
        for date, rate in rates.items():
            postgres.execute("INSERT INTO exchange_rates VALUES (%s, %s, %s)", currency, date, rate)
    customer_id = server.create_customer()
    server.create_portfolio(customer_id, base_currency="CHF")
    dollars = server.create_portfolio(customer_id, base_currency="USD")
    server.create_investment(dollars, "AAPL", 10, 10, "2020-01-02", fee=1)
    euros = server.create_portfolio(customer_id, base_currency="EUR")
    server.create_investment(euros, "SAP", 5, 20, "2020-01-03")
    return customer_id


def returns(server, customer_id, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return server.json("GET", f"/customers/{customer_id}/returns?{text}", expect=200)


def sums(part):
    return [part[name] for name in ("opening_value", "inflow", "closing_value", "gain")]


@pytest.mark.parametrize(
    "currency, aapl, sap",
    [
        # AAPL as it is; SAP: bought 100 at 1.6, worth 110 at 2.
        ("USD", [0, 101, 110, 9], [0, 160, 220, 60]),
        # 101 at 0.8, 110 at 0.5; SAP as it is.
        ("EUR", [0, D("80.8"), 55, D("-25.8")], [0, 100, 110, 10]),
        # 101 at 0.8, 110 at 0.8/2; 100 at 0.8, 110 at 0.8.
        ("CHF", [0, D("80.8"), 44, D("-36.8")], [0, 80, 88, 8]),
    ],
)
def test_each_day_is_converted_at_its_rate(server, customer, currency, aapl, sap):
    got = returns(server, customer, end_date="2020-01-06", currency=currency.lower())
    assert (got["base_currency"], got["start_date"], got["days"]) == (currency, "2020-01-02", 5)
    assert [(part["ticker_symbol"], sums(part)) for part in got["contributions"]] == [("AAPL", aapl), ("SAP", sap)]
    assert sums(got) == [a + b for a, b in zip(aapl, sap)]


def test_rates_make_returns_too(server, customer):
    got = returns(server, customer, end_date="2020-01-06", currency="USD")
    # 100 of 101; 110 + 160 of 100 + 160; 110 + 220 of 270.
    twr = Fraction(100, 101) * Fraction(270, 260) * Fraction(330, 270) - 1
    assert abs(Fraction(got["twr"]) - twr) <= Fraction(1, 10**6)
    assert got["simple_return"] == D("0.264368")  # 69 / 261
    assert [part["contribution"] for part in got["contributions"]] == [D("0.034483"), D("0.229885")]
    # A range whose opening is of another rate, up to a day that only has a rate: 270 to 110 + 110 x 2.5.
    later = returns(server, customer, start_date="2020-01-06", end_date="2020-01-07", currency="USD", benchmark="SAP")
    assert sums(later) == [270, 0, 385, 115]
    assert later["twr"] == D("0.425926")  # 385 / 270 - 1
    assert later["benchmark"]["price_return"] == D("0.71875")  # 1.1 x 2.5 / 1.6 - 1
    # Consecutive ranges chain.
    before = returns(server, customer, end_date="2020-01-05", currency="USD")
    whole = returns(server, customer, end_date="2020-01-07", currency="USD")
    assert (before["closing_value"], before["gain"] + later["gain"]) == (270, whole["gain"])
    chained = (1 + Fraction(before["twr"])) * (1 + Fraction(later["twr"])) - 1
    assert abs(chained - Fraction(whole["twr"])) <= Fraction(3, 10**6)


def test_nobody_says_in_what(server, customer, postgres):
    # That of the oldest portfolio that holds something, in both routes.
    assert returns(server, customer, end_date="2020-01-06")["base_currency"] == "USD"
    server.put_price("AAPL", 10)
    summary = f"/customers/{customer}/portfolios/summary"
    wait_until(lambda: server.json("GET", summary)["totals"]["total_value"] == 100, what="the price")
    assert server.json("GET", summary)["currency"] == "USD"
    assert [rate["pair"] for rate in server.json("GET", summary)["rates"]] == ["EUR/USD"]
    # Of nothing at all: the oldest portfolio's; there is nothing to convert, and no rate is needed.
    empty = server.create_customer()
    assert "base_currency" not in returns(server, empty)
    for currency in ("SEK", "NOK"):
        server.create_portfolio(empty, base_currency=currency)
    got = returns(server, empty)
    assert (got["base_currency"], sums(got), got["contributions"]) == ("SEK", [0, 0, 0, 0], [])
    got = server.json("GET", f"/customers/{empty}/portfolios/summary")
    assert (got["currency"], got["totals"]["total_value"], got["rates"]) == ("SEK", 0, [])
    # One that holds nothing never needs a rate.
    postgres.execute("DELETE FROM exchange_rates WHERE currency = 'CHF'")
    assert sums(returns(server, customer, end_date="2020-01-06")) == [0, 261, 330, 69]


def test_a_missing_rate_is_named(server, customer):
    path = f"/customers/{customer}/returns"
    answer = server.request("GET", f"{path}?currency=SEK")
    details = [(error["field"], error["detail"]) for error in problem(answer, 422, "invalid_field")["errors"]]
    assert details == [("currency", "there is no rate of USD/SEK"), ("currency", "there is no rate of EUR/SEK")]
    answer = server.request("GET", f"{path}?currency=JPY")
    assert [error["detail"] for error in problem(answer, 422, "invalid_field")["errors"]] == [
        "there is no rate of USD/JPY on 2020-01-02: the first is of 2020-01-03"
    ]
    # Where it is needed on later days only. 110 at 120/1.6 and 100 at 120.
    assert returns(server, customer, start_date="2020-01-04", currency="JPY")["opening_value"] == 8250 + 12000
    # Before anything was held none is.
    early = returns(server, customer, start_date="2019-01-01", end_date="2020-01-01", currency="SEK")
    assert (early["base_currency"], sums(early)) == ("SEK", [0, 0, 0, 0])
    for wrong in ("", "CH", "GBp", "GBX", "USD&currency=USD", "%ff"):
        answer = server.request("GET", f"{path}?currency={wrong}&end_date=x&benchmark=%20")
        assert set(wrong_fields(answer)) == {"currency", "end_date", "benchmark"}


def test_todays_rate_is_the_live_one(server, customer):
    server.put_price("AAPL", 10)
    server.put_price("SAP", 30, currency="EUR")
    server.put_price("EUR%2FUSD", 3, currency="USD")
    got = returns(server, customer, currency="USD")
    assert sums(got) == [0, 261, 100 + 150 * 3, 289]


# --- taking turns ---


@contextlib.contextmanager
def values_locked(postgres, *portfolio_ids):
    """Nobody can compute these portfolios' values meanwhile; called, it says how many wait."""
    with closing(psycopg2.connect(postgres.superuser_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True

        def waiting_n():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return cursor.fetchone()[0]

        def release(portfolio_id):
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 77))", (portfolio_id,))

        for portfolio_id in portfolio_ids:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 77))", (portfolio_id,))
        yield waiting_n, release


@pytest.fixture
def many(start_server, postgres, request):
    """A server with one worker for reports; a customer with three portfolios, and somebody's."""
    write_closes(postgres, "AAPL", {"2020-01-02": 10, "2020-01-03": 11})
    # The last sessions are closed already: nobody else computes values meanwhile.
    postgres.execute(
        "INSERT INTO jobs (kind, from_date, to_date, finished_at, values_done_at)"
        " SELECT 'CLOSE', d, d, now(), now() FROM generate_series(now() - interval '14 days', now(), '1 day') AS t (d)"
    )
    server = start_server(REPORT_WORKERS=1, REPORT_DEADLINE_MS=getattr(request, "param", 60000))
    customer_id = server.create_customer()
    portfolios = [server.create_portfolio(customer_id) for _ in range(3)]
    other = server.create_portfolio()
    for portfolio_id in (*portfolios, other):
        server.create_investment(portfolio_id, "AAPL", 1, 10, "2020-01-02")
    return server, customer_id, portfolios, other


def kept(postgres):
    return {row[0] for row in postgres.execute("SELECT portfolio_id::text FROM portfolio_value_states")}


def test_others_have_their_turn_between_two_portfolios(many, postgres):
    server, customer_id, portfolios, other = many
    with ThreadPoolExecutor() as pool, values_locked(postgres, *portfolios[1:]) as (waiting_n, release):
        whole = pool.submit(server.request, "GET", f"/customers/{customer_id}/returns?end_date=2020-01-03")
        wait_until(lambda: waiting_n() == 1, what="the second portfolio's turn")
        mine = pool.submit(server.request, "GET", f"/portfolios/{other}/returns?end_date=2020-01-03")
        wait_until(lambda: server.metric("pf_report_queue") == 1, what="the other's request in the queue")
        wait_until(lambda: kept(postgres) == {portfolios[0]})
        postgres.execute("SELECT pg_sleep(0.25)")  # longer than a part may take
        release(portfolios[1])
        assert loads(mine.result(timeout=60))["gain"] == 1, "before the customer's last one"
        assert not whole.done()
        release(portfolios[2])
        assert loads(whole.result(timeout=60))["gain"] == 3
    assert server.metric("pf_values_rebuilt_total") == 4


@pytest.mark.parametrize("many", [1000], indirect=True)
def test_what_is_late_is_given_up_and_goes_on_when_asked_again(many, postgres):
    server, customer_id, portfolios, _ = many
    path = f"/customers/{customer_id}/returns?end_date=2020-01-03"

    def is_late(answer):
        if answer[0] == 200:
            return False
        assert "asking again goes on" in problem(answer, 503, "unavailable")["detail"]
        assert int(answer[1]["retry-after"]) >= 1
        return True

    with ThreadPoolExecutor() as pool, values_locked(postgres, portfolios[1]) as (waiting_n, release):
        for _ in range(20):  # in a slow run it may be late before the second portfolio
            whole = pool.submit(server.request, "GET", path)
            wait_until(lambda it=whole: waiting_n() == 1 or it.done(), what="the second portfolio's turn")
            if not whole.done():
                break
            assert is_late(whole.result())
        else:
            raise AssertionError("each time it was late before the second portfolio")
        late_n = server.metric("pf_reports_late_total")
        queued = pool.submit(server.request, "GET", f"/portfolios/{portfolios[0]}/risk")
        wait_until(lambda: server.metric("pf_report_queue") == 1)
        postgres.execute("SELECT pg_sleep(1.1)")  # past the deadline
        release(portfolios[1])
        assert is_late(whole.result(timeout=60)) and is_late(queued.result(timeout=60))
    assert kept(postgres) == set(portfolios[:2]), "what was computed is kept"
    assert (server.metric("pf_reports_late_total") - late_n, server.metric("pf_values_rebuilt_total")) == (2, 2)
    answer = wait_until(lambda: not is_late(it := server.request("GET", path)) and it, what="what goes on to its end")
    assert loads(answer)["gain"] == 3
    assert server.metric("pf_values_rebuilt_total") == 3


def test_nobody_works_for_who_has_left_while_others_wait(many, postgres):
    """Neither for a request that waited nor for the rest of one that had begun. Where nobody waits its work
    goes on, so somebody does each time that one who has left would have its turn."""
    server, customer_id, portfolios, other = many

    def ask_and_leave(path, what, is_waiting):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            wait_until(is_waiting, what=what)

    def wait_for_queue(length):
        wait_until(lambda: server.metric("pf_report_queue") == length, what=f"{length} in the queue")

    with ThreadPoolExecutor() as pool, values_locked(postgres, portfolios[0], other) as (waiting_n, release):
        ask_and_leave(f"/customers/{customer_id}/returns", "the first portfolio's turn", lambda: waiting_n() == 1)
        ask_and_leave(
            f"/portfolios/{portfolios[2]}/risk", "one in the queue", lambda: server.metric("pf_report_queue") == 1
        )
        mine = pool.submit(server.request, "GET", f"/portfolios/{other}/returns?end_date=2020-01-03")
        wait_for_queue(2)
        postgres.execute("SELECT pg_sleep(0.25)")  # longer than a part may take
        release(portfolios[0])
        wait_until(lambda: kept(postgres) == {portfolios[0]} and waiting_n() == 1, what="my turn")
        wait_for_queue(1)  # the customer's other portfolios
        last = pool.submit(server.request, "GET", f"/portfolios/{other}/risk")
        wait_for_queue(2)
        release(other)
        assert loads(mine.result(timeout=60))["gain"] == 1
        loads(last.result(timeout=60))
    assert kept(postgres) == {portfolios[0], other}
    assert server.metric("pf_reports_left_total") == 2


def test_who_only_shuts_its_side_is_answered(many):
    server, customer_id, _, _ = many
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        head = f"GET /customers/{customer_id}/returns?end_date=2020-01-03 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_the_portfolios_are_bounded(server, postgres):
    customer_id = server.create_customer()
    add = (
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type)"
        " SELECT %s, 'P' || n, 'IRA' FROM generate_series(1, %s) n"
    )
    postgres.execute(add, customer_id, 500)
    assert returns(server, customer_id)["gain"] == 0
    postgres.execute(add, customer_id, 1)
    problem(server.request("GET", f"/customers/{customer_id}/returns"), 422, "limit_exceeded")
