"""The stream, line by line of the contract: what is refused, and how."""

import pytest

from support.scenario import Scenario
from support.websocket import BINARY, Closed

UNKNOWN = "00000000-0000-4000-8000-000000000000"


BAD_TEXTS = [
    ("{", "invalid_json"),
    ("", "invalid_json"),
    ("NaN", "invalid_json"),
    ('{"type":"ping"} x', "invalid_json"),
    ('{"type":"ping","id":NaN}', "invalid_json"),
    ("[1,2]", "invalid_json"),
    ("null", "invalid_json"),
    ('"ping"', "invalid_json"),
    ("[" * 5000, "invalid_json"),
    ("{}", "unknown_type"),
    ('{"type":null}', "unknown_type"),
    ('{"type":7}', "unknown_type"),
    ('{"type":"pong"}', "unknown_type"),
    ('{"type":"SUBSCRIBE"}', "unknown_type"),
    ('{"type":"ping","id":1.5}', "invalid_field"),
    ('{"type":"ping","id":1e3}', "invalid_field"),
    ('{"type":"ping","id":null}', "invalid_field"),
    ('{"type":"ping","id":{}}', "invalid_field"),
    ('{"type":"ping","id":"' + "x" * 65 + '"}', "invalid_field"),
    ('{"type":"subscribe"}', "missing_field"),
    ('{"type":"update"}', "missing_field"),
    ('{"type":"resync"}', "missing_field"),
    ('{"type":"unsubscribe"}', "missing_field"),
    ('{"type":"subscribe","portfolio_id":7}', "invalid_field"),
    ('{"type":"subscribe","portfolio_id":null}', "invalid_field"),
]


@pytest.mark.parametrize("text, code", BAD_TEXTS, ids=[text[:40] or "empty" for text, _ in BAD_TEXTS])
def test_a_bad_message_is_an_error_and_the_socket_stays_open(shared_server, connect, text, code):
    client = connect(shared_server)
    client.send_text(text)
    frame = client.expect_next("error", code=code)
    assert frame["retryable"] is False
    assert frame["status"] == (400 if code == "invalid_json" else 422)
    client.send({"type": "ping", "id": 1})
    client.expect_next("pong", id=1)


BAD_OPTIONS = [
    {"max_rate": 0},
    {"max_rate": -1},
    {"max_rate": "5"},
    {"max_rate": True},
    {"max_rate": None},
    {"fields": []},
    {"fields": ["gain"]},
    {"fields": ["gain_loss", "GAIN_LOSS"]},
    {"fields": [7]},
    {"fields": "gain_loss"},
    {"fields": {}},
    {"resume": "x"},
    {"resume": ""},
    {"resume": 5},
    {"resume": "0123456789abcdef-1"},
    {"resume": "0123456789abcdef--1-1"},
    {"resume": "0123456789ABCDEF-1-1"},
    {"resume": "0123456789abcdef-9007199254740993-1"},
]


@pytest.mark.parametrize("options", BAD_OPTIONS, ids=str)
def test_a_bad_option_makes_no_subscription(shared_server, connect, options):
    portfolio = Scenario(shared_server).portfolio(("AAPL", 10, 150))
    client = connect(shared_server)
    client.send({"type": "subscribe", "id": "a", "portfolio_id": portfolio.portfolio_id, **options})
    frame = client.expect_next("error", code="invalid_field", id="a")
    assert next(iter(options)) in frame["detail"]
    client.send({"type": "resync", "id": "b", "portfolio_id": portfolio.portfolio_id})
    client.expect_next("error", code="not_subscribed", id="b")


@pytest.mark.parametrize("portfolio_id", [UNKNOWN, "not-a-uuid", ""])
def test_an_unknown_portfolio_is_not_found(server, connect, portfolio_id):
    client = connect(server)
    client.send({"type": "subscribe", "id": 1, "portfolio_id": portfolio_id})
    frame = client.expect_next("error", code="not_found", id=1)
    assert frame["status"] == 404
    if portfolio_id == UNKNOWN:
        assert frame["portfolio_id"] == UNKNOWN


def test_subscribing_twice_is_refused_and_the_first_goes_on(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id)
    client.send({"type": "subscribe", "id": 2, "portfolio_id": portfolio.portfolio_id})
    client.expect_next("error", code="already_subscribed", id=2, portfolio_id=portfolio.portfolio_id)
    scenario.put_price("AAPL", 160)
    scenario.settle(client, portfolio)


@pytest.mark.parametrize("message_type", ["update", "resync", "unsubscribe"])
def test_what_is_not_subscribed_cannot_be_changed(scenario, server, connect, message_type):
    portfolio = scenario.portfolio()
    client = connect(server)
    client.send({"type": message_type, "id": 4, "portfolio_id": portfolio.portfolio_id})
    client.expect_next("error", code="not_subscribed", id=4, status=409)


