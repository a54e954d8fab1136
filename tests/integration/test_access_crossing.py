"""Nobody is told, and nobody changes, what is somebody else's: at random, all at once.

Each customer's rows carry a mark of their own in names and amounts. Users and
advisors ask everything of everybody's ids, with everybody's Idempotency-Keys, cursors
and ETags. PF_SEED=… runs the same again.
"""

import os
import random
import re
import threading
import urllib.parse

import pytest

from support import exact_json
from support.identity import Identities
from support.rest import UNKNOWN
from support.waiting import DEADLINE_S, wait_until
from support.websocket import WebSocket

CUSTOMERS, ADVISORS = 6, 3
REQUESTS = 500  # of each caller
MESSAGES = 200  # of each caller on the stream
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Not within the hex digits of ids and tags.
MARK = re.compile(r"zq(\d\d\d)k|(?<![0-9a-f])88(\d\d\d)77(?![0-9a-f])")


@pytest.fixture(name="seed")
def printed_seed():
    seed = int(os.environ.get("PF_SEED") or random.SystemRandom().randrange(10**9))
    print(f"PF_SEED={seed}")
    return seed


def mark(number):
    return f"zq{number:03}k"


def amount(number):
    return f"88{number:03}77"


class Pools:
    """What callers learn, for all of them to use: ids of everybody, and what lists and answers gave."""

    def __init__(self):
        self._lock = threading.Lock()
        self._values = {"customer": [], "portfolio": [], "investment": [], "cursor": [], "etag": [], "email": []}
        self._values["state"] = []  # cursors of the stream
        self.owners = {}  # any id or e-mail: the number of the customer

    def add(self, kind, value, owner=None):
        with self._lock:
            self._values[kind].append(value)
            if owner is not None:
                self.owners[value] = owner

    def pick(self, rng, kind, owners=None):
        with self._lock:
            values = self._values[kind]
            if owners is not None:
                values = [value for value in values if self.owners.get(value) in owners]
            return rng.choice(values) if values and rng.random() < 0.95 else UNKNOWN


