"""Whose portfolios a connection may see: from the first subscribe to the end of the right, on every instance."""

import json
import os
import random

import pytest

from support import ways_in
from support.identity import Identities
from support.waiting import wait_until
from support.websocket import Closed

UNKNOWN = "7b1c8f10-0000-4000-8000-00000000dead"


@pytest.fixture(name="identities")
def people(postgres):
    return Identities(postgres)


@pytest.fixture(name="guarded")
def guarded_server(start_server):
    return start_server(AUTH="on", HEARTBEAT_MS=300)


@pytest.fixture(name="world")
def two_users(identities):
    """Two users with a portfolio each, and an advisor of the first one's."""
    return World(identities)


class World:
    def __init__(self, identities):
        self.identities = identities
        self.ada_id, self.bob_id = identities.customer("Ada"), identities.customer("Bob")
        self.ada, self.bob = identities.user(self.ada_id), identities.user(self.bob_id)
        self.advisor = identities.advisor(self.ada_id)
        self.of_ada, self.of_bob = self.portfolio(self.ada_id), self.portfolio(self.bob_id)

    def portfolio(self, customer_id, name="Growth"):
        return self.identities.execute(
            "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type) VALUES (%s, %s, 'BROKERAGE') "
            "RETURNING portfolio_id",
            customer_id,
            name,
        )[0][0]


def enter(connect, server, person):
    return ways_in.with_header(connect, server, person.key().text)


def ask(client, portfolio_id, **options):
    """The answer to a subscribe, whatever it is."""
    name = os.urandom(4).hex()
    client.expect_subscribed(portfolio_id)
    client.send({"type": "subscribe", "id": name, "portfolio_id": portfolio_id, **options})
    while True:
        frame = client.recv()
        if frame.get("id") == name:
            return frame


def next_frames(client, n):
    """As they come, but for heartbeats."""
    frames = []
    while len(frames) < n:
        frame = json.loads(client.ws.recv_text())
        if frame["type"] != "heartbeat":
            frames.append(frame)
    return frames


def is_hidden(answer):
    return answer["type"] == "error" and answer["code"] == "not_found"


def expect_void(client):
    """Closed as one whose credential is not valid any more."""
    with pytest.raises(Closed) as ended:
        while True:
            client.recv()
    assert ended.value.code == 4401


# --- what is somebody else's ---


def test_roles_see_what_is_theirs(guarded, connect, world):
    rows = [
        (world.ada, True, False),
        (world.bob, False, True),
        (world.advisor, True, False),
        (world.identities.service(), True, True),
        (world.identities.admin(), True, True),
    ]
    for person, sees_ada, sees_bob in rows:
        client = enter(connect, guarded, person)
        for portfolio_id, is_seen in ((world.of_ada, sees_ada), (world.of_bob, sees_bob), (UNKNOWN, False)):
            assert is_hidden(ask(client, portfolio_id)) is not is_seen, (person.role, portfolio_id)


@pytest.mark.parametrize("is_held", [False, True])
def test_what_is_anothers_is_answered_like_what_is_not(guarded, connect, world, is_held):
    admin = world.identities.admin().at(guarded)
    if is_held:
        enter(connect, guarded, world.bob).subscribe(world.of_bob)
    loads, held = admin.metric("pf_portfolio_loads_total"), admin.metric("pf_portfolios_held")
    client = enter(connect, guarded, world.ada)
    hidden, unknown = ask(client, world.of_bob), ask(client, UNKNOWN)
    assert {**hidden, "id": "", "portfolio_id": ""} == {**unknown, "id": "", "portfolio_id": ""}
    assert list(hidden) == list(unknown)
    for message_type in ("update", "resync", "unsubscribe"):
        answers = []
        for portfolio_id in (world.of_bob, UNKNOWN):
            client.send({"type": message_type, "id": 1, "portfolio_id": portfolio_id})
            answers.append({**client.expect_error("not_subscribed", id=1), "portfolio_id": ""})
        assert answers[0] == answers[1]
    # Nothing was loaded for it, held, or counted as watched.
    assert admin.metric("pf_portfolio_loads_total") == loads
    assert admin.metric("pf_portfolios_held") == held
    assert admin.metric("pf_subscriptions") == (1 if is_held else 0)
    client.expect("heartbeat", subscriptions={})


