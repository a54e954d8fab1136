"""The stream, line by line of the contract: what is sent when all goes well."""

import datetime
import json
from decimal import Decimal as D

import pytest

from support import exact_json
from support.scenario import Scenario
from support.server import run_program
from support.stream_client import cursor_parts
from support.waiting import wait_until
from support.websocket import BINARY, SUBPROTOCOL, Closed, WebSocket

TOTAL_FIELDS = ["total_value", "gain_loss"]


def test_welcome_is_the_first_frame_and_tells_the_settings(start_server, connect):
    server = start_server(
        HEARTBEAT_MS=1234,
        RECONNECT_WINDOW_MS=777,
        MAX_MESSAGE_BYTES=999,
        MAX_SUBSCRIPTIONS=5,
        MAX_RATE="7.5",
        MESSAGES_PER_SECOND=11,
    )
    welcome = connect(server).welcome
    assert welcome["heartbeat_ms"] == 1234
    assert welcome["reconnect_window_ms"] == 777
    assert welcome["auth_required"] is False
    assert welcome["limits"] == {
        "max_message_bytes": 999,
        "max_subscriptions": 5,
        "max_rate": D("7.5"),
        "messages_per_second": 11,
    }


def test_the_subprotocol_is_confirmed_and_none_means_the_same(server, connect):
    assert connect(server).ws.subprotocol == SUBPROTOCOL
    client = connect(server, subprotocol=None)
    assert client.ws.subprotocol is None
    assert client.welcome["type"] == "welcome"


