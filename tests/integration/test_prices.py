"""Current prices: fresh when they can be, the last known one when not, one request to a provider for all who ask."""

import json
import socket
import string
import threading
import time
from decimal import Decimal

import pytest

from support import exact_json
from support.request_count import RequestCount
from support.waiting import wait_until

HOUR_MS = 3600000
REQUEST_WAITS_S = 1.99  # two seconds, by a clock of whole milliseconds


@pytest.fixture
def coinbase(market):
    return market.vendors["coinbase"]


@pytest.fixture
def start(start_server, coinbase):
    """A server whose one provider is the tests' own, and that asks only when it must."""

    def start_it(**settings):
        return start_server(**{**coinbase.settings, "POLL_INTERVAL_MS": HOUR_MS, **settings})

    return start_it


def lead(server):
    """Until this process asks providers, and its loops know the bus."""
    wait_until(lambda: server.metric("pf_leader") == 1, what="the lead")
    server.see_bus()
    return server


def price(server, symbol, expect=200):
    return server.json("GET", f"/assets/{symbol}/price", expect=expect)


def no_price_yet(server, symbol):
    """Why, in the same words by both ways."""
    status, headers, body = server.request("GET", f"/assets/{symbol}/price")
    assert status == 503 and int(headers["retry-after"]) > 0, body
    found = json.loads(body)
    assert found["code"] == "unavailable" and found["detail"].startswith(f"No price of {symbol} is known yet: ")
    (error,) = server.json("POST", "/assets/prices", {"symbols": [symbol]}, expect=200)["errors"]
    assert found["detail"].endswith(": " + error["detail"])
    return error["detail"]


def price_now(server, symbol, **members):
    """Until the price that a request finds is this; at first it may find none in time."""

    def is_this():
        status, _, body = server.request("GET", f"/assets/{symbol}/price")
        return status == 200 and members.items() <= exact_json.loads_canonical(body.decode()).items()

    wait_until(is_this, what=f"{symbol} with {members}")


@pytest.mark.parametrize("redis", ["redis", "in process"])
def test_fetched_when_it_is_needed(start, coinbase, redis):
    server = lead(start(**({} if redis == "redis" else {"REDIS_URL": None})))
    coinbase.trade("BTC-USD", "189.84")
    found = price(server, "btc-usd")
    assert (found["ticker_symbol"], str(found["price"]), found["currency"]) == ("BTC-USD", "189.84", "USD")
    assert (found["source"], found["stale"]) == ("coinbase", False)
    assert "change_today" not in found
    # What is fresh is not asked for again.
    assert price(server, "BTC-USD") == found
    assert coinbase.asked("BTC-USD") == 1
    assert server.metric("pf_price_waits_timed_out_total") == 0


@pytest.mark.parametrize(
    "now, before, change",
    [
        ("189.84", "188.1", "0.00925"),
        ("1", "3", "-0.666667"),
        ("0.00000001", "90000000000", "-1"),
        ("90000000000", "0.00000001", "8999999999999999999"),
    ],
)
def test_change_today(server, now, before, change):
    server.see_bus()
    server.put_price("AAPL", now, previous_close=before)
    wait_until(lambda: server.request("GET", "/assets/AAPL/price")[0] == 200, what="the price")
    assert str(price(server, "AAPL")["change_today"]) == change


@pytest.mark.threads
def test_one_request_serves_all(start, coinbase):
    """A hundred requests to two processes, all under way before the provider answers."""
    servers = [lead(start(LOOPS=2)), start(LOOPS=2)]
    servers[1].see_bus()
    for letter in string.ascii_uppercase:
        symbol = f"{letter}OO-USD"
        took_s, answers = ask_all_at_once(servers, coinbase, symbol)
        if took_s < 1:
            break  # else: a request waits for two seconds, so those of this crowd may not have waited together
    assert took_s < 1, "no crowd was quick enough to be one"
    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["stale"] is False
    assert coinbase.asked(symbol) == 1


def ask_all_at_once(servers, coinbase, symbol):
    """(How long it took until all were under way, the answers)"""
    coinbase.trade(symbol, "5")
    coinbase.prices.hold()
    received = [RequestCount(server) for server in servers]
    head = f"GET /assets/{symbol}/price HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    begun_s = time.monotonic()
    pending = [socket.create_connection(("127.0.0.1", servers[number % 2].port)) for number in range(100)]
    for connection in pending:
        connection.sendall(head)
    for count in received:
        count.wait_for(50)
    took_s = time.monotonic() - begun_s
    coinbase.prices.release()
    answers = []
    for connection in pending:
        answers.append(b"".join(iter(lambda c=connection: c.recv(65536), b"")))
        connection.close()
    return took_s, answers


