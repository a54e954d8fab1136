"""Who asks, and what that makes of the answer: credentials, roles, scopes, rows."""

import pytest

from support.identity import Identities, anonymous, wait_for_status
from support.rest import UNKNOWN, loads, lot_body, problem
from support.server import run_program
from support.waiting import wait_until


@pytest.fixture(name="guarded")
def guarded_server(start_server):
    return start_server(AUTH="on")


@pytest.fixture(name="identities")
def people(postgres):
    return Identities(postgres)


def test_without_a_credential(guarded):
    answer = anonymous(guarded).request("GET", "/portfolios")
    problem(answer, 401, "unauthorized")
    assert answer[1]["www-authenticate"] == 'Bearer realm="portfolio"'
    assert anonymous(guarded).request("GET", "/openapi.json")[0] == 200
    assert anonymous(guarded).request("GET", "/nothing")[0] == 404


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "bearer pfk_" + "A" * 43, "Bearer pfk_" + "A" * 44, "Bearer a.b.c", "Bearer " + "x" * 9000],
)
def test_a_credential_that_is_none(guarded, header):
    answer = guarded.request("GET", "/portfolios", headers={"Authorization": header})
    problem(answer, 401, "unauthorized")
    assert answer[1]["www-authenticate"].startswith('Bearer realm="portfolio"')


def test_an_api_key_is_its_user(guarded, identities):
    customer_id = identities.customer()
    ada = identities.user(customer_id).at(guarded)
    assert ada.json("GET", f"/customers/{customer_id}")["customer_id"] == customer_id
    other = identities.customer()
    problem(ada.request("GET", f"/customers/{other}"), 404, "not_found")
    problem(ada.request("GET", f"/customers/{UNKNOWN}"), 404, "not_found")
    assert loads(ada.request("GET", f"/customers/{other}")).keys() == loads(ada.request("GET", f"/customers/{UNKNOWN}")).keys()


def test_a_role_and_a_scope(guarded, identities):
    user = identities.user(identities.customer())
    problem(user.at(guarded).request("GET", "/metrics"), 403, "forbidden")
    reader = user.key("read").at(guarded)
    assert reader.request("GET", "/assets")[0] == 200
    answer = reader.request("POST", "/portfolios", json={})
    problem(answer, 403, "forbidden")
    assert 'error="insufficient_scope"' in answer[1]["www-authenticate"]


def test_a_revoked_key_and_a_disabled_user(guarded, identities):
    user = identities.user(identities.customer())
    key = user.key("read")
    first, second = key.at(guarded), user.at(guarded)
    assert first.request("GET", "/assets")[0] == second.request("GET", "/assets")[0] == 200
    key.revoke()
    wait_for_status(first, "/assets", 401)
    assert second.request("GET", "/assets")[0] == 200
    user.disable()
    wait_for_status(second, "/assets", 401)


def test_without_the_database_nobody_is_guessed(guarded, identities, postgres_cluster):
    known, unknown = identities.admin().at(guarded), identities.admin().at(guarded)
    # The first look at what has changed forgets everybody.
    wait_until(lambda: known.metric("pf_access_changes_total") > 0, what="the first look")
    assert known.request("GET", "/metrics")[0] == 200
    postgres_cluster.kill()
    try:
        assert known.request("GET", "/metrics")[0] == 200, "it is cached"
        problem(unknown.request("GET", "/metrics"), 503, "unavailable")
    finally:
        postgres_cluster.start()


def test_off_is_for_loopback(portfoliod):
    for host, code in (("127.0.0.1", 0), ("127.9.9.9", 0), ("::1", 0), ("localhost", 0), ("0.0.0.0", 1), ("10.0.0.1", 1), ("::", 1)):
        done = run_program("check-config", settings={"AUTH": "off", "HOST": host})
        assert done.returncode == code, (host, done.stderr)
        assert code == 0 or "AUTH" in done.stderr
    assert run_program("check-config", settings={"AUTH": "on", "HOST": "0.0.0.0"}).returncode == 0
    assert run_program("check-config", settings={"AUTH": "maybe"}).returncode == 1


def test_off_is_said(start_server):
    server = start_server(AUTH="off")
    assert server.log_events("auth.off")[0]["level"] == "warn"


def test_an_idempotency_key_is_its_callers(guarded, identities):
    """The same key with the very same request: one caller's answer is never another's."""
    customers = [identities.customer(), identities.customer()]
    ada, bob = (identities.user(customer_id).at(guarded) for customer_id in customers)
    admin = identities.admin().at(guarded)
    body = {"customer_id": customers[0], "portfolio_name": "P", "portfolio_type": "OTHER"}
    headers = {"Idempotency-Key": "the-same"}
    first = ada.request("POST", "/portfolios", json=body, headers=headers)
    again = ada.request("POST", "/portfolios", json=body, headers=headers)
    assert first[0] == again[0] == 201 and first[2] == again[2]
    assert again[1]["idempotency-replayed"] == "true"
    problem(bob.request("POST", "/portfolios", json=body, headers=headers), 422, "invalid_field")
    others = admin.request("POST", "/portfolios", json=body, headers=headers)
    assert others[0] == 201 and others[2] != first[2]
    lot = lot_body(loads(first)["portfolio_id"])
    assert ada.request("POST", "/investments", json=lot, headers={"Idempotency-Key": "lot"})[0] == 201
    problem(bob.request("POST", "/investments", json=lot, headers={"Idempotency-Key": "lot"}), 422, "invalid_field")


def test_a_key_used_before_one_belonged_to_another_customer(guarded, identities):
    """Who has another customer since is not told what it made of the first one's."""
    first, second = identities.customer(), identities.customer()
    ada = identities.user(first)
    body = {"customer_id": first, "portfolio_name": "P", "portfolio_type": "OTHER"}
    headers = {"Idempotency-Key": "before"}
    assert ada.key("write").at(guarded).request("POST", "/portfolios", json=body, headers=headers)[0] == 201
    identities.execute("UPDATE users SET customer_id = %s WHERE user_id = %s", second, ada.user_id)
    answer = ada.key("write").at(guarded).request("POST", "/portfolios", json=body, headers=headers)
    assert answer[0] == 409 and first not in answer[2].decode()
