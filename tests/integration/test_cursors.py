"""REST: a cursor belongs to its list, with its filters, on every list with an order of its own."""

import pytest

from support.history import write_closes
from support.rest import loads, wrong_fields

REFUSED = {"cursor": "invalid_field"}


def page_after(server, path, query, cursor):
    return server.request("GET", f"{path}?{query}&limit=2&cursor={cursor}")


def assert_bound(server, path, query, others):
    """The cursor of a first page gives the second, and nothing with what is not its own."""
    page = server.json("GET", f"{path}?{query}&limit=2")
    cursor = page["next_cursor"]
    following = loads(page_after(server, path, query, cursor))
    assert following["items"] and following["items"] != page["items"]
    # The limit is not of the list: it may change from page to page.
    assert server.json("GET", f"{path}?{query}&limit=1&cursor={cursor}")["items"] == following["items"][:1]
    for other_path, other_query in others:
        assert wrong_fields(page_after(server, other_path, other_query, cursor)) == REFUSED
    for wrong in (cursor[:-1] + "?", cursor[1:], cursor.split(".", 1)[1], cursor.split(".")[0], ""):
        assert wrong_fields(page_after(server, path, query, wrong)) == REFUSED


def test_of_a_search(server, postgres):
    postgres.execute("INSERT INTO assets (ticker_symbol, name) SELECT 'S' || n, 'Some' FROM generate_series(100, 120) n")
    others = [("/assets", query) for query in ("", "query=S1", "query=S&asset_class=ETF", "query=S&exchange_mic=XNAS")]
    assert_bound(server, "/assets", "query=S", others)
    assert_bound(server, "/assets", "", [("/assets", "query=S"), ("/assets", "currency=USD")])


def test_of_histories(server, postgres):
    for symbol in ("AAPL", "KO"):
        write_closes(postgres, symbol, {f"2024-03-{day:02}": day for day in range(4, 30)})
    path, query = "/assets/AAPL/history", "from=2024-03-04&to=2024-03-29"
    others = [("/assets/KO/history", query), (path, ""), (path, query + "&interval=week"), (path, "from=2024-03-04")]
    assert_bound(server, path, query, others)
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 1, 1, purchase_date="2024-03-04")
    path = f"/portfolios/{portfolio_id}/history"
    others = [(f"/portfolios/{server.create_portfolio()}/history", query), (path, "to=2024-03-29"), (path, query + "&interval=week")]
    assert_bound(server, path, query, others)


def test_of_corporate_actions(server, postgres):
    postgres.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL'), ('KO')")
    postgres.execute(
        "INSERT INTO corporate_actions (ticker_symbol, date, type, amount, source)"
        " SELECT s, date '2024-03-04' + n, 'DIVIDEND', 1, 'test' FROM unnest(ARRAY['AAPL', 'KO']) s, generate_series(1, 9) n"
    )
    path, query = "/assets/AAPL/corporate-actions", "from=2024-01-01"
    others = [("/assets/KO/corporate-actions", query), (path, ""), (path, query + "&to=2024-12-31")]
    assert_bound(server, path, query, others)