def test_cursors_of_others_give_nothing(guarded, connect, world):
    bobs = enter(connect, guarded, world.bob).subscribe(world.of_bob)
    client = enter(connect, guarded, world.ada)
    assert is_hidden(ask(client, world.of_bob, resume=bobs.cursor))
    # On her own it is a cursor like another: at most her own state comes of it.
    client.send({"type": "subscribe", "id": 1, "portfolio_id": world.of_ada, "resume": bobs.cursor})
    frames = next_frames(client, 2)
    assert [frame["type"] for frame in frames] in (["subscribed", "delta"], ["subscribed", "snapshot"])
    assert {frame["portfolio_id"] for frame in frames} == {world.of_ada}
    assert is_hidden(ask(client, world.of_bob, resume=frames[1]["cursor"]))
    assert is_hidden(ask(client, world.of_bob, resume=bobs.cursor, fields=["total_value"]))


def test_unsubscribed_while_it_is_being_asked(guarded, connect, world):
    client = enter(connect, guarded, world.ada)
    for number, portfolio_id in enumerate([world.of_ada, world.of_bob, UNKNOWN] * 20):
        client.expect_subscribed(portfolio_id)
        client.send({"type": "subscribe", "id": f"s{number}", "portfolio_id": portfolio_id})
        client.send({"type": "unsubscribe", "id": f"u{number}", "portfolio_id": portfolio_id})
        answers = {}
        while len(answers) < 2:
            frame = client.recv()
            if "id" in frame:
                answers[frame["id"]] = frame
        assert answers[f"s{number}"]["type"] in ("subscribed", "error")
        if portfolio_id != world.of_ada:
            assert answers[f"s{number}"]["type"] == "error"


# --- rights that end ---


@pytest.fixture(name="instances", params=["one", "another", "another without Redis"])
def where_it_is_told(request, start_server, redis_server):
    """(the instance that is told of changes, the one with the stream)."""
    stream = start_server(AUTH="on")
    told = stream if request.param == "one" else start_server(AUTH="on")
    if request.param == "another without Redis":
        redis_server.kill()
    return told, stream


