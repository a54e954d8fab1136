"""Market-data providers through libcurl, against the stand-in of their vendors:
order of preference, batches, every kind of refusal, quotas over a restart."""

import datetime
import json
from contextlib import closing

import psycopg2
import pytest

from support.market_server import KEYED
from support.scenario import Scenario
from support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("closed_sessions")
NAMES = ("alphavantage", "polygon", "finnhub", "yahoo", "coinbase", "kraken", "ecb")
SYMBOL_OF = {"coinbase": "BTC-USD", "kraken": "BTC-USD", "ecb": "EUR/USD"}


@pytest.fixture
def market(market):
    market.set("AAPL", "184.10", previous="182.19")
    market.set("MSFT", "402.5", previous="400")
    market.set("BTC-USD", "67890.12345678", previous="67000")
    market.set("ETH-USD", "3400.5", previous="3400")
    market.set("EUR/USD", "1.1687", previous="1.1711")
    market.set("EUR/CHF", "0.9201", previous="0.9245")
    return market


@pytest.fixture
def stored(redis_server):
    """stored("AAPL") -> its quote on the bus, or None."""
    client = redis_server.client

    def quote(symbol):
        text = client.hget("pf:quotes", symbol)
        return json.loads(text) if text else None

    yield quote
    client.close()


def hold(server, *symbols):
    return Scenario(server).portfolio(*[(symbol, 2, 1) for symbol in symbols]).portfolio_id


def providers(server):
    return {it["name"]: it for it in server.json("GET", "/providers")["providers"]}


def wait_for_source(stored, symbol, source):
    def quote():
        it = stored(symbol)
        return it if it and it["source"] == source else None

    return wait_until(quote, what=f"{symbol} from {source}")


def wait_for_state(server, name, state):
    def provider():
        it = providers(server)[name]
        return it if it["state"] == state else None

    return wait_until(provider, what=f"{name} {state}")


@pytest.mark.parametrize("name", NAMES)
def test_each_provider_s_price_reaches_the_stream(name, start_server, connect, market, stored):
    symbol = SYMBOL_OF.get(name, "AAPL")
    server = start_server(**market.settings(name))
    portfolio_id = hold(server, symbol)
    view_of = connect(server)
    view_of.subscribe(portfolio_id)
    view = view_of.view(portfolio_id)
    wait_for_source(stored, symbol, name)
    view_of.run_until(lambda: view.price(symbol) is not None)
    assert str(view.price(symbol)) == market.prices[symbol].price.rstrip("0")
    state = wait_for_state(server, name, "live")
    assert (state["name"], state["kind"]) == (name, "remote")
    assert state["requests"] >= 1 and state["quotes"] >= 1 and "last_error" not in state
    wait_until(lambda: server.health()["feed"]["state"] == "live", what="a feed that is live")
    assert server.health()["feed"]["providers"][0]["state"] == "ok"


def test_massive_is_polygon(start_server, market, stored):
    settings = market.settings("massive", MASSIVE_API_KEY=market.key("polygon"), POLYGON_API_KEY=None)
    hold(start_server(**settings), "AAPL")
    wait_for_source(stored, "AAPL", "polygon")
    assert market.vendors["polygon"].requests[0].headers["Authorization"] == "Bearer " + market.key("polygon")


def test_the_first_that_knows_a_symbol_tells_it(start_server, market, stored):
    market.vendors["finnhub"].unknown.add("MSFT")
    market.set("VOD.L", "70.5", currency="EUR")
    server = start_server(**market.settings("finnhub", "yahoo"))
    hold(server, "AAPL", "MSFT", "VOD.L", "BTC-USD")
    for symbol, source in (("AAPL", "finnhub"), ("MSFT", "yahoo"), ("VOD.L", "yahoo"), ("BTC-USD", "yahoo")):
        wait_for_source(stored, symbol, source)
    asked = [request.query["symbol"] for request in market.vendors["finnhub"].requests]
    assert asked.count("MSFT") == 1, "once an hour"
    assert "VOD.L" not in asked, "its currency is not dollars"
    assert not any(request.path.endswith("AAPL") for request in market.vendors["yahoo"].requests)


