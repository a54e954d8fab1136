"""`portfoliod publish` against a real Redis, and the feed of a whole server:
what is printed, what is stored, what reaches a client."""

import json
from decimal import Decimal

import pytest

from support.server import run_program
from support.waiting import wait_until


@pytest.fixture
def publish(portfoliod, redis_server):
    def run(*arguments, lines=None, redis_url=None):
        stdin = None if lines is None else "".join(line + "\n" for line in lines)
        settings = {"REDIS_URL": redis_server.url if redis_url is None else redis_url}
        return run_program("publish", *arguments, stdin=stdin, settings=settings)

    return run


def stored(redis_server, symbol):
    client = redis_server.client
    try:
        return client.hget("pf:quotes", symbol)
    finally:
        client.close()


def test_arguments(publish, redis_server):
    result = publish("aapl=189.84/188.1", "EUR/USD=1.12345678", "MSFT=x", "IBM=0")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[:2] == ["ok 1", "ok 2"]
    assert [line.split(":")[0] for line in lines[2:]] == ["error invalid", "error invalid"]
    quote = stored(redis_server, "AAPL")
    assert quote.startswith('{"seq":1,"symbol":"AAPL","price":189.84,"previous_close":188.1,"currency":"USD","session":"')
    assert quote.endswith('"source":"publish","stale":false}')
    assert '"price":1.12345678,' in stored(redis_server, "EUR/USD")
    # Without a previous close the stored one is kept; the same price takes no number.
    assert publish("AAPL=189.84").stdout == "ok 1\n"
    assert publish("AAPL=190").stdout == "ok 3\n"
    assert '"price":190,"previous_close":188.1,' in stored(redis_server, "AAPL")


def test_a_batch_of_thousands_is_one_event(publish, redis_server):
    """The script takes a batch in chunks: what is said of it is the same for every chunk."""
    client = redis_server.client
    events = client.pubsub(ignore_subscribe_messages=True)
    events.subscribe("pf:events")
    wait_until(lambda: client.pubsub_numsub("pf:events")[0][1] == 1, what="the test hears the events")
    names = [f"S{i}" for i in range(2500)]
    first = [{"symbol": name, "price": i + 1} for i, name in enumerate(names)]
    moved = [{"symbol": name, "price": i + (2 if i % 3 == 0 else 1)} for i, name in enumerate(names)]
    late = moved[:-1] + [{"symbol": names[-1], "price": 7, "as_of": "2001-01-01T00:00:00Z"}]
    lines = publish("-", lines=[json.dumps(first), json.dumps(moved), json.dumps(late)]).stdout.splitlines()
    assert lines == ["ok 1", "ok 2", f"error conflict: {names[-1]}: older than the stored quote"]
    received = []

    def both():
        message = events.get_message()
        if message:
            received.append(json.loads(message["data"]))
        return len(received) == 2

    wait_until(both, what="both events are there")
    assert [quote["symbol"] for quote in received[0]["quotes"]] == names
    assert [quote["symbol"] for quote in received[1]["quotes"]] == names[::3]
    kept = {name: json.loads(text) for name, text in client.hgetall("pf:quotes").items()}
    events.close()
    client.close()
    assert {name: quote["price"] for name, quote in kept.items()} == {quote["symbol"]: quote["price"] for quote in moved}
    assert {name for name, quote in kept.items() if quote["seq"] == 2} == set(names[::3])


def test_lines(publish, redis_server):
    good = [{"symbol": "A", "price": "12345678901.12345678"}, {"symbol": "B", "price": 2, "previous_close": 1.5}]
    old = [{"symbol": "A", "price": 3, "as_of": "2001-01-01T00:00:00Z"}, {"symbol": "C", "price": 3}]
    result = publish("-", lines=[json.dumps(good), json.dumps(old), "nonsense", "[{}]", "[]", '[{"symbol":"D","price":4}]'])
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert lines[0] == "ok 1"
    assert lines[1] == "error conflict: A: older than the stored quote"
    assert lines[2].startswith("error invalid: ")
    assert lines[3] == "error invalid: [0].symbol: is missing"
    assert lines[4] == "ok 1"
    assert lines[5] == "ok 2"
    assert len(lines) == 6
    assert '"price":12345678901.12345678,' in stored(redis_server, "A")
    assert stored(redis_server, "C") is None, "a batch with one bad quote is refused whole"
    assert publish("-", lines=[json.dumps(good)]).returncode == 0


def test_a_quote_without_its_currency_is_in_that_of_the_stored_one(publish, redis_server):
    pounds = [{"symbol": "VOD.L", "price": 75, "previous_close": 74, "currency": "GBp"}]
    assert publish("-", lines=[json.dumps(pounds)]).stdout == "ok 1\n"
    assert publish("VOD.L=76", "USD/CHF=0.9").stdout == "ok 2\nok 3\n"
    assert '"price":76,"previous_close":74,"currency":"GBp",' in stored(redis_server, "VOD.L")
    assert '"currency":"CHF",' in stored(redis_server, "USD/CHF")
    pounds[0].update(price="0.77", currency="GBP")
    del pounds[0]["previous_close"]
    assert publish("-", lines=[json.dumps(pounds)]).stdout == "ok 4\n"
    assert '"price":0.77,"currency":"GBP",' in stored(redis_server, "VOD.L")


def test_far_future_and_twice_in_a_batch(publish):
    twice = json.dumps([{"symbol": "A", "price": 1}, {"symbol": "a", "price": 2}])
    future = json.dumps([{"symbol": "A", "price": 1, "as_of": "2999-01-01T00:00:00Z"}])
    assert publish("-", lines=[twice, future]).stdout.splitlines() == [
        "error invalid: A: twice in one batch",
        "error out_of_range: A: more than 5 s in the future",
    ]


def test_wrong_calls(publish, redis_server):
    assert publish("--help").returncode == 0
    assert "SYMBOL=PRICE" in publish("--help").stdout
    assert publish().returncode == 2
    assert publish("--nonsense", "A=1").returncode == 2
    assert publish("A=1", redis_url="").returncode == 2
    assert publish("A=1", redis_url="rediss://localhost").returncode == 2
    assert publish("--redis-url", redis_server.tcp_url, "A=1", redis_url="").stdout == "ok 1\n"
    redis_server.kill()
    result = publish("A=1")
    assert result.returncode == 1
    assert result.stdout.startswith("error unavailable: ")


def test_a_published_price_reaches_a_client(start_server, connect, publish):
    server = start_server(PROVIDERS="none")
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", "2", "100")
    client = connect(server)
    view = client.subscribe(portfolio_id)
    assert publish("AAPL=189.84").stdout == "ok 1\n"
    client.run_until(lambda: view.price("AAPL") == Decimal("189.84"))


def test_feed_health_names_its_providers(start_server):
    server = start_server(PROVIDERS="simulated")
    wait_until(lambda: server.health()["feed"]["leader"], what="a leader")
    assert [provider["name"] for provider in server.health()["feed"]["providers"]] == ["simulated"]