ENDS = {
    "key revoked": lambda world, key: key.revoke(),
    "key deleted": lambda world, key: world.identities.execute("DELETE FROM api_keys WHERE key_id = %s", key.key_id),
    "user disabled": lambda world, key: world.ada.disable(),
    "user deleted": lambda world, key: world.identities.execute(
        "DELETE FROM users WHERE user_id = %s", world.ada.user_id
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_void_credential_ends_its_connections(instances, connect, world, end):
    _, stream = instances
    key, other = world.ada.key(), world.bob.key()
    clients = [ways_in.with_header(connect, stream, key.text), ways_in.with_auth(connect, stream, key.text)]
    for client in clients:
        client.subscribe(world.of_ada)
    bystander = ways_in.with_header(connect, stream, other.text)
    bystander.subscribe(world.of_bob)
    ENDS[end](world, key)
    for client in clients:
        expect_void(client)
    assert ways_in.refused(stream, headers={"Authorization": f"Bearer {key.text}"})[0] == 401
    bystander.send({"type": "resync", "portfolio_id": world.of_bob})
    bystander.expect("snapshot")


def test_an_advisor_who_is_not_one_any_more(instances, connect, world):
    _, stream = instances
    client = enter(connect, stream, world.advisor)
    client.subscribe(world.of_ada)
    world.identities.unassign(world.advisor, world.ada_id)
    client.expect("unsubscribed", portfolio_id=world.of_ada, code="not_found")
    assert is_hidden(ask(client, world.of_ada))
    world.identities.assign(world.advisor, world.ada_id)
    wait_until(lambda: not is_hidden(ask(client, world.of_ada)), what="the new right")


def test_a_user_of_another_customer_now(instances, connect, world):
    _, stream = instances
    client = enter(connect, stream, world.ada)
    client.subscribe(world.of_ada)
    world.identities.execute(
        "UPDATE users SET customer_id = %s WHERE user_id = %s", world.bob_id, world.ada.user_id
    )
    client.expect("unsubscribed", portfolio_id=world.of_ada, code="not_found")
    client.subscribe(world.of_bob)


def test_a_portfolio_that_is_anothers_now(instances, connect, world):
    _, stream = instances
    ada, bob, admin = (enter(connect, stream, who) for who in (world.ada, world.bob, world.identities.admin()))
    ada.subscribe(world.of_ada)
    admin.subscribe(world.of_ada)
    assert is_hidden(ask(bob, world.of_ada))
    world.identities.execute(
        "UPDATE portfolios SET customer_id = %s, portfolio_name = 'Secret' WHERE portfolio_id = %s",
        world.bob_id,
        world.of_ada,
    )
    ada.expect("unsubscribed", portfolio_id=world.of_ada, code="not_found")
    assert is_hidden(ask(ada, world.of_ada))
    view = bob.subscribe(world.of_ada)
    assert view.data["portfolio_name"] == "Secret"
    admin.run_until(lambda: admin.view(world.of_ada).data["portfolio_name"] == "Secret")


MADE_AGAIN = """
    WITH gone AS (DELETE FROM position_versions WHERE portfolio_id = %s)
    DELETE FROM portfolios WHERE portfolio_id = %s;
    INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type)
    VALUES (%s, %s, 'Secret', 'BROKERAGE')
"""


@pytest.mark.parametrize("writes", [0, 3], ids=["the same version", "a lower version"])
def test_a_portfolio_that_is_made_again_under_its_id(guarded, connect, world, writes):
    """In one transaction, so that nobody sees that it is not there: what has the id is another's."""
    for number in range(writes):
        world.identities.execute(
            "UPDATE portfolios SET cash_balance = %s WHERE portfolio_id = %s", number, world.of_ada
        )
    ada, bob, admin = (enter(connect, guarded, who) for who in (world.ada, world.bob, world.identities.admin()))
    ada.subscribe(world.of_ada)
    before = admin.subscribe(world.of_ada).cursor
    assert is_hidden(ask(bob, world.of_ada))
    world.identities.execute(MADE_AGAIN, world.of_ada, world.of_ada, world.of_ada, world.bob_id)
    ada.expect("unsubscribed", portfolio_id=world.of_ada, code="not_found")
    assert is_hidden(ask(ada, world.of_ada))
    admin.run_until(lambda: admin.view(world.of_ada).data["portfolio_name"] == "Secret")
    assert admin.view(world.of_ada).snapshots_n == 2
    assert bob.subscribe(world.of_ada).data["portfolio_name"] == "Secret"
    # What a cursor of the one before is good for: a snapshot.
    late = enter(connect, guarded, world.identities.admin())
    assert ask(late, world.of_ada, resume=before)["recovered"] is False


def test_a_key_that_is_not_for_the_stream_any_more(instances, connect, world):
    _, stream = instances
    key = world.ada.key("read", "stream")
    client = ways_in.with_header(connect, stream, key.text)
    client.subscribe(world.of_ada)
    world.identities.execute("UPDATE api_keys SET scopes = ARRAY['read'] WHERE key_id = %s", key.key_id)
    client.expect("unsubscribed", portfolio_id=world.of_ada, code="forbidden")
    client.send({"type": "subscribe", "id": 1, "portfolio_id": world.of_ada})
    client.expect_error("forbidden", id=1)
    client.barrier()


def test_a_change_that_is_committed_late(guarded, connect, world, postgres):
    """Begun long before, so that neither a time nor a number shows that it is new."""
    import psycopg2  # pylint: disable=import-outside-toplevel

    early, late = world.ada.key(), world.ada.key()
    first, second = (ways_in.with_header(connect, guarded, key.text) for key in (early, late))
    connection = psycopg2.connect(postgres.superuser_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE api_keys SET revoked_at = now() WHERE key_id = %s", (early.key_id,))
            late.revoke()
            expect_void(second)
            first.barrier()
            connection.commit()
        expect_void(first)
    finally:
        connection.close()


def test_what_changed_while_postgres_was_away(guarded, connect, world, postgres):
    client = enter(connect, guarded, world.advisor)
    client.subscribe(world.of_ada)
    postgres.stop()
    wait_until(lambda: guarded.request("GET", "/health")[0] == 503, what="the loss of PostgreSQL")
    client.barrier()
    postgres.start()
    world.identities.unassign(world.advisor, world.ada_id)
    client.expect("unsubscribed", portfolio_id=world.of_ada, code="not_found")


# --- nothing crosses ---


def test_nothing_crosses(start_server, connect, identities):
    """Thousands of subscribes by several users with everybody's ids and cursors."""
    seed = int(os.environ.get("PF_TEST_SEED", "0")) or random.randrange(1 << 32)
    print(f"PF_TEST_SEED={seed}")
    chance = random.Random(seed)
    # Whose turn does not come for long does not answer pings meanwhile.
    servers = [start_server(AUTH="on", MESSAGES_PER_SECOND=10000, PING_S=3600) for _ in range(2)]
    crossing = Crossing(servers, identities, chance)
    crossing.run(connect, rounds_n=40, subscribes_n=60)
    assert crossing.seen_n > 100 and crossing.hidden_n > 100, (crossing.seen_n, crossing.hidden_n)


class Crossing:
    USERS = 5

    def __init__(self, servers, identities, chance):
        self.servers, self.identities, self.chance = servers, identities, chance
        self.customers = [identities.customer(f"Customer {number}") for number in range(self.USERS)]
        self.users = [identities.user(customer_id) for customer_id in self.customers]
        self.users.append(identities.advisor(*self.customers[:2]))
        world = World(identities)
        self.owners = {}  # portfolio -> number of its customer
        for number, customer_id in enumerate(self.customers):
            for _ in range(4):
                self.owners[world.portfolio(customer_id, f"of customer {number}")] = number
        self.cursors = []
        self.seen_n = self.hidden_n = 0

    def may_see(self, user, portfolio_id):
        owner = self.owners[portfolio_id]
        return owner in (0, 1) if user == self.USERS else owner == user

    def run(self, connect, rounds_n, subscribes_n):
        clients = []
        for user, person in enumerate(self.users):
            for server in self.servers:
                way = self.chance.choice(list(ways_in.WAYS.values()))
                clients.append((user, way(connect, server, person.key().text, is_strict=False)))
        for _ in range(rounds_n):
            user, client = self.chance.choice(clients)
            self.converse(user, client, subscribes_n)

    def converse(self, user, client, n):
        ids = [self.chance.choice(list(self.owners)) for _ in range(n)]
        asked = {}
        for number, portfolio_id in enumerate(ids):
            message = {"type": "subscribe", "id": number, "portfolio_id": portfolio_id}
            if self.cursors and self.chance.random() < 0.5:
                message["resume"] = self.chance.choice(self.cursors)
            asked[number] = portfolio_id
            client.ws.send_text(json.dumps(message))
            if self.chance.random() < 0.3:
                client.ws.send_text(json.dumps({"type": "unsubscribe", "portfolio_id": portfolio_id}))
        client.ws.send_text('{"type": "ping", "id": "end"}')
        answered = set()
        while True:
            frame = json.loads(client.ws.recv_text())
            self.check(user, frame)
            answered.add(frame.get("id"))
            if frame["type"] == "pong" and frame.get("id") == "end":
                break
        for portfolio_id in set(ids):
            client.ws.send_text(json.dumps({"type": "unsubscribe", "portfolio_id": portfolio_id}))

    def check(self, user, frame):
        """No frame of a portfolio that is not the user's but a refusal, and no word of another customer in any."""
        kind, portfolio_id = frame["type"], frame.get("portfolio_id")
        if "cursor" in frame:
            self.cursors.append(frame["cursor"])
        if kind in ("subscribed", "snapshot", "delta", "updated"):
            assert self.may_see(user, portfolio_id), frame
            self.seen_n += 1
            name = frame.get("data", frame.get("patch", {})).get("portfolio_name")
            assert name in (None, f"of customer {self.owners[portfolio_id]}"), frame
        elif kind == "heartbeat":
            assert all(self.may_see(user, it) for it in frame["subscriptions"]), frame
        elif kind == "error" and frame["code"] == "not_found":
            assert not self.may_see(user, portfolio_id), frame
            self.hidden_n += 1
