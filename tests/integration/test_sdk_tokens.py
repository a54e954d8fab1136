"""The TypeScript SDK's tokens against the real server: renewed in band, refused, ended."""

import pytest

from support.identity import Identities
from support.sdk import sdk_factory


@pytest.fixture(name="sdk")
def a_factory():
    yield from sdk_factory()


def registered(sdk, server):
    """A client of a person who opened an account with the SDK, and its portfolio."""
    client = sdk()
    client.do("register", url=server.url, name="Ada", email="ada@example.com", password="geese fly at noon")
    customer_id = client.wait_for("registered")["customer_id"]
    client.do("client", url=server.url)
    body = {"customer_id": customer_id, "portfolio_name": "Growth", "portfolio_type": "IRA"}
    client.do("rest", method="post", path="/portfolios", request={"body": body})
    return client, client.wait_for("answer")["data"]["portfolio_id"]


def test_a_token_is_renewed_in_band(sdk, start_server, postgres):
    # It is renewed at half its time; a slow machine may be late for that.
    server = start_server(AUTH="on", ACCESS_TOKEN_S=4, AUTH_GRACE_S=60)
    service = Identities(postgres).service().at(server)
    client, portfolio_id = registered(sdk, server)
    client.do("subscribe", id=portfolio_id)
    client.wait_for("state")
    client.wait_until(lambda: len(client.seen("sent", type="auth")) >= 4)
    client.do("rest", method="post", path="/investments", request={"body": {
        "portfolio_id": portfolio_id, "ticker_symbol": "AAPL", "quantity": 1, "purchase_price": 1, "purchase_date": "2026-01-02",
    }})  # fmt: skip
    service.put_price("AAPL", 17)
    client.wait_until(lambda: client.seen("state")[-1]["document"]["totals"]["total_value"] == 17)
    assert [event["state"] for event in client.seen("connection") if event["state"] != "open"] == ["connecting", "authenticating"]
    assert len(client.seen("sent", type="subscribe")) == 1
    # The session ends: there is no other token, and nothing is tried again.
    since = client.mark()
    client.do("rest", method="post", path="/auth/logout", request={"body": {}})
    end = client.wait_for("connection", since, state="closed")
    assert (end["error"], end["is_retrying"]) == ("unauthorized", False)
    assert client.wait_for("user", since, email="")
    since = client.mark()
    client.do("connect")
    assert client.wait_for("connection", since, state="closed")["error"] == "unauthorized"


def test_a_revoked_key_is_replaced_once(sdk, start_server, postgres):
    server = start_server(AUTH="on")
    identities = Identities(postgres)
    customer_id = identities.customer()
    person = identities.user(customer_id)
    portfolio_id = identities.admin().at(server).create_portfolio(customer_id)
    first, second = person.key("stream"), person.key("stream")
    client = sdk(server, token=first.text)
    client.do("subscribe", id=portfolio_id)
    client.wait_for("state")
    client.do("token", token=second.text)
    client.show(portfolio_id)  # it has been heard
    since = client.mark()
    first.revoke()
    assert client.wait_for("connection", since, is_retrying=True)["close_code"] == 4401
    assert client.seen("token_asked", since)[0]["previous"] == first.text
    client.wait_for("status", since, feed="live")
    since = client.mark()
    second.revoke()
    end = client.wait_for("connection", since, state="closed")
    assert (end["error"], end["close_code"]) == ("unauthorized", 4401)


def test_a_wrong_token_is_given_up(sdk, start_server):
    server = start_server(AUTH="on")
    for token in ("nonsense", None):
        client = sdk(server, token=token)
        client.do("connect")
        assert client.wait_for("connection", state="closed")["error"] == "unauthorized"
        assert not client.seen("connection", state="waiting")