class Asker(threading.Thread):
    """A caller that asks at random, and keeps what it was told."""

    def __init__(self, api, pools, sees, number, seed):
        super().__init__()
        self.api, self.pools, self.sees, self.number = api, pools, sees, number
        self.rng = random.Random(seed)
        self.seen = []  # (request, ids, marks) of each answer
        self.failure = None
        self.statuses = {}

    def run(self):
        try:
            for _ in range(REQUESTS):
                self.ask()
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure

    def pick(self, kind):
        """Mostly of everybody, sometimes what it may see."""
        of_owners = kind in ("customer", "portfolio", "investment", "email") and self.rng.random() < 0.3
        return self.pools.pick(self.rng, kind, self.sees if of_owners else None)

    def path(self):
        portfolio = "/portfolios/" + self.pick("portfolio")
        customer = "/customers/" + self.pick("customer")
        paths = [
            *(portfolio + rest for rest in ("", "/investments", "/investments/summary", "/allocation", "/valuation")),
            *(portfolio + rest for rest in ("/returns", "/history", "/risk", "/allocation?by=symbol")),
            *(customer + rest for rest in ("", "/portfolios", "/portfolios/summary", "/returns")),
            "/customers/email/" + urllib.parse.quote(self.pick("email")),
            *["/investments/" + self.pick("investment")] * 3,
            "/customers?sort=" + self.rng.choice(["name", "-email", "created_at"]),
            "/portfolios?sort=" + self.rng.choice(["portfolio_name", "-created_at"]),
            "/portfolios?customer_id=" + self.pick("customer"),
            "/investments?sort=" + self.rng.choice(["ticker_symbol", "-purchase_date"]),
            "/investments?portfolio_id=" + self.pick("portfolio"),
            "/assets",
            "/assets/AAPL/price",
        ]
        return self.rng.choice(paths)

    def lot(self):
        return {
            "portfolio_id": self.pick("portfolio"),
            "ticker_symbol": "AAPL",
            "quantity": 1,
            "purchase_price": amount(self.number),
            "purchase_date": "2020-01-02",
            "external_id": mark(self.number) + str(self.rng.randrange(10**9)),
        }

    def write(self):
        """Method, path, body. What it writes carries its own mark, wherever it is let."""
        name = mark(self.number) + str(self.rng.randrange(1000))
        portfolio = {"portfolio_name": name, "portfolio_type": "OTHER"}
        lot = self.lot()
        changed = {key: value for key, value in lot.items() if key != "portfolio_id" or self.rng.random() < 0.3}
        csv = f"ticker_symbol,quantity,purchase_price,purchase_date\nAAPL,1,{amount(self.number)},2020-01-02\n"
        return self.rng.choice(
            [
                ("POST", "/portfolios", {**portfolio, "customer_id": self.pick("customer")}),
                ("POST", "/investments", lot),
                ("POST", "/investments", lot),
                ("PUT", "/portfolios/" + self.pick("portfolio"), portfolio),
                ("PUT", "/investments/" + self.pick("investment"), changed),
                ("PUT", "/customers/" + self.pick("customer"), {"name": name, "email": self.own_email}),
                ("POST", "/portfolios/" + self.pick("portfolio") + "/investments/import", csv),
                ("POST", "/portfolios/" + self.pick("portfolio") + "/sync-values", None),
                ("POST", "/investments/update-prices", {"portfolio_id": self.pick("portfolio")}),
                ("DELETE", "/investments/" + self.pick("investment"), None),
                ("DELETE", "/portfolios/" + self.pick("portfolio"), None),
                ("DELETE", "/customers/" + self.pick("customer") + "?cascade=true", None),
            ]
        )

    own_email = ""

    def ask(self):
        rng, headers = self.rng, {}
        method, path, body = self.write() if rng.random() < 0.35 else (rng.choice(["GET", "GET", "GET", "HEAD"]), self.path(), None)
        if method == "POST" and rng.random() < 0.5:
            headers["Idempotency-Key"] = f"key-{rng.randrange(30)}"
        for name in ("If-Match", "If-None-Match"):
            if rng.random() < 0.15:
                headers[name] = self.pick("etag")
        if method in ("GET", "HEAD") and rng.random() < 0.3 and not path.startswith("/assets"):
            path += ("&" if "?" in path else "?") + rng.choice(["limit=2", "limit=2&cursor=" + self.pick("cursor")])
        options = {"body": body} if isinstance(body, str) else {"json": body} if body is not None else {}
        if isinstance(body, str):
            headers["Content-Type"] = "text/csv"
        answer = self.api.request(method, path, headers=headers, **options)
        self.learn(f"{method} {path} {body} {headers}", answer)

    def learn(self, request, answer):
        status, headers, body = answer
        text = body.decode() + " ".join(headers.values())
        self.statuses[status] = self.statuses.get(status, 0) + 1
        assert status < 500, (request, answer)
        marks = {int(found[1] or found[2]) for found in MARK.finditer(text)}
        self.seen.append((request, set(UUID.findall(text)), marks))
        if "etag" in headers:
            self.pools.add("etag", headers["etag"])
        if body and status in (200, 201):
            document = exact_json.loads(text[: len(body.decode())])
            if "next_cursor" in document:
                self.pools.add("cursor", document["next_cursor"])
            if status == 201:
                kind = "investment" if "investment_id" in document else "portfolio"
                self.pools.add(kind, document[f"{kind}_id"], self.number)

    def crossings(self):
        """What it was told that is of a customer whose rows it may not see."""
        for request, ids, marks in self.seen:
            owners = {self.pools.owners[found] for found in ids if found in self.pools.owners} | marks
            if not owners <= self.sees:
                yield request, owners - self.sees


