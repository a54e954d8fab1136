"""REST: ids in paths, lists and their pages, preconditions, request ids."""

import uuid

import pytest

from support.rest import UNKNOWN, lot_body, problem, tag, wrong_fields
from support.waiting import wait_until


PATHS = [
    "/customers/{}",
    "/customers/{}/portfolios",
    "/portfolios/{}",
    "/portfolios/{}/investments",
    "/portfolios/{}/investments/summary",
    "/portfolios/{}/valuation",
    "/investments/{}",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_id_that_is_unknown_or_none_is_404(shared_server, path):
    for identifier in (UNKNOWN, "7", "%00", "%ff", "..", UNKNOWN + "0", "' OR 1=1 --".replace(" ", "%20")):
        problem(shared_server.request("GET", path.format(identifier)), 404, "not_found")


@pytest.mark.parametrize("resource", ["customers", "portfolios", "investments"])
def test_a_write_to_an_unknown_id_is_404(server, resource):
    body = {
        "name": "A",
        "email": "a@example.com",
        "portfolio_name": "P",
        "portfolio_type": "IRA",
        **lot_body(UNKNOWN, portfolio_id=...),
    }
    for identifier in (UNKNOWN, "x"):
        problem(server.request("PUT", f"/{resource}/{identifier}", json=body), 404, "not_found")
        problem(server.request("DELETE", f"/{resource}/{identifier}"), 404, "not_found")
    problem(server.request("GET", "/customers/email/nobody%40example.com"), 404, "not_found")
    problem(server.request("GET", "/customers/email/nobody"), 404, "not_found")


def walk(server, path, limit):
    """All items, page by page; (items, number of pages)."""
    items, pages, query = [], 0, f"?limit={limit}"
    while True:
        page = server.json("GET", path + query)
        assert len(page["items"]) <= limit
        items += page["items"]
        pages += 1
        if "next_cursor" not in page:
            return items, pages
        query = f"?limit={limit}&cursor={page['next_cursor']}"


def test_pages_give_every_item_once_in_order(server, postgres):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    lots = [server.create_investment(portfolio_id, "AAPL", n, 1) for n in range(1, 8)]
    # Created in one transaction: the same time, so the id has to tell them apart.
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT portfolio_id, 'AAPL', 100 + n, 1, '2020-01-01' FROM portfolios, generate_series(1, 6) n"
    )
    for path in ("/investments", f"/portfolios/{portfolio_id}/investments"):
        everything = server.json("GET", path)
        assert "next_cursor" not in everything
        assert [row["investment_id"] for row in everything["items"][:7]] == lots
        for limit, pages in ((1, 13), (3, 5), (13, 1), (12, 2), (1000, 1)):
            assert walk(server, path, limit) == (everything["items"], pages)
    # A row that goes while one pages does not take others along.
    page = server.json("GET", "/investments?limit=3")
    assert server.request("DELETE", f"/investments/{lots[2]}")[0] == 204
    rest = server.json("GET", f"/investments?limit=1000&cursor={page['next_cursor']}")["items"]
    assert [row["investment_id"] for row in rest[:4]] == lots[3:7]


def test_lists_of_everything_page(server):
    customers = [server.create_customer() for _ in range(3)]
    portfolios = [server.create_portfolio(customers[0]) for _ in range(3)]
    assert [row["customer_id"] for row in walk(server, "/customers", 2)[0]] == customers
    assert [row["portfolio_id"] for row in walk(server, "/portfolios", 2)[0]] == portfolios
    assert [row["portfolio_id"] for row in walk(server, f"/customers/{customers[0]}/portfolios", 2)[0]] == portfolios
    assert server.json("GET", f"/customers/{customers[1]}/portfolios") == {"items": []}


@pytest.mark.parametrize("path", ["/customers", "/portfolios", "/investments"])
@pytest.mark.parametrize(
    "query, field",
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=1", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=9223372036854775807." + UNKNOWN, "cursor"),
    ],
)
def test_a_wrong_query_parameter_is_named(shared_server, path, query, field):
    assert wrong_fields(shared_server.request("GET", f"{path}?{query}")) == {field: "invalid_field"}