def test_many_symbols_are_one_request(start_server, market, stored):
    names = [f"S{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    for at, name in enumerate(names):
        market.set(name, f"{at + 1}.25")
    hold(start_server(**market.settings("polygon", POLL_INTERVAL_MS=1000)), *names)
    for name in names:
        wait_for_source(stored, name, "polygon")
    polygon = market.vendors["polygon"]
    wait_until(lambda: len(polygon.requests[-1].query["tickers"].split(",")) == 26, what="one request for all")


def test_a_plan_without_bulk_quotes_is_asked_singly(start_server, market, stored):
    market.vendors["polygon"].not_entitled = lambda path, query: path.startswith("/v2/snapshot/")
    market.set_closes("AAPL", {datetime.date(2020, 1, 2): "75.09", datetime.date(2020, 1, 3): "74.36"})
    server = start_server(**market.settings("polygon"))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "polygon")
    hold(server, "MSFT")  # now: else it might be asked for while the refusal is on its way
    wait_for_source(stored, "MSFT", "polygon")
    # What it was refused is told on, however well it has answered since: prices and a history.
    body = {"symbols": ["AAPL"], "from": "2020-01-02", "to": "2020-01-03"}
    job = "/jobs/" + server.json("POST", "/stocks/populate", body, expect=202)["job_id"]
    wait_until(lambda: server.json("GET", job)["status"] == "DONE", what=lambda: f"the end of {server.json('GET', job)}")
    state = providers(server)["polygon"]
    assert (state["state"], state["not_entitled"]) == ("live", ["bulk_quotes"])
    assert "the plan does not include it" in state["last_error"]["detail"]
    snapshots = [it for it in market.vendors["polygon"].requests if it.path.startswith("/v2/snapshot/")]
    assert len(snapshots) == 1, "what the plan does not include is not asked for again"
    assert server.metric("pf_provider_not_entitled_total") == 1


def test_one_bad_pair_does_not_take_the_others_with_it(start_server, market, stored):
    """Kraken fails a request that names one pair that it does not know."""
    market.set("NOPE-USD", "5")
    market.vendors["kraken"].unknown.add("NOPE-USD")
    server = start_server(**market.settings("kraken", "coinbase"))
    hold(server, "BTC-USD", "ETH-USD", "NOPE-USD")
    for symbol, source in (("BTC-USD", "kraken"), ("ETH-USD", "kraken"), ("NOPE-USD", "coinbase")):
        wait_for_source(stored, symbol, source)
    kraken = market.vendors["kraken"]
    both = {"XBTUSD", "ETHUSD"}
    wait_until(lambda: set(kraken.requests[-1].query["pair"].split(",")) == both, what="the good ones together again")


def test_a_throttle_is_kept_for_as_long_as_it_says(start_server, market, stored):
    finnhub = market.vendors["finnhub"]
    finnhub.throttled, finnhub.headers = True, {"Retry-After": "3"}
    server = start_server(**market.settings("finnhub", "yahoo"))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "yahoo")
    state = wait_for_state(server, "finnhub", "throttled")
    assert "throttled_until" in state
    wait_until(lambda: server.health()["feed"]["providers"][0]["state"] == "throttled", what="a health that says so")
    finnhub.throttled = False
    market.set_counting("AAPL")  # what changes nothing but its source is not published
    wait_for_source(stored, "AAPL", "finnhub")
    # Once, unless all this took longer than the pause.
    throttled_n = server.metric("pf_provider_throttled_total")
    server.wait_for_log("provider.throttled", count=throttled_n)
    assert [event["pause_ms"] for event in server.log_events("provider.throttled")] == [3000] * throttled_n
    at_s = [request.at_s for request in finnhub.requests[: throttled_n + 1]]
    assert all(after - before > 2.99 for before, after in zip(at_s, at_s[1:])), at_s