def test_a_provider_that_is_slow(start, coinbase):
    server = lead(start())
    coinbase.trade("BTC-USD", "5")
    assert price(server, "BTC-USD")["stale"] is False
    coinbase.prices.hold()
    server.json("DELETE", "/cache/prices", expect=204)
    found = price(server, "BTC-USD")
    assert (found["price"], found["stale"]) == (5, True)
    assert server.metric("pf_price_waits_timed_out_total") >= 1
    assert no_price_yet(server, "ETH-USD") == "The providers did not answer in time"
    # What comes too late for the request is there for the next one.
    coinbase.trade("ETH-USD", "7")
    coinbase.prices.release()
    price_now(server, "ETH-USD", stale=False)


def test_nobody_knows_it(start, coinbase):
    server = lead(start())
    problem = price(server, "NO-USD", expect=404)
    assert "No provider knows it" in problem["detail"]
    assert price(server, "AAPL", expect=404)["code"] == "not_found"  # not even asked for
    assert price(server, "NO-USD", expect=404)["code"] == "not_found"
    assert coinbase.asked("NO-USD") == 1
    # Answered, not waited for in vain.
    assert server.metric("pf_price_waits_timed_out_total") == 0
    assert price(server, "A%20B", expect=404)["code"] == "not_found"


@pytest.mark.parametrize("redis", ["redis", "in process"])
def test_what_failed_for_now_is_no_404(start, coinbase, redis):
    server = lead(start(**({} if redis == "redis" else {"REDIS_URL": None})))
    coinbase.statuses["BAD-USD"] = 500
    assert no_price_yet(server, "BAD-USD") == "The providers failed to give a price"
    coinbase.malformed = True
    coinbase.trade("HALF-USD", "5")
    assert no_price_yet(server, "HALF-USD") == "The providers failed to give a price"
    coinbase.malformed = False
    # It is there when the provider has it again.
    coinbase.trade("BAD-USD", "5")
    assert price(server, "BAD-USD")["stale"] is False
    coinbase.statuses["LIMIT-USD"] = 429
    coinbase.headers = {"Retry-After": "60"}  # the pause outlasts what asks
    assert no_price_yet(server, "LIMIT-USD") == "The providers' limits are used up for now"
    assert server.metric("pf_price_waits_timed_out_total") == 0


def test_a_key_that_is_refused_is_no_404(start_server, market):
    finnhub = market.vendors["finnhub"]
    finnhub.invalid_key = True
    market.set("AAPL", "5")
    server = lead(start_server(**market.settings("finnhub", POLL_INTERVAL_MS=HOUR_MS)))
    assert no_price_yet(server, "AAPL") == "The providers do not take the key, or the plan does not include it"
    assert server.metric("pf_price_waits_timed_out_total") == 0


def test_without_providers(start_server):
    server = lead(start_server())
    assert price(server, "AAPL", expect=404)["code"] == "not_found"
    server.put_price("AAPL", 5)
    found = price(server, "AAPL")
    assert (found["source"], found["stale"]) == ("manual", False)
    update = server.json("POST", "/investments/update-prices", {"symbols": ["AAPL"]}, expect=200)
    assert update["failed"] == [{"ticker_symbol": "AAPL", "code": "not_found", "detail": "No provider knows it"}]
    assert server.metric("pf_price_waits_timed_out_total") == 0


@pytest.mark.parametrize("redis", ["redis", "in process"])
def test_who_wrote_a_price_reads_it(start_server, redis):
    """The next pass is seconds away and not waited for."""
    server = start_server(FLUSH_MS=5000, **({} if redis == "redis" else {"REDIS_URL": None}))
    server.see_bus()
    for number in range(1, 11):
        server.put_price("AAPL", number)
        assert price(server, "AAPL")["price"] == number
        server.put_price("AAPL", number + 100)
        many = server.json("POST", "/assets/prices", {"symbols": ["AAPL"]}, expect=200)
        assert [item["price"] for item in many["items"]] == [number + 100]