def test_a_bad_update_changes_nothing(scenario, server, connect):
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    client = connect(server)
    client.subscribe(portfolio.portfolio_id, max_rate=3)
    client.send({"type": "update", "id": 1, "portfolio_id": portfolio.portfolio_id, "max_rate": 9, "fields": ["no"]})
    client.expect_next("error", code="invalid_field", id=1)
    client.send({"type": "update", "portfolio_id": portfolio.portfolio_id})
    assert client.expect_next("updated")["granted"] == {"max_rate": 3}


def test_a_hundred_bad_messages_in_a_row_close_with_4400(start_server, connect):
    server = start_server(MESSAGES_PER_SECOND=10000)
    client = connect(server)
    for _ in range(99):
        client.send_text("{")
    for _ in range(99):
        client.expect_next("error", code="invalid_json")
    # A good one in between starts the count anew.
    client.barrier()
    for _ in range(100):
        client.send_text('{"type":"dance"}')
    for _ in range(99):
        client.expect_next("error", code="unknown_type")
    with pytest.raises(Closed) as closed:
        while True:
            client.recv()
    assert closed.value.code == 4400


def test_not_found_does_not_count_as_bad(start_server, connect):
    server = start_server(MESSAGES_PER_SECOND=10000)
    client = connect(server)
    for _ in range(150):
        client.send({"type": "subscribe", "portfolio_id": UNKNOWN})
        client.expect_next("error", code="not_found")
    client.barrier()


def test_a_binary_frame_closes_with_4400(server, connect):
    client = connect(server)
    client.ws.send_frame(BINARY, b'{"type":"ping"}')
    with pytest.raises(Closed) as closed:
        client.recv()
    assert closed.value.code == 4400


def test_a_message_above_the_limit_closes_with_1009(start_server, connect):
    server = start_server(MAX_MESSAGE_BYTES=300)
    client = connect(server)
    text = '{"type":"ping","id":1}'
    client.send_text(text + " " * (300 - len(text)))
    client.expect_next("pong", id=1)
    client.send_text(text + " " * (301 - len(text)))
    with pytest.raises(Closed) as closed:
        client.recv()
    assert closed.value.code == 1009


def test_a_fragmented_message_counts_as_one(start_server, connect):
    server = start_server(MAX_MESSAGE_BYTES=300)
    client = connect(server)
    client.ws.send_frame(0x1, b'{"type":', fin=False)
    client.ws.send_frame(0x0, b'"ping",', fin=False)
    client.ws.send_frame(0x0, b'"id":9}')
    client.expect_next("pong", id=9)
    client.ws.send_frame(0x1, b" " * 200, fin=False)
    client.ws.send_frame(0x0, b" " * 200)
    with pytest.raises(Closed) as closed:
        client.recv()
    assert closed.value.code == 1009


def test_subscriptions_are_limited(start_server, connect):
    server = start_server(MAX_SUBSCRIPTIONS=2)
    scenario = Scenario(server)
    first, second, third = (scenario.portfolio(name=name) for name in ("A", "B", "C"))
    client = connect(server)
    client.subscribe(first.portfolio_id)
    client.subscribe(second.portfolio_id)
    client.send({"type": "subscribe", "id": 3, "portfolio_id": third.portfolio_id})
    client.expect_next("error", code="limit_exceeded", id=3)
    client.send({"type": "unsubscribe", "portfolio_id": first.portfolio_id})
    client.expect_next("unsubscribed")
    client.subscribe(third.portfolio_id)


def test_too_many_messages_are_each_refused(start_server, connect):
    server = start_server(MESSAGES_PER_SECOND=1, MAX_SUBSCRIPTIONS=1)
    client = connect(server)
    for number in range(300):
        client.send({"type": "ping", "id": number})
    answers = [client.recv() for _ in range(300)]
    # Every message has its answer, in order; past the burst it is rate_limited.
    assert [frame.get("id") for frame in answers if "id" in frame] == sorted(
        frame["id"] for frame in answers if "id" in frame
    )
    refused = [frame for frame in answers if frame["type"] == "error"]
    assert answers[0]["type"] == "pong"
    assert len(refused) > 200
    assert {frame["code"] for frame in refused} == {"rate_limited"}
    assert all(frame["retryable"] and frame["status"] == 429 for frame in refused)


def test_invalid_utf8_does_not_reach_the_parser(server, connect):
    client = connect(server)
    client.ws.send_frame(0x1, b'{"type":"ping","id":"\xff\xfe"}')
    try:
        frame = client.recv()
        assert frame["type"] == "error" and frame["code"] == "invalid_json"
    except Closed as closed:
        assert closed.code in (1007, 4400, None)
    connect(server).barrier()