def test_throttled_after_some_requests(start_server, market, stored):
    finnhub = market.vendors["finnhub"]
    finnhub.throttle_after, finnhub.headers = 2, {"X-Ratelimit-Reset": str(market.now_ms() // 1000 + 600)}
    server = start_server(**market.settings("finnhub", "yahoo"))
    hold(server, "AAPL")
    wait_for_state(server, "finnhub", "throttled")
    assert finnhub.asked_n == 3
    market.set("AAPL", "185")
    wait_for_source(stored, "AAPL", "yahoo")
    assert server.wait_for_log("provider.throttled")["pause_ms"] > 500000


def test_an_invalid_key_turns_the_provider_off(start_server, market, stored):
    market.vendors["polygon"].invalid_key = True
    server = start_server(**market.settings("polygon", "yahoo", LOG_LEVEL="debug"))
    hold(server, "AAPL", "MSFT")
    wait_for_source(stored, "AAPL", "yahoo")
    wait_for_source(stored, "MSFT", "yahoo")
    assert wait_for_state(server, "polygon", "invalid_key")["last_error"]["detail"].endswith("the key is not accepted")
    feed = server.health()["feed"]
    assert (feed["state"], feed["providers"][0]["state"]) == ("degraded", "invalid_key")
    server.wait_for_log("provider.key_refused")
    assert len(server.log_events("provider.key_refused")) == 1
    assert market.vendors["polygon"].asked_n <= 2, "those that were under way"


@pytest.mark.parametrize(
    "name, fault",
    [
        ("alphavantage", "malformed"),
        ("polygon", "cut_off"),
        ("finnhub", "status"),
        ("yahoo", "malformed"),
        ("coinbase", "cut_off"),
        ("kraken", "status"),
        ("ecb", "cut_off"),
    ],
)
def test_a_fault_opens_the_breaker_and_the_next_one_is_asked(name, fault, start_server, market, stored):
    symbol = SYMBOL_OF.get(name, "AAPL")
    setattr(market.vendors[name], fault, 503 if fault == "status" else True)
    server = start_server(**market.settings(name, "simulated"))
    hold(server, symbol)
    wait_for_source(stored, symbol, "simulated")
    state = wait_for_state(server, name, "down")
    assert state["breaker"]["state"] == "open" and "open_until" in state["breaker"]
    assert state["last_error"]["detail"].startswith(symbol)
    # What a history's answer of no known form says, it does not say of prices.
    vendor = market.vendors[name]
    counted_n = vendor.asked_n if fault == "malformed" else vendor.all_n
    assert counted_n in (5, 6, 7), "one of each kind may have been under way when it opened"
    assert server.metric("pf_breakers_opened_total") == 1


def test_a_slow_answer_is_waited_for(start_server, market, stored):
    market.vendors["finnhub"].latency_s = 1.5
    server = start_server(**market.settings("finnhub", "yahoo"))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "finnhub")
    assert market.vendors["yahoo"].asked_n == 0
    assert server.health()["feed"]["providers"][0]["state"] == "ok"


def test_repeated_and_older_quotes_change_nothing(start_server, market, stored):
    finnhub = market.vendors["finnhub"]
    finnhub.frozen_ms = market.now_ms() - 60000
    server = start_server(**market.settings("finnhub", QUOTE_TTL_S=600))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "finnhub")
    wait_until(lambda: server.metric("pf_quotes_unchanged_total") >= 3, what="repeated quotes")
    first = stored("AAPL")
    finnhub.frozen_ms -= 3600000
    market.set("AAPL", "1")
    wait_until(lambda: server.metric('pf_quotes_refused_total{reason="older"}') >= 2, what="older quotes")
    assert stored("AAPL") == first
    finnhub.frozen_ms = None
    wait_until(lambda: str(stored("AAPL")["price"]) == "1", what="a newer quote")