def test_if_match_guards_a_write(server):
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1)
    writes = {
        f"/customers/{customer_id}": {"name": "B", "email": "b@example.com"},
        f"/portfolios/{portfolio_id}": {"portfolio_name": "B", "portfolio_type": "IRA"},
        f"/investments/{lot}": lot_body(portfolio_id, quantity=2),
    }
    for path, body in writes.items():
        old = tag(server.request("GET", path))
        new = tag(server.request("PUT", path, json=body, headers={"If-Match": f'"x", {old}'}))
        assert new != old
        for header in (old, "W/" + new, '"x"', "nonsense", ""):
            problem(server.request("PUT", path, json=body, headers={"If-Match": header}), 412, "precondition_failed")
            problem(server.request("DELETE", path, headers={"If-Match": header}), 412, "precondition_failed")
        assert tag(server.request("GET", path)) == new
        assert server.request("PUT", path, json=body, headers={"If-Match": "*"})[0] == 200
    for path in reversed(writes):
        current = tag(server.request("GET", path))
        assert server.request("DELETE", path, headers={"If-Match": current})[0] == 204


def test_if_none_match_guards_a_write(server):
    """RFC 9110, 13.1.2: what it names is there, so a request that is no GET is not done."""
    customer_id = server.create_customer()
    portfolio_id = server.create_portfolio(customer_id)
    lot = server.create_investment(portfolio_id, "AAPL", 1, 1)
    writes = {
        f"/investments/{lot}": lot_body(portfolio_id, quantity=2),
        f"/portfolios/{portfolio_id}": {"portfolio_name": "B", "portfolio_type": "IRA"},
        f"/customers/{customer_id}": {"name": "B", "email": "b@example.com"},
    }
    for path, body in writes.items():
        now = tag(server.request("GET", path))
        for header in ("*", now, "W/" + now, f'"x", {now}'):
            for more in ({}, {"If-Match": now}):
                headers = {"If-None-Match": header, **more}
                problem(server.request("PUT", path, json=body, headers=headers), 412, "precondition_failed")
                problem(server.request("DELETE", path, headers=headers), 412, "precondition_failed")
        assert tag(server.request("GET", path)) == now
        assert server.request("PUT", path, json=body, headers={"If-None-Match": now[:-1] + 'x"'})[0] == 200
        assert server.request("DELETE", path, headers={"If-None-Match": '"x"'})[0] == 204
        problem(server.request("PUT", path, json=body, headers={"If-None-Match": "*"}), 404, "not_found")


def test_a_price_does_not_change_the_etag_of_a_lot(server):
    portfolio_id = server.create_portfolio()
    path = f"/investments/{server.create_investment(portfolio_id, 'AAPL', 1, 1)}"
    before = tag(server.request("GET", path))
    server.put_price("AAPL", 5)
    wait_until(lambda: "current_price" in server.json("GET", path), what="the price in the loop")
    answer = server.request("GET", path, headers={"If-None-Match": before})
    # Not 304: the body has more than the ETag covers.
    assert (answer[0], tag(answer)) == (200, before)


def test_an_unchanged_resource_is_304(server):
    path = f"/customers/{server.create_customer()}"
    etag = tag(server.request("GET", path))
    status, headers, body = server.request("GET", path, headers={"If-None-Match": f"W/{etag}"})
    assert (status, body, headers["etag"]) == (304, b"", etag)


def test_request_ids(server):
    given = "abc-123.X:9"
    assert server.request("GET", "/customers", headers={"X-Request-Id": given})[1]["x-request-id"] == given
    for bad in ("a b", "x" * 65, 'a"b', ""):
        got = server.request("GET", "/customers", headers={"X-Request-Id": bad})[1]["x-request-id"]
        assert got != bad
        uuid.UUID(got)