class Watcher(threading.Thread):
    """The same caller on the stream: subscribes to everything, and resumes from everybody's cursors."""

    def __init__(self, server, credential, pools, sees, seed):
        super().__init__()
        self.pools, self.sees, self.rng = pools, sees, random.Random(seed)
        self.socket = WebSocket(server.ws_url, headers={"Authorization": f"Bearer {credential}"})
        self.frames, self.failure = [], None

    def run(self):
        try:
            for number in range(MESSAGES):
                self.ask(number)
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure
        finally:
            self.socket.close()

    def ask(self, number):
        rng = self.rng
        owners = self.sees if rng.random() < 0.5 else None
        message = {"type": rng.choice(["subscribe"] * 4 + ["unsubscribe", "resync", "update"]), "id": number}
        message["portfolio_id"] = self.pools.pick(rng, "portfolio", owners)
        state = self.pools.pick(rng, "state")
        if message["type"] == "subscribe" and rng.random() < 0.5 and state != UNKNOWN:
            message["resume"] = state
        self.socket.send_text(exact_json.dumps(message))
        while True:
            frame = exact_json.loads(self.socket.recv_text(DEADLINE_S))
            self.frames.append((message, frame))
            if "cursor" in frame:
                self.pools.add("state", frame["cursor"])
            if frame.get("id") == number:
                return

    def crossings(self):
        """An error says again which portfolio was asked for; nothing else names one that is not its own."""
        for message, frame in self.frames:
            text = exact_json.dumps(frame)
            owners = {int(found[1] or found[2]) for found in MARK.finditer(text)}
            if frame["type"] != "error":
                owners |= {self.pools.owners[found] for found in UUID.findall(text) if found in self.pools.owners}
            if not owners <= self.sees:
                yield message, frame["type"], owners - self.sees


def begin(identities, pools, number):
    """A customer with two portfolios of two lots each."""
    email = f"{mark(number)}@example.com"
    customer_id = identities.execute(
        "INSERT INTO customers (name, email) VALUES (%s, %s) RETURNING customer_id", mark(number), email
    )[0][0]
    pools.add("customer", customer_id, number)
    pools.add("email", email, number)
    for _ in range(2):
        portfolio_id = identities.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, %s, 'OTHER') "
            "RETURNING portfolio_id",
            customer_id,
            mark(number),
        )[0][0]
        pools.add("portfolio", portfolio_id, number)
        for _ in range(2):
            investment_id = identities.execute(
                "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date, "
                "external_id) VALUES (%s, 'AAPL', 1, %s, '2020-01-02', %s) RETURNING investment_id",
                portfolio_id,
                amount(number),
                mark(number) + os.urandom(4).hex(),
            )[0][0]
            pools.add("investment", investment_id, number)
    return customer_id