def test_rates_and_their_crosses(start_server, market, stored):
    server = start_server(**market.settings("ecb"))
    hold(server, "EUR/USD", "USD/CHF", "USD/EUR", "USD/SEK")
    expected = {"EUR/USD": ("1.1687", "1.1711"), "USD/CHF": ("0.78728502", "0.78942874"), "USD/EUR": ("0.85565158", "0.85389804")}
    for symbol, (price, previous) in expected.items():
        quote = wait_for_source(stored, symbol, "ecb")
        assert (str(quote["price"]), str(quote["previous_close"]), quote["currency"]) == (price, previous, symbol[4:])
    wait_until(lambda: server.log_events("symbol.unknown"), what="a currency that it has not")
    assert not stored("EUR/USD")["stale"]


# --- quotas ---


@pytest.mark.usefixtures("quiet_date")
def test_a_day_s_quota_holds_over_a_kill(start_server, market, stored, postgres):
    names = ["AAPL", "MSFT", "SA", "SB"]
    market.set("SA", "5")
    market.set("SB", "6")
    server = start_server(**market.settings("finnhub", "yahoo", FINNHUB_QUOTA="3/day"))
    hold(server, *names)
    for name in names:
        wait_until(lambda name=name: stored(name), what=f"a price of {name}")
    asked = market.vendors["finnhub"]
    wait_until(lambda: asked.asked_n >= 3, what="the requests of the day")
    assert asked.asked_n == 3
    quota = wait_for_state(server, "finnhub", "quota_used_up")["quota"]["day"]
    assert (quota["limit"], quota["left"]) == (3, 0) and quota["resets_at"].endswith("T00:00:00.000Z")
    wait_until(
        lambda: postgres.execute("SELECT day_n FROM provider_usage WHERE provider = 'finnhub'") == [(3,)],
        what="its usage in the database",
    )
    # The next one takes over.
    for name in names:
        market.set(name, "185")
        wait_for_source(stored, name, "yahoo")
    server.kill()
    server.start()
    wait_until(lambda: providers(server)["yahoo"]["state"] == "live", what="prices after the restart")
    state = providers(server)["finnhub"]
    assert (state["state"], state["quota"]["day"]["left"], state["requests"]) == ("quota_used_up", 0, 0)
    assert asked.asked_n == 3


@pytest.mark.usefixtures("quiet_date")
def test_kills_right_behind_a_request_forget_none(start_server, market, stored):
    """However often it is killed the moment it was heard: 4 a day are 4, at most; what was counted ahead is lost."""
    asked = market.vendors["finnhub"]
    names = [f"S{letter}" for letter in "ABCDEFGH"]
    for name in names:
        market.set(name, "5")
    server = start_server(**market.settings("finnhub", FINNHUB_QUOTA="4/day"))
    hold(server, *names)
    is_used_up = lambda: providers(server)["finnhub"]["state"] == "quota_used_up"
    while not is_used_up():
        heard_n = asked.all_n
        wait_until(lambda: asked.all_n > heard_n or is_used_up(), what="a request")
        server.kill()
        server.start()
        wait_until(lambda: server.metric("pf_leader") == 1, what="the lead")
        wait_until(lambda: asked.all_n > heard_n + 1 or is_used_up(), what="another")
    wait_for_state(server, "finnhub", "quota_used_up")
    assert 1 <= asked.all_n <= 4 and providers(server)["finnhub"]["quota"]["day"]["left"] == 0


def test_an_archive_that_hangs_does_not_stop_prices(start_server, market, stored, postgres):
    """A request waits for its being counted, for a second at most."""
    server = start_server(**market.settings("finnhub", FINNHUB_QUOTA="600/min", POLL_INTERVAL_MS=100))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "finnhub")
    with closing(psycopg2.connect(postgres.superuser_url)) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE provider_usage")
        before = market.vendors["finnhub"].all_n
        wait_until(lambda: market.vendors["finnhub"].all_n >= before + 30, what="more than was saved ahead")


