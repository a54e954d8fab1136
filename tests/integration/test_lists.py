"""REST: lists with filters and sorts, page by page to the end."""

import itertools
import threading

import pytest

from support.rest import UNKNOWN, problem, wrong_fields

NAMES = ["ada", "Ada", "Bob", "bob", "%x", "_x", "\u00e9mile", "\u00c9mile", "z" * 200, "\u20ac" * 200, "a b"]


def query(**parameters):
    return "?" + "&".join(f"{name}={value}" for name, value in parameters.items())


def walk(server, path, limit=2, **parameters):
    """All items, page by page."""
    items, parameters = [], {"limit": limit, **parameters}
    while True:
        page = server.json("GET", path + query(**parameters))
        items += page["items"]
        if "next_cursor" not in page:
            return items
        assert len(page["items"]) == limit
        parameters["cursor"] = page["next_cursor"]


def names(items, name):
    return [item[name] for item in items]


def folded(text):
    return text.lower().encode()


@pytest.fixture
def customers(server):
    return [server.create_customer(name=name, email=f"{number}{name[0].upper()}@example.com".replace("%", "p"))
            for number, name in enumerate(NAMES)]


@pytest.fixture
def lots(server):
    """(portfolio ids, lots as they were made)."""
    portfolios = [server.create_portfolio() for _ in range(2)]
    made = []
    for number in range(12):
        symbol, day = ("AAPL", "MSFT", "BTC-USD")[number % 3], 1 + number * 7 % 5
        portfolio_id = portfolios[number % 2]
        investment_id = server.create_investment(portfolio_id, symbol, 1, 1, f"2020-01-0{day}")
        made.append(server.json("GET", f"/investments/{investment_id}"))
    return portfolios, made


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_customers_sort_to_the_end(server, customers, limit):
    everybody = walk(server, "/customers")
    assert names(everybody, "customer_id") == customers
    assert walk(server, "/customers", limit, sort="-created_at") == everybody[::-1]
    for field in ("name", "email"):
        by_field = walk(server, "/customers", limit, sort=field)
        assert [folded(item[field]) for item in by_field] == sorted(folded(item[field]) for item in everybody)
        assert sorted(names(by_field, "customer_id")) == sorted(customers)
        assert walk(server, "/customers", limit, sort=f"-{field}") == by_field[::-1]


def test_customers_by_the_beginning_of_name_or_email(server, customers):
    def found(**parameters):
        return names(walk(server, "/customers", 1, **parameters), "name")

    assert found(name="ADA") == ["ada", "Ada"] and found(name="ada", sort="-name") != []
    assert found(name="%C3%89") == ["\u00e9mile", "\u00c9mile"]
    assert found(name="%25") == ["%x"] and found(name="_") == ["_x"] and found(name="a%20") == ["a b"]
    assert found(email="2b@EXAMPLE") == ["Bob"] and found(email="2", name="a") == []
    assert found(name="bob", sort="-created_at") == ["bob", "Bob"]
    assert len(customers) == len(NAMES)


def test_portfolios_by_their_filters(server):
    owners = [server.create_customer() for _ in range(2)]
    kinds = list(itertools.product(owners, ("IRA", "SAVINGS"), ("USD", "CHF"), ("Growth", "growing", "Income")))
    for owner, kind, currency, name in kinds:
        server.create_portfolio(owner, name, kind, base_currency=currency)

    def found(path="/portfolios", **parameters):
        keys = ("customer_id", "portfolio_type", "base_currency", "portfolio_name")
        return [tuple(item[key] for key in keys) for item in walk(server, path, 2, **parameters)]

    assert found() == kinds and found(sort="-created_at") == kinds[::-1]
    assert found(customer_id=owners[1]) == [row for row in kinds if row[0] == owners[1]]
    assert found(portfolio_type="IRA", base_currency="chf") == [row for row in kinds if row[1:3] == ("IRA", "CHF")]
    assert found(portfolio_name="GROW") == [row for row in kinds if row[3][0] in "Gg"]
    path = f"/customers/{owners[0]}/portfolios"
    by_name = found(path, sort="-portfolio_name", base_currency="USD")
    assert [row[3] for row in by_name] == ["Income"] * 2 + ["Growth"] * 2 + ["growing"] * 2
    assert {row[0] for row in by_name} == {owners[0]}
    assert found(path, portfolio_type="OTHER") == []
    problem(server.request("GET", f"/customers/{UNKNOWN}/portfolios?portfolio_type=OTHER"), 404, "not_found")


