"""Every route and message type, with every role, on one's own row, another's, and one that is not there.

What must come is known twice: from `portfoliod routes --access` and from the tables
here. A route that is missing from one of them fails.
"""

import os
import re
import subprocess

import pytest

from support.identity import HS256, SCOPES, Identities, anonymous
from support.process import ROOT
from support.redis_server import Redis
from support.rest import UNKNOWN, lot_body
from support.server import Server, binary_path, migrate
from support.waiting import wait_until

ROLES = ("anonymous", "user", "advisor", "service", "admin")

# Rule: how far it reaches for each role, and of which scopes an API key needs one.
RULES = {
    "public": (("all", "all", "all", "all", "all"), "-"),
    "self": (("-", "own", "own", "own", "own"), "-"),
    "login": (("-", "own", "own", "own", "own"), "no-key"),
    "ticket": (("-", "own", "own", "own", "own"), "stream"),
    "look-up": (("-", "all", "all", "all", "all"), "read"),
    "see": (("-", "own", "assigned", "all", "all"), "read"),
    "subscribe": (("-", "own", "assigned", "all", "all"), "stream"),
    "change": (("-", "own", "-", "-", "all"), "write"),
    "update-prices": (("-", "own", "-", "all", "all"), "write|prices"),
    "administer": (("-", "-", "-", "-", "all"), "administer"),
    "manage": (("-", "-", "-", "-", "all"), "no-key"),
    "price": (("-", "-", "-", "all", "all"), "prices"),
    "operate": (("-", "-", "-", "all", "all"), "operate"),
}

# Route: its rule, and which id it is judged by.
ACCESS = {
    "GET /health": ("public", "-"),
    "GET /.well-known/jwks.json": ("public", "-"),
    "GET /openapi.yaml": ("public", "-"),
    "GET /openapi.json": ("public", "-"),
    "GET /docs": ("public", "-"),
    "GET /docs/viewer.js": ("public", "-"),
    "GET /metrics": ("operate", "-"),
    "GET /providers": ("operate", "-"),
    "POST /auth/register": ("public", "-"),
    "POST /auth/login": ("public", "-"),
    "POST /auth/refresh": ("public", "-"),
    "POST /auth/logout": ("login", "-"),
    "POST /auth/password": ("login", "-"),
    "POST /auth/ticket": ("ticket", "-"),
    "GET /auth/me": ("self", "-"),
    "GET /auth/sessions": ("login", "-"),
    "DELETE /auth/sessions/{session_id}": ("login", "-"),
    "GET /auth/keys": ("login", "-"),
    "POST /auth/keys": ("login", "-"),
    "DELETE /auth/keys/{key_id}": ("login", "-"),
    "GET /users": ("manage", "-"),
    "POST /users": ("manage", "-"),
    "GET /users/{user_id}": ("manage", "-"),
    "PUT /users/{user_id}": ("manage", "-"),
    "DELETE /users/{user_id}": ("manage", "-"),
    "GET /customers/{customer_id}/advisors": ("manage", "customer"),
    "PUT /customers/{customer_id}/advisors/{user_id}": ("manage", "-"),
    "DELETE /customers/{customer_id}/advisors/{user_id}": ("manage", "-"),
    "POST /customers": ("administer", "-"),
    "GET /customers": ("see", "list"),
    "GET /customers/{customer_id}": ("see", "customer"),
    "PUT /customers/{customer_id}": ("change", "customer"),
    "DELETE /customers/{customer_id}": ("administer", "customer"),
    "GET /customers/email/{email}": ("see", "email"),
    "GET /customers/{customer_id}/portfolios": ("see", "customer"),
    "GET /customers/{customer_id}/portfolios/summary": ("see", "customer"),
    "GET /customers/{customer_id}/returns": ("see", "customer"),
    "POST /portfolios": ("change", "body"),
    "GET /portfolios": ("see", "list"),
    "GET /portfolios/{portfolio_id}": ("see", "portfolio"),
    "PUT /portfolios/{portfolio_id}": ("change", "portfolio"),
    "DELETE /portfolios/{portfolio_id}": ("change", "portfolio"),
    "GET /portfolios/{portfolio_id}/investments": ("see", "portfolio"),
    "POST /portfolios/{portfolio_id}/investments/import": ("change", "portfolio"),
    "GET /portfolios/{portfolio_id}/investments/summary": ("see", "portfolio"),
    "GET /portfolios/{portfolio_id}/allocation": ("see", "portfolio"),
    "GET /portfolios/{portfolio_id}/valuation": ("see", "portfolio"),
    "GET /portfolios/{portfolio_id}/returns": ("see", "portfolio"),
    "GET /portfolios/{portfolio_id}/history": ("see", "portfolio"),
    "GET /portfolios/{portfolio_id}/risk": ("see", "portfolio"),
    "POST /portfolios/{portfolio_id}/sync-values": ("change", "portfolio"),
    "POST /investments": ("change", "body"),
    "GET /investments": ("see", "list"),
    "POST /investments/update-prices": ("update-prices", "body"),
    "GET /investments/{investment_id}": ("see", "investment"),
    "PUT /investments/{investment_id}": ("change", "investment"),
    "DELETE /investments/{investment_id}": ("change", "investment"),
    "GET /assets": ("look-up", "-"),
    "GET /assets/{ticker_symbol}": ("look-up", "-"),
    "GET /assets/{ticker_symbol}/price": ("look-up", "-"),
    "PUT /assets/{ticker_symbol}/price": ("price", "-"),
    "GET /assets/{ticker_symbol}/history": ("look-up", "-"),
    "GET /assets/{ticker_symbol}/corporate-actions": ("look-up", "-"),
    "POST /assets/prices": ("look-up", "-"),
    "DELETE /cache/prices": ("price", "-"),
    "GET /exchange-rates": ("look-up", "-"),
    "POST /stocks/populate": ("operate", "-"),
    "GET /jobs": ("operate", "-"),
    "GET /jobs/{job_id}": ("operate", "-"),
    "GET /audit": ("administer", "-"),
    "MESSAGE subscribe": ("subscribe", "portfolio"),
    "MESSAGE update": ("subscribe", "portfolio"),
    "MESSAGE resync": ("subscribe", "portfolio"),
    "MESSAGE unsubscribe": ("subscribe", "portfolio"),
    "MESSAGE ping": ("public", "-"),
    "MESSAGE auth": ("public", "-"),
}
ROW_SUBJECTS = ("customer", "email", "portfolio", "investment")