def test_with_redis_away(start, coinbase, redis_server):
    server = lead(start())
    coinbase.trade("BTC-USD", "5")
    price(server, "BTC-USD")
    server.put_price("AAPL", 6)
    price_now(server, "AAPL", price=6)
    redis_server.stop()
    wait_until(lambda: server.metric("pf_bus_connected") == 0, what="the loss")
    # Nobody can say that it is the current one.
    assert price(server, "BTC-USD")["stale"] is True
    assert price(server, "AAPL")["stale"] is True
    assert price(server, "ETH-USD", expect=503)["code"] == "unavailable"
    many = server.json("POST", "/assets/prices", {"symbols": ["BTC-USD", "ETH-USD"]}, expect=200)
    assert [item["ticker_symbol"] for item in many["items"]] == ["BTC-USD"]
    assert [error["code"] for error in many["errors"]] == ["unavailable"]
    assert server.json("POST", "/investments/update-prices", {}, expect=503)["code"] == "unavailable"
    assert server.json("DELETE", "/cache/prices", expect=503)["code"] == "unavailable"
    redis_server.start()
    price_now(server, "AAPL", stale=False)
    price_now(server, "BTC-USD", stale=False)


def test_the_leader_is_another_process(start, coinbase):
    leader = lead(start())
    other = start()
    other.see_bus()
    coinbase.trade("BTC-USD", "5")
    assert str(price(other, "BTC-USD")["price"]) == "5"
    wait_until(lambda: price(leader, "BTC-USD")["stale"] is False, what="the price on the leader")
    assert coinbase.asked("BTC-USD") == 1
    assert price(other, "NO-USD", expect=404)["code"] == "not_found"
    assert other.metric("pf_price_waits_timed_out_total") == 0
    assert other.metric("pf_leader") == 0


def test_the_leader_dies_while_it_is_asked(start, coinbase):
    leader = lead(start(LEADER_TTL_MS=500))
    other = start(LEADER_TTL_MS=500)
    other.see_bus()
    coinbase.trade("BTC-USD", "5")
    price(leader, "BTC-USD")
    price_now(other, "BTC-USD", stale=False)
    coinbase.prices.hold()
    other.json("DELETE", "/cache/prices", expect=204)
    answers = []

    def ask():
        """Until the leader asks the provider; what it asks for is never answered."""
        while coinbase.asked("BTC-USD") < 2 or not answers:
            answers.append(price(other, "BTC-USD"))

    asking = threading.Thread(target=ask)
    asking.start()
    coinbase.wait_for_asked("BTC-USD", 2)
    leader.kill()
    lead(other)
    asking.join()
    # The last known one, or the one that the next leader got.
    assert {str(answer["price"]) for answer in answers} == {"5"}
    coinbase.prices.release()
    price_now(other, "BTC-USD", stale=False)


def test_forgotten(start, coinbase):
    server = lead(start())
    for symbol in ("BTC-USD", "ETH-USD"):
        coinbase.trade(symbol, "5")
        price(server, symbol)
    server.put_price("AAPL", 6)
    server.json("DELETE", "/cache/prices?symbol=btc-usd", expect=204)
    wait_until(lambda: server.metric("pf_quotes_marked_stale_total") == 1, what="one stale price")
    coinbase.trade("BTC-USD", "5.5")
    price_now(server, "BTC-USD", price=Decimal("5.5"), stale=False)
    assert coinbase.asked("ETH-USD") == 1
    server.json("DELETE", "/cache/prices", expect=204)
    wait_until(lambda: server.metric("pf_quotes_marked_stale_total") == 3, what="all stale prices")
    assert price(server, "AAPL")["stale"] is False  # by hand
    problem = server.json("DELETE", "/cache/prices?symbol=A%20B", expect=422)
    assert [error["field"] for error in problem["errors"]] == ["symbol"]


@pytest.mark.parametrize("redis", ["redis", "in process"])
def test_who_forgets_reads_no_old_price(start, coinbase, redis):
    """Also when the next pass, which would show it marked, is far away; a price by hand stays."""
    server = lead(start(FLUSH_MS=500, **({} if redis == "redis" else {"REDIS_URL": None})))
    server.put_price("AAPL", 6)
    coinbase.trade("BTC-USD", "5")
    price(server, "BTC-USD")
    for number in range(1, 6):
        coinbase.trade("BTC-USD", str(number * 10))
        server.json("DELETE", "/cache/prices" + ("?symbol=btc-usd" if number % 2 else ""), expect=204)
        found = price(server, "BTC-USD")
        assert (found["price"], found["stale"]) == (number * 10, False)
        assert price(server, "AAPL")["stale"] is False
    assert coinbase.asked("BTC-USD") == 6


@pytest.mark.threads
def test_who_forgets_reads_no_old_price_of_another_loop(start, coinbase):
    server = lead(start(LOOPS=4))
    coinbase.trade("BTC-USD", "5")
    price(server, "BTC-USD")
    coinbase.prices.hold()
    server.json("DELETE", "/cache/prices", expect=204)
    for _ in range(8):
        assert price(server, "BTC-USD")["stale"] is True
    coinbase.prices.release()
    price_now(server, "BTC-USD", stale=False)