def test_nothing_crosses(start_server, postgres, seed):
    settings = {"AUTH": "on", "MESSAGES_PER_SECOND": 100000, "HEARTBEAT_MS": 200}
    server, other_server = start_server(LOOPS=2, **settings), start_server(**settings)
    rng, identities, pools = random.Random(seed), Identities(postgres), Pools()
    identities.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('AAPL', 'USD')")
    admin = identities.admin().at(server)
    wait_until(lambda: admin.metric("pf_bus_connected") == 2, what="the bus in both loops")
    admin.put_price("AAPL", 10)
    customers = [begin(identities, pools, number) for number in range(CUSTOMERS)]
    askers, watchers = [], []
    for number, customer_id in enumerate(customers):
        at = rng.choice([server, other_server])
        askers.append(Asker(identities.user(customer_id).at(at), pools, {number}, number, rng.random()))
        askers[-1].own_email = f"{mark(number)}@example.com"
    for index in range(ADVISORS):
        assigned = rng.sample(range(CUSTOMERS), 2)
        advisor = identities.advisor(*(customers[number] for number in assigned))
        at = rng.choice([server, other_server])
        askers.append(Asker(advisor.at(at), pools, set(assigned), CUSTOMERS + index, rng.random()))
    for asker in askers:
        at = rng.choice([server, other_server])
        watchers.append(Watcher(at, asker.api.credential, pools, asker.sees, rng.random()))
    for thread in askers + watchers:
        thread.start()
    price = 10
    while any(thread.is_alive() for thread in askers + watchers):
        price = 10 + (price + 1) % 40  # so little that no gain looks like another's amount
        admin.put_price("AAPL", price)
    for thread in askers + watchers:
        thread.join()
        if thread.failure:
            raise thread.failure
    crossed = [(asker.number, *found) for asker in askers for found in asker.crossings()]
    assert not crossed, crossed[:5]
    crossed = [found for watcher in watchers for found in watcher.crossings()]
    assert not crossed, crossed[:5]
    types = [frame["type"] for watcher in watchers for _, frame in watcher.frames]
    assert min(types.count(name) for name in ("snapshot", "delta", "error", "subscribed")) > 20
    # They did see and do things: else nothing was tested.
    for asker in askers:
        assert asker.sees <= {number for _, _, marks in asker.seen for number in marks}, asker.statuses
        assert asker.statuses[404] > 20 and asker.statuses[200] > 20
        assert (403 in asker.statuses) and (asker.number >= CUSTOMERS or 201 in asker.statuses), asker.statuses
    # Some twelve each; but chance gives one of six no more than five once in a while.
    assert sum(asker.statuses.get(201, 0) for asker in askers) > 5 * CUSTOMERS
    # And whatever is in a row was written by its owner.
    for table, column, join in (
        ("customers", "c.name", ""),
        ("portfolios", "p.portfolio_name", "JOIN portfolios p USING (customer_id)"),
        ("investments", "i.external_id", "JOIN portfolios p USING (customer_id) JOIN investments i USING (portfolio_id)"),
        ("investments", "i.purchase_price::text", "JOIN portfolios p USING (customer_id) JOIN investments i USING (portfolio_id)"),
    ):
        rows = identities.execute(f"SELECT c.email, {column} FROM customers c {join} WHERE {column} IS NOT NULL")
        assert rows, table
        for email, text in rows:
            owner, writer = MARK.search(email), MARK.search(text)
            assert int(owner[1]) == int(writer[1] or writer[2]), (table, email, text)


def test_a_right_that_ended_is_gone_everywhere(start_server, postgres):
    """An advisor whose assignment ends is told nothing more of that customer, on any loop of any instance."""
    servers = [start_server(AUTH="on", LOOPS=2), start_server(AUTH="on")]
    identities, pools = Identities(postgres), Pools()
    identities.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('AAPL', 'USD')")
    gone, kept = begin(identities, pools, 1), begin(identities, pools, 2)
    advisor = identities.advisor(gone, kept)
    portfolios = [row[0] for row in identities.execute("SELECT portfolio_id FROM portfolios WHERE customer_id = %s", gone)]
    apis = [advisor.at(server) for server in servers]
    paths = [f"/customers/{gone}", f"/portfolios/{portfolios[0]}", f"/portfolios/{portfolios[1]}/valuation"]

    def told():
        """How many of some requests, spread over all loops, still tell of that customer."""
        answers = [api.request("GET", path)[2].decode() for api in apis for path in paths for _ in range(4)]
        answers += [api.request("GET", f"/{name}?limit=1000")[2].decode() for api in apis for name in ("customers", "portfolios")]
        return sum(mark(1) in text or gone in text for text in answers)

    assert told() == len(apis) * (len(paths) * 4 + 2)
    identities.unassign(advisor, gone)
    wait_until(lambda: told() == 0, DEADLINE_S, "that the advisor is told nothing of that customer")
    for _ in range(3):
        assert told() == 0
    assert all(api.json("GET", f"/customers/{kept}")["customer_id"] == kept for api in apis)