def printed_table():
    done = subprocess.run([binary_path(), "routes", "--access"], capture_output=True, text=True, check=True)
    heading, *lines = [line.split() for line in done.stdout.splitlines()]
    assert heading == ["method", "name", "rule", "of", *ROLES, "scope"]
    return {f"{line[0]} {line[1]}": (line[2], line[3], tuple(line[4:9]), line[9]) for line in lines}


PRINTED = printed_table()
ROUTES = sorted(name for name in PRINTED if not name.startswith("MESSAGE "))


def test_the_printed_table_is_the_one_here():
    expected = {name: (rule, subject, *RULES[rule]) for name, (rule, subject) in ACCESS.items()}
    assert PRINTED == expected


def test_every_route_and_message_type_is_in_it():
    routes = subprocess.run([binary_path(), "routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert routes and set(routes) == set(ROUTES)
    with open(os.path.join(ROOT, "protocol", "messages.h"), encoding="utf-8") as file:
        types = re.search(r"enum message_type \{(.*?)\}", file.read(), re.DOTALL)[1]
    types = {word.strip().removeprefix("MESSAGE_").lower() for word in types.split(",")}
    assert {f"MESSAGE {name}" for name in types} == set(PRINTED) - set(ROUTES)


def test_the_documentation_shows_it():
    """docs/access.md has what `portfoliod routes --access` prints."""
    done = subprocess.run([binary_path(), "routes", "--access"], capture_output=True, text=True, check=True)
    with open(os.path.join(ROOT, "docs", "access.md"), encoding="utf-8") as file:
        assert done.stdout in file.read()


# --- the world ---


class Rows:
    """A customer with a portfolio and a lot, made anew each time it is asked for, so that a DELETE has something."""

    def __init__(self, identities, customer_id):
        self._identities, self.customer_id = identities, customer_id

    @property
    def email(self):
        return self._identities.execute("SELECT email FROM customers WHERE customer_id = %s", self.customer_id)[0][0]

    def portfolio(self):
        return self._identities.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, 'P', 'OTHER') "
            "RETURNING portfolio_id",
            self.customer_id,
        )[0][0]

    def investment(self):
        self._identities.execute("INSERT INTO assets (ticker_symbol) VALUES ('AAPL') ON CONFLICT DO NOTHING")
        return self._identities.execute(
            "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date) "
            "VALUES (%s, 'AAPL', 1, 10, '2020-01-02') RETURNING investment_id",
            self.portfolio(),
        )[0][0]


