"""The page in a browser: exact numbers, honest rows, and life after a restart."""

import os
from decimal import Decimal as D

import pytest

from support import browser, callers
from support.process import ROOT
from support.scenario import Scenario
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(not browser.COMMAND, reason="no chromium on this machine")

TOTAL = '[data-total="total_value"]'
BADGE = "#positions .badge"


@pytest.fixture
def server(start_server):
    return start_server(STATIC_DIR=os.path.join(ROOT, "clients", "web", "plain"), HEARTBEAT_MS=500, RECONNECT_WINDOW_MS=300)


@pytest.fixture
def open_page():
    pages = []

    def open_page_at(url):
        pages.append(browser.Browser(url))
        return pages[-1]

    yield open_page_at
    for page in pages:
        page.close()


def cell(column):
    return f"#positions tr:first-child td:nth-of-type({column})"


def test_numbers_are_shown_as_they_came(server, open_page):
    scenario = Scenario(server)
    scenario.portfolio(("AAPL", D("12345678.00000001"), D("0.5")), ("KO", 1, 3))
    page = open_page(server.url + "/")
    page.wait_for_text("#connection", "live")
    # No price yet: said so, and not counted as nothing.
    page.wait_for_text(BADGE, "no price")
    assert page.text(cell(3)) == "–"
    assert page.text("#unpriced").startswith("2 positions have no price")
    scenario.put_price("AAPL", D("90000000.12345678"))
    page.wait_for_text(cell(2), "90 000 000.12345678")
    # More digits than a binary fraction holds.
    page.wait_for_text(cell(3), "1 111 111 021 524 158.55279684")
    assert page.text("#unpriced").startswith("1 position has no price")
    assert page.evaluate(f"document.querySelector('{BADGE}').hidden") is True


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_it_survives_a_restart_and_resumes(server, open_page, how):
    scenario = Scenario(server)
    portfolio = scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    page = open_page(server.url + "/")
    page.wait_for_text(TOTAL, "1 600.00")
    page.evaluate("window.isTheSamePage = true")
    getattr(server, how)()
    page.wait_for_text("#connection", "reconnecting")
    assert page.text(TOTAL) == "1 600.00"
    server.start()
    page.wait_for_text("#connection", "live")
    scenario.put_price("AAPL", "161.5")
    page.wait_for_text(TOTAL, "1 615.00")
    scenario.buy(portfolio, "KO", 2, 50)
    page.wait_for_text("#positions tr:nth-child(2) th", "KOno price")
    assert page.evaluate("window.isTheSamePage") is True
    assert server.metric('pf_resumes_total{recovered="true"}') == 1


def test_another_portfolio_can_be_picked(server, open_page):
    scenario = Scenario(server)
    scenario.portfolio(("AAPL", 10, 150))
    other = scenario.portfolio(("KO", 3, 50), name="<b>Other</b>")
    scenario.put_price("KO", 60)
    page = open_page(server.url + "/")
    page.wait_for_text("#positions th", "AAPLno price")
    page.evaluate(
        f"const s = document.getElementById('portfolio'); s.value = '{other.portfolio_id}';"
        "s.dispatchEvent(new Event('change'))"
    )
    page.wait_for_text(TOTAL, "180.00")
    assert page.text("#portfolio option:checked") == "<b>Other</b>"
    scenario.put_price("KO", 61)
    page.wait_for_text(TOTAL, "183.00")
    server.json("DELETE", f"/portfolios/{other.portfolio_id}?cascade=true", expect=204)
    page.wait_for_text("#positions th", "AAPLno price")


def test_stale_prices_are_marked(server, redis_server, open_page):
    scenario = Scenario(server)
    scenario.portfolio(("AAPL", 10, 150))
    scenario.put_price("AAPL", 160)
    page = open_page(server.url + "/")
    page.wait_for_text(TOTAL, "1 600.00")
    redis_server.kill()
    page.wait_for_text("#connection", "stale prices")
    redis_server.start()
    wait_until(lambda: server.request("PUT", "/assets/AAPL/price", {"price": 170})[0] == 200, what="a price")
    page.wait_for_text(TOTAL, "1 700.00")
    page.wait_for_text("#connection", "live")


def test_the_list_may_come_before_the_welcome(server, open_page):
    """It is subscribed to once, not once for each of them."""
    scenario = Scenario(server)
    scenario.portfolio(("AAPL", 1, 3))
    page = open_page(server.url + "/")
    page.wait_for_text("#connection", "live")
    refused_n = server.metric("pf_messages_refused_total")
    # What the list does when it comes just after the connection.
    page.evaluate("stream.socket.close(); connect(); stream.socket.onopen = subscribe; 0")
    wait_until(lambda: server.metric("pf_connections_opened_total") == 2, what="the new connection")
    page.wait_for_text("#connection", "live")
    assert server.metric("pf_messages_refused_total") == refused_n


def sign_in(page, email, password):
    values = {"sign-in-email": email, "sign-in-password": password}
    fill = ";".join(f"document.getElementById('{name}').value = '{value}'" for name, value in values.items())
    page.evaluate(fill + "; document.getElementById('sign-in').requestSubmit(); 0")


def is_hidden(page, name):
    return page.evaluate(f"document.getElementById('{name}')?.hidden")


def test_who_signs_in_sees_what_is_theirs_until_they_sign_out(start_server, postgres, open_page):
    site = os.path.join(ROOT, "clients", "web", "plain")
    server = start_server(STATIC_DIR=site, HEARTBEAT_MS=500, **callers.AUTH_ON)
    ada, grace = callers.register(server), callers.register(server)
    for caller, name in ((ada, "Ada's"), (grace, "Grace's")):
        body = {"portfolio_name": name, "portfolio_type": "OTHER", "customer_id": caller.user["customer_id"]}
        caller.json("POST", "/portfolios", body, expect=201)
    page = open_page(server.url + "/")
    wait_until(lambda: is_hidden(page, "sign-in") is False, what="the form")
    assert is_hidden(page, "dashboard")
    sign_in(page, ada.user["email"], "not the password")
    wait_until(lambda: is_hidden(page, "sign-in-notice") is False, what="the refusal")
    sign_in(page, ada.user["email"], callers.PASSWORD)
    page.wait_for_text("#connection", "live")
    assert page.text("#portfolio") == "Ada's"
    page.evaluate("location.reload(); 0")  # stays signed in
    wait_until(lambda: page.text("#connection") == "live" and page.text("#portfolio") == "Ada's", what="Ada's again")
    page.evaluate("document.getElementById('sign-out').click(); 0")
    wait_until(lambda: is_hidden(page, "sign-in") is False and is_hidden(page, "dashboard"), what="the form again")
    operator = callers.enter(server, postgres, "admin")
    wait_until(lambda: operator.metric("pf_connections") == 0, what="no stream left")
    assert page.evaluate("sessionStorage.length") == 0