def test_many(start, coinbase):
    server = lead(start())
    coinbase.trade("BTC-USD", "5")
    coinbase.trade("ETH-USD", "6")
    server.put_price("AAPL", 7, previous_close=8)
    coinbase.statuses["BAD-USD"] = 500
    symbols = ["eth-usd", "NO-USD", "AAPL", "BAD-USD", "BTC-USD", "ETH-USD"]
    many = server.json("POST", "/assets/prices", {"symbols": symbols}, expect=200)
    assert [(item["ticker_symbol"], str(item["price"])) for item in many["items"]] == [
        ("ETH-USD", "6"),
        ("AAPL", "7"),
        ("BTC-USD", "5"),
    ]
    assert not any(item["stale"] for item in many["items"])
    assert [(error["ticker_symbol"], error["code"]) for error in many["errors"]] == [
        ("NO-USD", "not_found"),
        ("BAD-USD", "unavailable"),
    ]
    coinbase.statuses["LIMIT-USD"] = 429
    coinbase.headers = {"Retry-After": "60"}
    many = server.json("POST", "/assets/prices", {"symbols": ["LIMIT-USD"]}, expect=200)
    assert [error["code"] for error in many["errors"]] == ["rate_limited"]
    thousand = [f"NOT {number}" if number in (3, 900) else f"S{number}" for number in range(1000)]
    problem = server.json("POST", "/assets/prices", {"symbols": thousand}, expect=422)
    assert [error["field"] for error in problem["errors"]] == ["symbols[3]", "symbols[900]"]
    for wrong in ({}, {"symbols": []}, {"symbols": "AAPL"}, {"symbols": ["S"] * 1001}):
        problem = server.json("POST", "/assets/prices", wrong, expect=422)
        assert [error["field"] for error in problem["errors"]] == ["symbols"]


def test_a_thousand_at_once(start, coinbase):
    server = lead(start())
    symbols = [f"S{number}" for number in range(1000)]
    many = server.json("POST", "/assets/prices", {"symbols": symbols}, expect=200)
    assert [error["ticker_symbol"] for error in many["errors"]] == symbols
    assert {error["code"] for error in many["errors"]} == {"not_found"}


def test_updates_of_what_is_held(start, coinbase):
    server = lead(start())
    coinbase.trade("BTC-USD", "5")
    coinbase.trade("ETH-USD", "6")
    portfolio_id = server.create_portfolio()
    for symbol in ("BTC-USD", "NO-USD"):
        server.create_investment(portfolio_id, symbol, 1, 1)
    other_id = server.create_portfolio()
    server.create_investment(other_id, "ETH-USD", 1, 1)
    # The leader asks once for what it finds is held, up to three seconds later; then not within the hour.
    for symbol in ("BTC-USD", "NO-USD", "ETH-USD"):
        coinbase.wait_for_asked(symbol, 1)
    for symbol in ("BTC-USD", "ETH-USD"):
        price_now(server, symbol, stale=False)
    asked = {symbol: coinbase.asked(symbol) for symbol in ("BTC-USD", "ETH-USD")}

    def update(**body):
        return server.json("POST", "/investments/update-prices", body, expect=200)

    def outcome(document):
        failed = [(error["ticker_symbol"], error["code"]) for error in document["failed"]]
        return document["updated"], document["unchanged"], failed

    # Fresh for longer than a second: asked for again all the same.
    def is_asked():
        coinbase.trade("BTC-USD", str(5 + coinbase.asked("BTC-USD")))
        return outcome(update(portfolio_id=portfolio_id)) == (1, 0, [("NO-USD", "not_found")])

    wait_until(is_asked, what="an update")
    assert coinbase.asked("BTC-USD") > asked["BTC-USD"]
    assert coinbase.asked("ETH-USD") == asked["ETH-USD"]
    assert outcome(update()) == (0, 2, [("NO-USD", "not_found")])
    assert outcome(update(symbols=["ETH-USD"])) == (0, 1, [])
    assert outcome(update(portfolio_id=server.create_portfolio())) == (0, 0, [])
    for body, field in (
        ({"portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11"}, "portfolio_id"),
        ({"portfolio_id": "x"}, "portfolio_id"),
        ({"portfolio_id": portfolio_id, "symbols": ["A"]}, "symbols"),
        ({"symbols": ["A B"]}, "symbols[0]"),
    ):
        problem = server.json("POST", "/investments/update-prices", body, expect=422)
        assert [error["field"] for error in problem["errors"]] == [field]