class NoRows:
    """The same of nobody."""

    customer_id = UNKNOWN
    email = "nobody@example.com"

    def portfolio(self):
        return UNKNOWN

    def investment(self):
        return UNKNOWN


class World:
    def __init__(self, server, identities):
        self.server, self.identities = server, identities
        self.own = Rows(identities, identities.customer())
        self.other = Rows(identities, identities.customer())
        people = {
            "user": identities.user(self.own.customer_id),
            "advisor": identities.advisor(self.own.customer_id),
            "service": identities.service(),
            "admin": identities.admin(),
        }
        self.people = people
        self.as_role = {role: person.logged_in_at(server) for role, person in people.items()}
        self.as_role["anonymous"] = anonymous(server)
        self.with_scope = {
            role: {scope: person.key(scope).at(server) for scope in SCOPES} for role, person in people.items()
        }

    def caller(self, role, route):
        """Who logs out is somebody only once."""
        is_end = route == "POST /auth/logout" and role != "anonymous"
        return self.people[role].logged_in_at(self.server) if is_end else self.as_role[role]

    def rows_for_deletion(self):
        """Customers that may go: not those that people belong to."""
        return Rows(self.identities, self.identities.customer())


@pytest.fixture(scope="module", name="world")
def one_world(postgres_cluster):
    database = postgres_cluster.create_database(migrate)
    redis = Redis()
    server = Server(AUTH="on", DATABASE_URL=database.url, REDIS_URL=redis.url, PROVIDERS="none", **HS256)
    world = World(server, Identities(database))
    wait_until(lambda: world.as_role["admin"].metric("pf_bus_connected") == 1, what="the bus")
    world.as_role["admin"].json("PUT", "/assets/AAPL/price", {"price": 10, "currency": "USD"})
    yield world
    server.stop()
    redis.destroy()
    database.drop()


def path_of(route, rows):
    values = {"ticker_symbol": "AAPL", "customer_id": lambda: rows.customer_id, "email": lambda: rows.email}
    values |= {"portfolio_id": rows.portfolio, "investment_id": rows.investment}

    def value(found):
        it = values.get(found[1], UNKNOWN)
        return it if isinstance(it, str) else it()

    return re.sub(r"\{([^}]+)\}", value, route.partition(" ")[2])


def right_body(route, rows):
    """What the route does not refuse, when there is such a row; None: no body."""
    bodies = {
        "POST /customers": lambda: {"name": "A", "email": f"{id(object())}@example.com"},
        "PUT /customers/{customer_id}": lambda: {"name": "A", "email": rows.email},
        "POST /portfolios": lambda: {
            "customer_id": rows.customer_id,
            "portfolio_name": "P",
            "portfolio_type": "OTHER",
        },
        "PUT /portfolios/{portfolio_id}": lambda: {"portfolio_name": "P", "portfolio_type": "OTHER"},
        "POST /investments": lambda: lot_body(rows.portfolio()),
        "PUT /investments/{investment_id}": lambda: lot_body(UNKNOWN, portfolio_id=...),
        "POST /investments/update-prices": lambda: {"portfolio_id": rows.portfolio()},
        "PUT /assets/{ticker_symbol}/price": lambda: {"price": 10},
        "POST /assets/prices": lambda: {"symbols": ["AAPL"]},
        "POST /stocks/populate": lambda: {"symbols": ["AAPL"], "from": "2020-01-02"},
    }
    return bodies[route]() if route in bodies else None


def ask(api, route, rows, **changes):
    method = changes.pop("method", route.partition(" ")[0])
    headers = {"X-Request-Id": "walk", **changes.pop("headers", {})}
    path = changes.pop("path", None) or path_of(route, rows)
    if not changes:
        body = right_body(route, rows)
        changes = {"json": body} if body is not None else {}
        if route.endswith("/import"):
            headers["Content-Type"] = "text/csv"
            changes = {"body": "ticker_symbol,quantity,purchase_price,purchase_date\nAAPL,1,10,2020-01-02\n"}
    return api.request(method, path, headers=headers, **changes)


def judged(answer):
    """All of an answer but the time."""
    status, headers, body = answer
    return status, {name: value for name, value in headers.items() if name != "date"}, body


def rows_of(world, route):
    return world.rows_for_deletion() if route.startswith("DELETE /customers/") else world.own


def is_let_in(answer):
    return answer[0] not in (401, 403)