@pytest.mark.usefixtures("quiet_date")
def test_the_vendor_s_day_is_over_before_ours(start_server, market, stored):
    market.vendors["alphavantage"].throttled = "day"
    server = start_server(**market.settings("alphavantage", "yahoo", ALPHAVANTAGE_QUOTA="25/day"))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "yahoo")
    state = wait_for_state(server, "alphavantage", "throttled")
    assert state["quota"]["day"]["left"] == 0
    ends = [datetime.datetime.fromisoformat(text) for text in (state["throttled_until"], state["quota"]["day"]["resets_at"])]
    assert abs(ends[0] - ends[1]) < datetime.timedelta(seconds=1)
    assert market.vendors["alphavantage"].all_n in (1, 2), "one may have been under way"


def test_no_minute_has_more_than_its_quota(start_server, market, stored):
    names = ["SA", "SB", "SC", "SD", "SE", "SF"]
    for name in names:
        market.set(name, "5")
    server = start_server(**market.settings("finnhub", "yahoo", FINNHUB_QUOTA="4/min"))
    hold(server, *names)
    for name in names:
        wait_until(lambda name=name: stored(name), what=f"a price of {name}")
    used_up = {"limit": 4, "left": 0}
    wait_until(lambda: providers(server)["finnhub"]["quota"]["minute"] == used_up, what="a quota that is used up")
    wait_until(lambda: market.vendors["finnhub"].asked_n >= 4, what="the last of them")
    assert market.vendors["finnhub"].asked_n == 4


def test_without_the_database_the_start_is_said_and_not_hindered(start_server, market, stored, postgres_cluster, postgres):
    server = start_server(**market.settings("finnhub", FINNHUB_QUOTA="1000/day"))
    hold(server, "AAPL")
    wait_for_source(stored, "AAPL", "finnhub")
    server.stop()
    postgres_cluster.kill()
    server.start()
    event = server.wait_for_log("quota.usage_unknown")
    assert event["level"] == "warn"
    postgres_cluster.start()
    wait_until(lambda: providers(server)["finnhub"]["state"] == "live", what="prices again")
    assert len(server.log_events("quota.usage_unknown")) == 1
    # What was counted before is learned after all.
    wait_until(lambda: providers(server)["finnhub"]["quota"]["day"]["left"] < 999, what="the day's usage")


# --- /providers ---


def test_one_process_leads_and_another_stands_by(start_server, market, stored):
    settings = market.settings("finnhub", LEADER_TTL_MS=60000)  # not lost by standing still
    leader = start_server(**settings)
    hold(leader, "AAPL")
    wait_for_source(stored, "AAPL", "finnhub")
    standby = start_server(**settings)
    wait_until(lambda: standby.health()["feed"]["state"] == "standby", what="a standby")
    assert leader.json("GET", "/providers")["role"] == "leader"
    document = standby.json("GET", "/providers")
    assert (document["role"], document["providers"][0]["state"]) == ("standby", "standby")


def test_without_providers_there_are_none(start_server):
    server = start_server(PROVIDERS="none")
    assert server.json("GET", "/providers")["providers"] == []


def test_no_key_is_told_anywhere(start_server, market, stored):
    """Not in the log, whatever goes wrong, nor over HTTP, nor on the command line."""
    settings = market.settings(*NAMES, "simulated", LOG_LEVEL="debug")
    server = start_server(**settings)
    hold(server, "AAPL", "MSFT", "BTC-USD", "EUR/USD")
    wait_for_source(stored, "AAPL", "alphavantage")
    market.vendors["alphavantage"].cut_off = True
    market.vendors["polygon"].invalid_key = True
    market.vendors["finnhub"].status = 500
    wait_for_state(server, "alphavantage", "down")
    # Nobody listens any more: the library's own words for it.
    server.settings["ALPHAVANTAGE_URL"] = "http://127.0.0.1:1"
    log = server.log
    server.restart()
    wait_for_state(server, "alphavantage", "down")
    told = log + server.log + json.dumps([str(server.json("GET", path)) for path in ("/providers", "/health")])
    with open(f"/proc/{server.pid}/cmdline", encoding="utf-8") as file:
        told += file.read()
    for name in KEYED:
        assert market.key(name) not in told
    assert market.url not in told, "nor where they are asked"