def test_who_begins_to_watch_gets_fresh_prices(start, coinbase, connect):
    """Nothing else would ask within the hour."""
    server = lead(start(QUOTE_TTL_S=1))
    coinbase.trade("BTC-USD", "5")
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "BTC-USD", 1, 1)
    coinbase.wait_for_asked("BTC-USD", 1)
    wait_until(lambda: server.metric("pf_quotes_marked_stale_total") == 1, what="the price to be stale")
    coinbase.trade("BTC-USD", "6")
    assert coinbase.asked("BTC-USD") == 1
    client = connect(server)
    view = client.subscribe(portfolio_id)
    coinbase.wait_for_asked("BTC-USD", 2)
    client.run_until(lambda: str(view.data["positions"]["BTC-USD"]["current_price"]) == "6")


def in_time(server, ask):
    """The first answer of which no part was given because the request had waited for its two seconds."""
    for _ in range(20):
        before = server.metric("pf_price_waits_timed_out_total")
        begun_s = time.monotonic()
        answer = ask()
        took_s = time.monotonic() - begun_s
        if server.metric("pf_price_waits_timed_out_total") == before:
            return answer
        assert took_s >= REQUEST_WAITS_S, f"given up after {took_s:.3f} s"
    raise AssertionError("each time the prices took longer than a request waits")


def test_a_long_list_is_answered_in_parts_and_whole(start_server, postgres):
    """Each part is a turn of the loop: 250 symbols. What is known is told in the order it was asked for, and so is
    what is not; nothing is lost where the parts meet."""
    server = lead(start_server())
    symbols = [f"L{number}" for number in range(1000)]
    known = [symbols[number] for number in (0, 1, 248, 249, 250, 251, 499, 500, 749, 750, 999)]
    server.publish(*(f"{symbol}={number + 1}" for number, symbol in enumerate(known)))
    price_now(server, known[-1], price=len(known))
    many = in_time(server, lambda: server.json("POST", "/assets/prices", {"symbols": symbols}, expect=200))
    assert [(item["ticker_symbol"], item["price"]) for item in many["items"]] == list(zip(known, range(1, 12)))
    unknown = [symbol for symbol in symbols if symbol not in known]
    assert [(error["ticker_symbol"], error["code"]) for error in many["errors"]] == [(s, "not_found") for s in unknown]
    # All that is held, which is more than a request may name.
    portfolio_id = server.create_portfolio()
    postgres.execute("INSERT INTO assets (ticker_symbol, currency) SELECT 'L' || n, 'USD' FROM generate_series(0, 2600) n")
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT %s, 'L' || n, 1, 1, '2020-01-02' FROM generate_series(0, 2600) n",
        portfolio_id,
    )
    update = in_time(server, lambda: server.json("POST", "/investments/update-prices", {}, expect=200))
    assert (update["updated"], update["unchanged"]) == (0, 0)
    failed = [error["ticker_symbol"] for error in update["failed"]]
    assert len(failed) == 2601 and set(failed) == {f"L{number}" for number in range(2601)}


def test_a_long_list_does_not_hold_up_the_end(start, coinbase):
    """Who waits for prices when the server stops is answered with what there is, part after part."""
    server = lead(start())
    coinbase.prices.hold()
    answers = []
    ask = lambda: answers.append(server.request("POST", "/assets/prices", json={"symbols": symbols}))
    symbols = [f"L{number}-USD" for number in range(1000)]
    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: server.metric("pf_price_questions_total") > 0, what="the questions")
    server.terminate()
    thread.join()
    server.wait()
    coinbase.prices.release()
    assert answers[0][0] == 200
    assert [error["ticker_symbol"] for error in json.loads(answers[0][2])["errors"]] == symbols


@pytest.mark.threads
def test_prices_by_hand_never_lose(start_server):
    """A price without a time comes after the stored one, whoever else sets one."""
    servers = [start_server(LOOPS=2), start_server()]
    for server in servers:
        server.see_bus()
    statuses = []

    def write(server, number):
        for i in range(10):
            statuses.append(server.request("PUT", "/assets/AAPL/price", json={"price": 1 + number * 10 + i})[0])

    threads = [threading.Thread(target=write, args=(servers[n % 2], n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 80
    # Each of them was a change of its own: 80 numbers, and no price that is older than the one before.
    assert servers[0].json("PUT", "/assets/AAPL/price", {"price": 5}, expect=200)["seq"] == 81