# --- the walk ---


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_at_a_route(world, route, role):
    _, subject, reaches, _ = PRINTED[route]
    reach = reaches[ROLES.index(role)]
    api = world.caller(role, route)
    answer = ask(api, route, rows_of(world, route))
    if reach == "-":
        expected = 401 if role == "anonymous" else 403
        assert answer[0] == expected, answer
        # Whose row it is makes no difference then, nor whether there is one, nor what is sent.
        for other in (world.other, NoRows()):
            assert judged(ask(api, route, other)) == judged(answer)
            assert judged(ask(api, route, other, body="{", headers={"If-Match": '"x"'})) == judged(answer)
        return
    assert is_let_in(answer), answer
    if subject in ROW_SUBJECTS or subject == "body":
        assert 200 <= answer[0] < 300, answer
    if subject in ROW_SUBJECTS and reach == "all":
        assert 200 <= ask(api, route, world.rows_for_deletion() if route.startswith("DELETE") else world.other)[0] < 300


VARIANTS = {
    "as it should be": {},
    "no JSON": {"body": "{", "headers": {"Content-Type": "application/json"}},
    "no object": {"body": "[]", "headers": {"Content-Type": "application/json"}},
    "no field": {"body": "{}", "headers": {"Content-Type": "application/json"}},
    "wrong fields": {"json": {"portfolio_name": 7, "name": 7, "quantity": "x", "fee": -1, "customer_id": "x"}},
    "another type": {"body": "x", "headers": {"Content-Type": "text/plain"}},
    "coded": {"body": "x", "headers": {"Content-Encoding": "gzip"}},
    "If-Match": {"headers": {"If-Match": '"x"'}},
    "If-None-Match": {"headers": {"If-None-Match": "*"}},
    "both": {"headers": {"If-Match": "*", "If-None-Match": '"x"'}},
    "no CSV": {"body": "x,y\n1", "headers": {"Content-Type": "text/csv"}},
    "OPTIONS": {"method": "OPTIONS"},
    "PATCH": {"method": "PATCH"},
}
QUERIES = ("cascade=x", "limit=0", "from=x&to=y", "benchmark=NOPE", "by=x", "currency=x", "cursor=x", "dry_run=true", "start_date=2999-01-01")


SCOPED = [
    (route, role)
    for route in ROUTES
    for role in ("user", "advisor")
    if PRINTED[route][1] in ROW_SUBJECTS and PRINTED[route][2][ROLES.index(role)] != "-"
]


@pytest.mark.parametrize("route, role", SCOPED)
def test_anothers_row_is_as_if_it_were_not(world, route, role):
    """Whatever is wrong with the request besides: the same status, headers and body."""
    api = world.as_role[role]
    found = ask(api, route, world.other)
    assert found[0] == 404, found
    for name, variant in VARIANTS.items():
        # The body may name the row's own ids; so it is made of the same ones for both.
        body = {"json": right_body(route, world.other)} if not variant and right_body(route, world.other) else {}
        answers = [ask(api, route, rows, **variant, **body) for rows in (world.other, NoRows())]
        assert judged(answers[0]) == judged(answers[1]), name
        assert is_let_in(answers[0])
    if route.startswith("GET "):
        answers = [ask(api, route, rows, method="HEAD") for rows in (world.other, NoRows())]
        assert judged(answers[0]) == judged(answers[1]) and answers[0][0] == 404
    for query in QUERIES:
        answers = [ask(api, route, rows, path=f"{path_of(route, rows)}?{query}") for rows in (world.other, NoRows())]
        assert judged(answers[0]) == judged(answers[1]), query


def test_what_is_wrong_is_told_in_the_order_of_other_callers(world):
    """Of a row that is not there, an administrator learns the same as who may not see one."""
    for route in [name for name in ROUTES if PRINTED[name][:2] in (("see", "portfolio"), ("change", "portfolio"))]:
        for name, variant in VARIANTS.items():
            answers = [ask(world.as_role[role], route, NoRows(), **variant) for role in ("user", "admin")]
            assert judged(answers[0]) == judged(answers[1]), (route, name)


@pytest.mark.parametrize("route", ["POST /portfolios", "POST /investments", "POST /investments/update-prices"])
def test_anothers_id_in_a_body_is_as_if_it_were_nobodys(world, route):
    api = world.as_role["user"]
    field = "customer_id" if route == "POST /portfolios" else "portfolio_id"
    for more in ({}, {"quantity": -1, "portfolio_name": 7, "symbols": ["AAPL"]}):
        for headers in ({}, {"Idempotency-Key": f"walk-{field}"}, {"Idempotency-Key": "no key"}):
            answers = []
            for rows in (world.other, NoRows()):
                body = {**right_body(route, rows), **more}
                answers.append(api.request("POST", route.partition(" ")[2], json=body, headers={"X-Request-Id": "walk", **headers}))
            assert judged(answers[0]) == judged(answers[1])
            assert answers[0][0] == 422
    mine = api.request("POST", route.partition(" ")[2], json=right_body(route, world.own))
    assert 200 <= mine[0] < 300, mine