def test_subscribed_comes_first_and_then_the_snapshot(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", "10.5", "150.123"), ("MSFT", 3, 250, "2020-05-05", "1.99"))
    scenario.put_price("AAPL", "189.84", "188.1")
    client = connect(server)
    client.send({"type": "subscribe", "id": 7, "portfolio_id": portfolio.portfolio_id, "surprise": [None]})
    frame = client.expect_next("subscribed", id=7, portfolio_id=portfolio.portfolio_id, recovered=False)
    assert frame["granted"] == {"max_rate": 20}
    assert "reason" not in frame
    frame = client.expect_next("snapshot", portfolio_id=portfolio.portfolio_id)
    assert "id" not in frame
    scenario.settle(client, portfolio)
    assert frame["data"]["totals"]["unpriced"] == 1


def test_an_empty_portfolio_is_zeros(scenario, server, connect):
    portfolio = scenario.portfolio()
    view = connect(server).subscribe(portfolio.portfolio_id)
    assert view.data == scenario.expected(portfolio)
    assert view.positions == {}


def test_a_price_by_hand_reaches_the_subscriber_as_a_delta(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("MSFT", 2, 300))
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    scenario.put_price("AAPL", "189.84")
    scenario.settle(client, portfolio)
    assert "day_change" not in view.positions["AAPL"]
    scenario.put_price("AAPL", "190.00000001", "188.1")
    scenario.settle(client, portfolio)
    # previous_close absent: kept.
    scenario.put_price("AAPL", "0.00000001")
    scenario.settle(client, portfolio)
    assert view.positions["AAPL"]["previous_close"] == D("188.1")
    assert view.snapshots_n == 1


def test_a_delta_leaves_alone_what_did_not_change(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("MSFT", 2, 300))
    scenario.put_price("MSFT", 310)
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    scenario.put_price("AAPL", 160)
    frame = client.expect("delta")
    assert set(frame["patch"]["positions"]) == {"AAPL"}
    assert "quantity" not in frame["patch"]["positions"]["AAPL"]
    assert "portfolio_name" not in frame["patch"]


def test_a_published_price_reaches_the_subscriber(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    scenario.publish("AAPL", "191.5", "190")
    scenario.settle(client, portfolio)
    scenario.publish("AAPL", "192.25")
    scenario.settle(client, portfolio)


def test_a_batch_is_one_step_for_the_client(scenario, server, connect):
    portfolio = scenario.portfolio(*[(f"S{n}", 1, 100) for n in range(40)])
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    batch = json.dumps([{"symbol": f"S{n}", "price": 100 + n} for n in range(40)])
    done = run_program("publish", "-", stdin=batch + "\n", settings={"REDIS_URL": server.settings["REDIS_URL"]})
    assert done.returncode == 0 and done.stdout.startswith("ok "), done
    client.expect("delta")
    assert view.totals["unpriced"] == 0
    assert view.totals["total_value"] == sum(range(100, 140))


def test_holdings_changed_over_rest_reach_the_subscriber(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    scenario.put_price("KO", 60)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    more = scenario.buy(portfolio, "AAPL", "0.00000001", "1", fee="0.5")
    scenario.settle(client, portfolio)
    cola = scenario.buy(portfolio, "KO", 7, "55.5")
    scenario.settle(client, portfolio)
    scenario.remove(portfolio, "AAPL", more)
    scenario.settle(client, portfolio)
    scenario.remove(portfolio, "KO", cola)
    scenario.settle(client, portfolio)
    assert "KO" not in view.positions
    scenario.rename(portfolio, "Größe \"quoted\" \\ 🚀")
    scenario.settle(client, portfolio)
    assert view.snapshots_n == 1


def test_a_deleted_portfolio_ends_its_subscription(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    other = scenario.portfolio(("KO", 1, 50), name="Other")
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    client.subscribe(other.portfolio_id)
    server.json("DELETE", f"/portfolios/{portfolio.portfolio_id}?cascade=true", expect=204)
    frame = client.expect("unsubscribed", portfolio_id=portfolio.portfolio_id)
    assert frame["code"] == "not_found"
    scenario.put_price("KO", 55)
    scenario.settle(client, other)


def test_fields_select_in_rows_and_totals(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id, fields=["gain_loss", "current_price", "unpriced"])
    assert view.fields == {"gain_loss", "current_price", "unpriced"}
    assert view.data == {
        "portfolio_id": portfolio.portfolio_id,
        "portfolio_name": "Growth",
        "base_currency": "USD",
        "totals": {"gain_loss": 100, "unpriced": 0},
        "positions": {"AAPL": {"current_price": 160, "gain_loss": 100}},
    }
    scenario.put_price("AAPL", 170)
    client.run_until(lambda: view.price("AAPL") == 170)
    assert view.data["totals"] == {"gain_loss": 200, "unpriced": 0}


def test_without_a_position_field_no_row_is_sent(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id, fields=["total_value"])
    assert view.positions == {}
    scenario.put_price("AAPL", 160)
    frame = client.expect("delta")
    assert "positions" not in frame["patch"]
    assert view.totals == {"total_value": 1600}


def test_nothing_is_sent_when_only_unselected_members_changed(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160, 150)
    client, witness = connect(server), connect(server)
    view = client.subscribe(portfolio.portfolio_id, fields=["quantity"])
    cursor = view.cursor
    witness.subscribe(portfolio.portfolio_id)
    scenario.put_price("AAPL", 170)
    scenario.settle(witness, portfolio)
    client.barrier()
    assert (view.deltas_n, view.cursor) == (0, cursor)
    # The next delta's base still is our cursor: the client is strict about it.
    scenario.buy(portfolio, "AAPL", 5, 150)
    client.run_until(lambda: view.positions["AAPL"]["quantity"] == 15)
    assert view.deltas_n == 1


def test_a_new_version_is_sent_even_when_it_does_not_show(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id, fields=["stale"])
    version = cursor_parts(view.cursor)[2]
    scenario.buy(portfolio, "AAPL", 1, 150)
    client.expect("delta")
    assert cursor_parts(view.cursor)[2] == version + 1


def test_update_changes_rate_and_fields(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id)
    client.send({"type": "update", "id": "u", "portfolio_id": portfolio.portfolio_id, "max_rate": 5})
    frame = client.expect_next("updated", id="u", portfolio_id=portfolio.portfolio_id)
    assert frame["granted"] == {"max_rate": 5}
    # No snapshot follows a change of the rate.
    client.send({"type": "ping", "id": 1})
    client.expect_next("pong", id=1)
    client.send({"type": "update", "portfolio_id": portfolio.portfolio_id, "fields": TOTAL_FIELDS})
    frame = client.expect_next("updated")
    assert frame["granted"]["max_rate"] == 5
    assert set(frame["granted"]["fields"]) == set(TOTAL_FIELDS)
    client.expect_next("snapshot")
    # gain_loss is a field of both.
    assert set(view.totals) == set(TOTAL_FIELDS)
    scenario.put_price("AAPL", 151)
    client.run_until(lambda: view.totals["gain_loss"] == 10)


@pytest.mark.parametrize(
    "asked, granted",
    [(None, 20), (1, 1), (D("0.5"), D("0.5")), (D("0.000001"), D("0.1")), (1000, 20), (10**30, 20), (20, 20)],
)
def test_max_rate_is_clamped_and_told(scenario, server, connect, asked, granted):
    portfolio = scenario.portfolio()
    options = {} if asked is None else {"max_rate": asked}
    assert connect(server).subscribe(portfolio.portfolio_id, **options).max_rate == granted


def test_a_slow_rate_skips_values_but_never_the_last(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    slow, witness = connect(server), connect(server)
    view = slow.subscribe(portfolio.portfolio_id, max_rate=D("0.1"))
    witness.subscribe(portfolio.portfolio_id)
    # The first change after quiet goes at once.
    scenario.put_price("AAPL", 151)
    scenario.settle(slow, portfolio)
    for price in range(152, 160):
        scenario.put_price("AAPL", price)
        scenario.settle(witness, portfolio)
    # A faster rate holds from now on, also for what has waited.
    slow.send({"type": "update", "portfolio_id": portfolio.portfolio_id, "max_rate": 20})
    scenario.settle(slow, portfolio)
    assert view.deltas_n < 8


def test_the_last_value_arrives_without_a_further_change(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    view = client.subscribe(portfolio.portfolio_id, max_rate=2)
    for price in range(151, 171):
        scenario.put_price("AAPL", price)
    scenario.settle(client, portfolio)
    assert view.deltas_n < 20


def test_resync_is_answered_with_a_snapshot(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    client.send({"type": "resync", "id": "again", "portfolio_id": portfolio.portfolio_id})
    client.expect_next("snapshot", id="again", portfolio_id=portfolio.portfolio_id)
    scenario.settle(client, portfolio)


def test_after_unsubscribe_nothing_more_comes(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client, witness = connect(server), connect(server)
    client.subscribe(portfolio.portfolio_id)
    witness.subscribe(portfolio.portfolio_id)
    client.send({"type": "unsubscribe", "id": 3, "portfolio_id": portfolio.portfolio_id})
    frame = client.expect_next("unsubscribed", id=3, portfolio_id=portfolio.portfolio_id)
    assert "code" not in frame
    scenario.put_price("AAPL", 160)
    scenario.settle(witness, portfolio)
    client.send({"type": "ping"})
    client.expect_next("pong")
    # And it may be subscribed again.
    client.subscribe(portfolio.portfolio_id)
    scenario.settle(client, portfolio)


@pytest.mark.parametrize("name", [0, -5, 123456789012345678901234567890, "", "x" * 64, 'é"\\\n\u0001🚀'])
def test_ids_are_echoed_as_they_were(server, connect, name):
    client = connect(server)
    client.send({"type": "ping", "id": name})
    frame = client.expect_next("pong")
    assert frame["id"] == name and isinstance(frame["id"], type(name))


def test_a_ping_of_the_transport_is_answered(server, connect):
    client = connect(server)
    client.ws.ping(b"12345")
    assert client.ws.recv_frame() == (True, 0xA, b"12345")


def test_heartbeats_name_subscriptions_cursors_and_states(start_server, connect):
    # A leader whose lock lapsed, on a machine that stood still, would make a heartbeat stale.
    server = start_server(HEARTBEAT_MS=150, LEADER_TTL_MS=60000)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    client = connect(server)
    assert client.expect_next("heartbeat")["subscriptions"] == {}
    view = client.subscribe(portfolio.portfolio_id)
    # quiet: nothing changed since the last heartbeat.
    client.run_until(lambda: view.state == "quiet")
    scenario.put_price("AAPL", 161)
    client.run_until(lambda: view.state == "live")
    client.run_until(lambda: view.state == "quiet")
    line = json.dumps([{"symbol": "AAPL", "price": 162, "source": "simulated", "stale": True}])
    done = run_program("publish", "-", stdin=line + "\n", settings={"REDIS_URL": server.settings["REDIS_URL"]})
    assert done.stdout.startswith("ok "), done
    client.run_until(lambda: view.state == "stale")
    assert view.positions["AAPL"]["stale"] is True


def test_a_quiet_portfolio_of_shares_is_market_closed_while_their_exchange_is(start_server, connect):
    today = datetime.datetime.now(datetime.timezone.utc).date()
    closed = ",".join(str(today + datetime.timedelta(days=days)) for days in (-1, 0, 1))
    server = start_server(HEARTBEAT_MS=150, LEADER_TTL_MS=60000, MARKET_CLOSED_DATES=closed)
    scenario = Scenario(server)
    publisher_settings = {"REDIS_URL": server.settings["REDIS_URL"]}

    def quote(symbol, price, source):
        line = json.dumps([{"symbol": symbol, "price": price, "source": source, "currency": "USD"}])
        done = run_program("publish", "-", stdin=line + "\n", settings=publisher_settings)
        assert done.stdout.startswith("ok "), done

    states = {}
    held = {
        "shares": ("AAPL", "BRK.B", "NEVERPRICED"),
        "beside crypto": ("AAPL", "BTC-USD"),
        "of London too": ("AAPL", "VOD.L"),
        "by hand": ("AAPL", "KO"),
        "made up": ("AAPL", "SIM"),
        "unpriced": ("NEVERPRICED",),
        "empty": (),
    }
    client = connect(server)
    for name, symbols in held.items():
        portfolio = scenario.portfolio(*((symbol, 1, 100) for symbol in symbols))
        states[name] = client.subscribe(portfolio.portfolio_id)
    for symbol, source in (("AAPL", "polygon"), ("BRK.B", "yahoo"), ("BTC-USD", "coinbase"), ("VOD.L", "yahoo")):
        quote(symbol, 150, source)
    quote("SIM", 150, "simulated")
    scenario.put_price("KO", 60)
    wanted = {name: "market_closed" if name == "shares" else "quiet" for name in held}
    client.run_until(lambda: {name: view.state for name, view in states.items()} == wanted)
    # What moves all the same, after hours, is live.
    quote("AAPL", 151, "polygon")
    client.run_until(lambda: states["shares"].state == "live")
    client.run_until(lambda: states["shares"].state == "market_closed")


@pytest.mark.threads
@pytest.mark.parametrize("loops", [1, 2, 4])
def test_all_subscribers_see_one_state_at_one_cursor(start_server, connect, loops):
    server = start_server(LOOPS=loops)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150), ("KO", 3, 40))
    seen = {}

    def on_state(view):
        assert seen.setdefault(view.cursor, view.data) == view.data

    clients = [connect(server, on_state=on_state) for _ in range(8)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    for price in range(151, 171):
        scenario.put_price("AAPL", price)
        scenario.put_price("KO", price - 100)
    for client in clients:
        scenario.settle(client, portfolio)


def test_shared_frames_are_encoded_once(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    clients = [connect(server) for _ in range(20)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    encoded, sent = server.metric("pf_frames_encoded_total"), server.metric('pf_frames_sent_total{type="delta"}')
    scenario.put_price("AAPL", 160)
    for client in clients:
        scenario.settle(client, portfolio)
    assert server.metric('pf_frames_sent_total{type="delta"}') - sent == 20
    assert server.metric("pf_frames_encoded_total") - encoded == 1


def test_the_valuation_is_exactly_the_snapshot(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", "10.5", "150.123"), ("ZZZ", 1, 1))
    scenario.put_price("AAPL", "189.84", "188.1")
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    client.send({"type": "resync", "portfolio_id": portfolio.portfolio_id})
    snapshot = client.expect("snapshot")
    path = f"/portfolios/{portfolio.portfolio_id}/valuation"
    status, headers, _ = server.request("GET", path)
    valuation = server.json("GET", path)
    assert status == 200
    assert valuation["data"] == snapshot["data"]
    assert valuation["cursor"] == snapshot["cursor"]
    assert headers["etag"].strip('"') == snapshot["cursor"]
    assert server.request("GET", path, headers={"If-None-Match": headers["etag"]})[0] == 304


def test_another_portfolio_under_the_id_is_not_the_one_known(scenario, server, postgres, connect):
    """At the same cursor, when nothing came over the bus since: `psql` or a restored dump can do that."""
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    connect(server).subscribe(portfolio.portfolio_id)  # so that it is held
    path = f"/portfolios/{portfolio.portfolio_id}/valuation"
    known = {"If-None-Match": server.request("GET", path)[1]["etag"]}
    assert server.request("GET", path, headers=known)[0] == 304
    postgres.execute(
        "SET session_replication_role = replica; "
        "UPDATE portfolios SET created_at = created_at - interval '1 day', cash_balance = 7 WHERE portfolio_id = %s",
        portfolio.portfolio_id,
    )
    wait_until(lambda: server.metric("pf_portfolios_replaced_total") == 1, what="its being found")
    status, headers, body = server.request("GET", path, headers=known)
    assert (status, headers["etag"]) == (200, known["If-None-Match"])
    assert exact_json.loads(body.decode())["data"]["totals"]["cash_balance"] == 7


def test_connections_are_counted_once_each(server, connect):
    clients = [connect(server) for _ in range(3)]
    assert server.metric("pf_connections") == 3
    assert server.metric("pf_connections_opened_total") == 3
    clients[0].close()
    wait_until(lambda: server.metric("pf_connections") == 2, what="one connection less")
    clients[1].send_text(" " * 20000)
    with pytest.raises(Closed):
        clients[1].recv()
    clients[2].ws.send_frame(BINARY, b"x")
    with pytest.raises(Closed):
        clients[2].recv()
    assert server.metric('pf_connections_closed_total{reason="too_large"}') == 1
    assert server.metric('pf_connections_closed_total{reason="protocol"}') == 1


@pytest.mark.threads
def test_sigterm_says_closing_and_1012(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    clients = [connect(server) for _ in range(5)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    never_reads = WebSocket(server.ws_url)
    server.terminate()
    for client in clients:
        closing = client.expect("closing", code=1012, reconnect=True)
        assert 0 <= closing["after_ms"] <= client.welcome["reconnect_window_ms"]
        with pytest.raises(Closed) as closed:
            client.recv()
        assert closed.value.code == 1012
    server.wait()
    never_reads.drop()


@pytest.mark.threads
@pytest.mark.parametrize("loops", [1, 2, 4])
def test_without_redis_url_the_bus_is_in_the_process(start_server, connect, loops):
    server = start_server(REDIS_URL=None, LOOPS=loops)
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    clients = [connect(server) for _ in range(4)]
    for client in clients:
        client.subscribe(portfolio.portfolio_id)
    scenario.put_price("AAPL", "160.5", "160")
    for client in clients:
        scenario.settle(client, portfolio)