def test_investments_by_their_filters(server, lots):
    portfolios, made = lots
    for limit in (1, 5):
        for portfolio_id in portfolios:
            of_it = [lot for lot in made if lot["portfolio_id"] == portfolio_id]
            assert walk(server, "/investments", limit, portfolio_id=portfolio_id) == of_it
            assert walk(server, f"/portfolios/{portfolio_id}/investments", limit) == of_it
        assert walk(server, "/investments", limit, ticker_symbol="btc-usd") == [
            lot for lot in made if lot["ticker_symbol"] == "BTC-USD"
        ]
        span = {"purchase_date_from": "2020-01-02", "purchase_date_to": "2020-01-03"}
        assert walk(server, "/investments", limit, **span) == [lot for lot in made if lot["purchase_date"][-1] in "23"]
        for field in ("purchase_date", "ticker_symbol"):
            rising = sorted(made, key=lambda lot, field=field: (lot[field], lot["investment_id"]))
            assert walk(server, "/investments", limit, sort=field) == rising
            assert walk(server, "/investments", limit, sort=f"-{field}") == rising[::-1]
    path = f"/portfolios/{portfolios[0]}/investments"
    assert walk(server, path, 1, ticker_symbol="TSLA") == []
    problem(server.request("GET", f"/portfolios/{UNKNOWN}/investments?ticker_symbol=TSLA"), 404, "not_found")


def test_a_cursor_belongs_to_its_list_sort_and_filters(server, lots):
    portfolios, _ = lots
    path = "/investments"
    cursor = server.json("GET", f"{path}?limit=1&ticker_symbol=AAPL&sort=purchase_date")["next_cursor"]
    right = {"ticker_symbol": "AAPL", "sort": "purchase_date", "cursor": cursor}
    assert len(walk(server, path, 3, **right)) == 3
    others = [
        (path, {**right, "sort": "-purchase_date"}),
        (path, {**right, "sort": "created_at"}),
        (path, {**right, "ticker_symbol": "MSFT"}),
        (path, {"sort": "purchase_date", "cursor": cursor}),
        (path, {**right, "portfolio_id": portfolios[0]}),
        (f"/portfolios/{portfolios[0]}/investments", right),
        (path, {**right, "cursor": cursor[:-1]}),
    ]
    for other, parameters in others:
        assert wrong_fields(server.request("GET", other + query(**parameters))) == {"cursor": "invalid_field"}


def test_all_wrong_parameters_are_named(server):
    wrong = {
        "/customers": {"limit": 0, "sort": "phone", "name": "", "email": "x" * 255, "cursor": "x"},
        "/portfolios": {"customer_id": "1", "portfolio_type": "ira", "base_currency": "US", "portfolio_name": "x" * 256},
        "/investments": {"portfolio_id": "1", "ticker_symbol": "%20", "purchase_date_from": "2020", "purchase_date_to": "x"},
    }
    for path, parameters in wrong.items():
        assert wrong_fields(server.request("GET", path + query(**parameters))) == dict.fromkeys(parameters, "invalid_field")
    backwards = query(purchase_date_from="2020-01-02", purchase_date_to="2020-01-01")
    assert wrong_fields(server.request("GET", "/investments" + backwards)) == {"purchase_date_to": "invalid_field"}


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "name", "-name", "-email"])
def test_paging_to_the_end_while_others_write(server, sort):
    """Who was there all the time comes exactly once, whoever comes and goes meanwhile."""
    there = [server.create_customer(name=f"n{number * 37 % 50:02}") for number in range(50)]
    is_done = threading.Event()

    def write():
        for number in itertools.count():
            customer_id = server.create_customer(name=f"n{number * 31 % 50:02}+")
            if number % 2:
                server.json("DELETE", f"/customers/{customer_id}")
            if is_done.is_set():
                return

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(3):
            seen = names(walk(server, "/customers", 4, sort=sort), "customer_id")
            assert len(seen) == len(set(seen))
            assert set(there) <= set(seen)
    finally:
        is_done.set()
        for writer in writers:
            writer.join()


def plan(postgres, sql):
    return "\n".join(row[0] for row in postgres.execute("EXPLAIN " + sql))


def test_the_lists_have_their_indexes(server, postgres):
    """What the server asks, with few rows of many: no list reads a table from end to end."""
    server.create_customer()
    postgres.execute(
        "INSERT INTO customers (name, email) SELECT 'name ' || n, n || '@example.com' FROM generate_series(1, 20000) n"
    )
    postgres.execute("ANALYZE customers")
    after = "SELECT * FROM customers WHERE (lower(name) COLLATE \"C\", customer_id) > ('name 5', gen_random_uuid())"
    order = " ORDER BY lower(name) COLLATE \"C\", customer_id LIMIT 101"
    assert "customers_name_idx" in plan(postgres, after + order)
    begins = "SELECT * FROM customers WHERE starts_with(lower(email) COLLATE \"C\", lower('77')) LIMIT 101"
    assert "customers_email_idx" in plan(postgres, begins)