def test_prices_of_all_are_not_for_a_user_to_update(world):
    for body, expected in (({}, (403, 403, 200, 200)), ({"symbols": ["AAPL"]}, (403, 403, 200, 200))):
        got = tuple(
            world.as_role[role].request("POST", "/investments/update-prices", json=body)[0]
            for role in ("user", "advisor", "service", "admin")
        )
        assert got == expected


@pytest.mark.parametrize("route", [name for name in ROUTES if PRINTED[name][0] != "public"])
def test_a_key_may_what_its_scope_says(world, route):
    _, _, reaches, needed = PRINTED[route]
    for role in ROLES[1:]:
        for scope in SCOPES:
            answer = ask(world.with_scope[role][scope], route, rows_of(world, route))
            is_enough = needed == "-" or scope in needed.split("|")
            assert is_let_in(answer) == (reaches[ROLES.index(role)] != "-" and is_enough), (role, scope, answer)


@pytest.mark.parametrize("route", [name for name in ROUTES if PRINTED[name][3] == "no-key"])
def test_no_key_manages_users_keys_or_passwords(world, route):
    """Not with all scopes either, of whatever role, and nothing of the request is looked at."""
    for role in ROLES[1:]:
        api = world.people[role].at(world.server)
        answer = ask(api, route, world.own)
        assert answer[0] == 403, (role, answer)
        assert judged(ask(api, route, NoRows(), body="{")) == judged(answer)
        if role == "admin":
            assert b"log in" in answer[2] and "insufficient_scope" in answer[1]["www-authenticate"]


@pytest.mark.parametrize("path", sorted({route.partition(" ")[2] for route in ROUTES}))
def test_options_need_no_right_and_tell_only_methods(world, path):
    own, other, nobodys = (
        judged(ask(anonymous(world.server), f"OPTIONS {path}", rows)) for rows in (world.own, world.other, NoRows())
    )
    assert own == other == nobodys and own[0] == 204 and own[2] == b""


def test_lists_hold_what_is_ones_own(world):
    for rows in (world.own, world.other):
        rows.investment()
    for path, field in (("/customers", "customer_id"), ("/portfolios", "customer_id")):
        for role in ("user", "advisor"):
            items = world.as_role[role].json("GET", f"{path}?limit=1000")["items"]
            assert {item[field] for item in items} == {world.own.customer_id}
        assert {world.own.customer_id, world.other.customer_id} <= {
            item[field] for item in world.as_role["service"].json("GET", f"{path}?limit=1000")["items"]
        }
    mine = {row["portfolio_id"] for row in world.as_role["user"].json("GET", "/portfolios?limit=1000")["items"]}
    for role in ("user", "advisor"):
        items = world.as_role[role].json("GET", "/investments?limit=1000")["items"]
        assert items and {item["portfolio_id"] for item in items} <= mine
        for filter_ in (f"customer_id={world.other.customer_id}", f"customer_id={UNKNOWN}"):
            assert world.as_role[role].json("GET", f"/portfolios?{filter_}") == {"items": []}
        for filter_ in (f"portfolio_id={world.other.portfolio()}", f"portfolio_id={UNKNOWN}"):
            assert world.as_role[role].json("GET", f"/investments?{filter_}") == {"items": []}


def test_pages_of_what_is_ones_own(world):
    """A cursor of one caller is good for that caller; at another's it gives the other's rows at most."""
    for _ in range(5):
        world.own.investment()
        world.other.investment()
    for path in ("/portfolios", "/investments"):
        user, admin = world.as_role["user"], world.as_role["admin"]
        whole = user.json("GET", f"{path}?limit=1000&sort=created_at")["items"]
        pages, cursor = [], ""
        while cursor is not None:
            page = user.json("GET", f"{path}?limit=2&sort=created_at{cursor}")
            pages += page["items"]
            cursor = f"&cursor={page['next_cursor']}" if "next_cursor" in page else None
        assert pages == whole
        foreign = admin.json("GET", f"{path}?limit=2&sort=created_at")["next_cursor"]
        assert all(item in whole for item in user.json("GET", f"{path}?limit=1000&sort=created_at&cursor={foreign}")["items"])
