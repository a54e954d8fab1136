"""How often, of somebody who is known: a user over all addresses, credentials, connections and instances;
and of logins, by address and by account."""

import contextlib
import itertools
import json
import time

import pytest

from support.callers import AUTH_ON, PASSWORD, register
from support.identity import Identities
from support.rest import problem
from support.waiting import promptly, wait_until, wait_with_few
from support.websocket import HandshakeRefused, WebSocket
from support.wire import Wire

ADA, BOB = "127.0.0.2", "127.0.0.3"
JSON = "Content-Type: application/json"


@pytest.fixture
def people(postgres):
    return Identities(postgres)


@pytest.fixture
def somebody(people):
    """A factory of users, each with a customer of its own."""
    return lambda: people.user(people.customer())


@pytest.fixture
def metric(people):
    """Of a server, as asked by an operator from an address that no test uses up."""
    operator = people.admin().key("operate").text

    def read(server, name):
        with Wire(server, "127.0.0.99") as wire:
            status, _, body = wire.ask("GET", "/metrics", f"Authorization: Bearer {operator}")
        assert status == 200
        return next(int(line.split(" ")[-1]) for line in body.decode().splitlines() if line.startswith(name + " "))

    return read


def ask(wire, key, path="/auth/me"):
    return wire.ask("GET", path, f"Authorization: Bearer {key.text}")


FEW = 100  # less than it takes one alone to use up what the test waits for


# --- requests ---


def test_requests_of_a_user_from_anywhere(start_server, somebody, metric):
    server = start_server(**AUTH_ON, RATE_USER=1, RATE_USER_BURST=6)
    bob = somebody().key()

    def use_up(keys):
        before = metric(server, 'pf_rate_limited_total{class="user"}')
        taken = [ask((here, there)[number % 2], keys[number // 2 % 2]) for number in range(6)]
        over = [ask(wire, keys[0]) for wire in (here, there)]
        # It is she alone: not who comes from there too, not who is nobody.
        others = [ask(here, bob)[0], here.ask("GET", "/health")[0], here.ask("GET", "/auth/me")[0]]
        return keys, taken, over, others, metric(server, 'pf_rate_limited_total{class="user"}') - before

    with Wire(server, ADA) as here, Wire(server, BOB) as there:
        everybody = ((ada.key(), ada.key("read")) for ada in iter(somebody, None))
        keys, taken, over, others, refused_n = promptly(1, everybody, use_up)
        for left, (status, headers, _) in zip((5, 4, 3, 2, 1, 0), taken):
            assert status == 200 and "retry-after" not in headers
            assert (headers["ratelimit-limit"], int(headers["ratelimit-remaining"])) == ("6", left)
            assert 1 <= int(headers["ratelimit-reset"]) <= 6
        for answer in over:
            assert "this user" in problem(answer, 429, "rate_limited")["detail"]
            assert answer[1]["retry-after"] == "1"
            assert (answer[1]["ratelimit-limit"], answer[1]["ratelimit-remaining"]) == ("6", "0")
        assert others in ([200, 200, 401], [200, 503, 401])
        assert refused_n == 2
        wait_until(lambda: ask(here, keys[0])[0] == 200)


def test_a_write_of_a_user_that_is_refused_does_nothing(start_server, postgres, somebody):
    server = start_server(**AUTH_ON, RATE_USER=1, RATE_USER_BURST=2)

    def write_three(subject):
        customer_id, key = subject
        body = '{"customer_id":"%s","portfolio_name":"P","portfolio_type":"IRA","base_currency":"USD"}' % customer_id
        fields = JSON, f"Authorization: Bearer {key.text}"
        with Wire(server, ADA) as wire:
            return customer_id, [wire.ask("POST", "/portfolios", *fields, body=body.encode())[0] for _ in range(3)]

    everybody = ((ada.customer_id, ada.key()) for ada in iter(somebody, None))
    customer_id, statuses = promptly(1, everybody, write_three)
    assert statuses == [201, 201, 429]
    assert postgres.execute("SELECT count(*) FROM portfolios WHERE customer_id = %s", customer_id) == [(2,)]


@pytest.mark.parametrize("is_known", [False, True], ids=["nobody", "a user"])
def test_wrong_tokens_in_a_stream_are_the_address(start_server, somebody, is_known):
    """Each as ten requests, as in a header: a stream is no way to guess more of them. One that is over is none."""
    server = start_server(**AUTH_ON, RATE_ADDRESS=1, RATE_ADDRESS_BURST=200)
    headers = {"Authorization": f"Bearer {somebody().key().text}"} if is_known else {}
    with Wire(server) as wire:
        left = lambda: int(wire.ask("GET", "/health")[1]["ratelimit-remaining"])
        socket = WebSocket(server.ws_url, headers=headers)
        before, began = left(), time.monotonic()
        for number in range(4):
            socket.send_text(json.dumps({"type": "auth", "id": number, "token": f"pfk_{number}"}))
            while (frame := json.loads(socket.recv_text()))["type"] != "error":
                pass
            assert (frame["id"], frame["code"]) == (number, "unauthorized")
        taken = before - left()
        refilled = time.monotonic() - began + 1  # one a second
        assert 40 - refilled <= taken <= 41
        socket.close()


def test_a_wrong_token_in_a_handshake_counts_like_others(start_server):
    """The handshake itself is none of the address' requests."""
    server = start_server(**AUTH_ON, RATE_ADDRESS=1, RATE_ADDRESS_BURST=200)
    with Wire(server) as wire:
        left = lambda: int(wire.ask("GET", "/health")[1]["ratelimit-remaining"])
        before, began = left(), time.monotonic()
        for number in range(4):
            with pytest.raises(HandshakeRefused):
                WebSocket(server.ws_url, headers={"Authorization": f"Bearer pfk_{number}"})
        taken = before - left()
        refilled = time.monotonic() - began + 1  # one a second
        assert 40 - refilled <= taken <= 41


@pytest.mark.threads
def test_processes_share_the_limit_of_a_user(start_server, somebody, metric):
    one, two = (start_server(**AUTH_ON, RATE_USER=1, RATE_USER_BURST=1000) for _ in range(2))
    wait_until(lambda: metric(one, "pf_bus_connected") == metric(two, "pf_bus_connected") == 1)
    ada, bob = somebody().key(), somebody().key()

    with Wire(one, ADA) as here, Wire(two, BOB) as there:
        for _ in range(300):
            assert ask(here, ada)[0] == 200
        wait_with_few(lambda: int(ask(there, ada)[1]["ratelimit-remaining"]) < 750, FEW, "what the others took")
        assert int(ask(there, bob)[1]["ratelimit-remaining"]) > 990


def test_without_redis_a_user_is_bounded_by_each(start_server, redis_server, somebody, metric):
    servers = [start_server(**AUTH_ON, RATE_USER=1, RATE_USER_BURST=20) for _ in range(2)]
    wait_until(lambda: all(metric(server, "pf_bus_connected") == 1 for server in servers))
    redis_server.kill()
    key = somebody().key()
    for server in servers:
        with Wire(server, ADA) as wire:
            statuses = [ask(wire, key)[0] for _ in range(60)]
        assert statuses[:20] == [200] * 20 and 429 in statuses
        wait_until(lambda server=server: metric(server, "pf_limits_unshared_total") > 0)


# --- logins ---

LOGIN = {**AUTH_ON, "RATE_LOGIN": 6}  # four at once


def never_lock(postgres):
    """What has failed too often is locked for a time: so that the limit is met, and not that."""
    postgres.execute(
        "CREATE FUNCTION test_free() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.locked_until := NULL; RETURN NEW; END; $$"
    )
    postgres.execute(
        "CREATE TRIGGER test_free BEFORE INSERT OR UPDATE ON login_failures FOR EACH ROW EXECUTE FUNCTION test_free()"
    )


def log_in(wire, email, *fields, password="quite another password"):
    body = json.dumps({"email": email, "password": password}).encode()
    return wire.ask("POST", "/auth/login", JSON, *fields, body=body)


def test_logins_of_an_address(start_server, metric):
    server = start_server(**LOGIN)
    register(server, "ada@example.com")
    with Wire(server, ADA) as here, Wire(server, BOB) as there:
        for number, left in enumerate((3, 2, 1, 0)):
            status, headers, _ = log_in(here, f"nobody{number}@example.com")
            assert status == 401
            assert (headers["ratelimit-limit"], int(headers["ratelimit-remaining"])) == ("4", left)
        # Whatever it tries: a password that is right, an account that is new.
        answer = log_in(here, "ada@example.com", password=PASSWORD)
        assert "this address" in problem(answer, 429, "rate_limited")["detail"]
        assert 1 <= int(answer[1]["retry-after"]) <= 10
        body = json.dumps({"name": "New", "email": "new@example.com", "password": PASSWORD}).encode()
        problem(here.ask("POST", "/auth/register", JSON, body=body), 429, "rate_limited")
        assert log_in(there, "ada@example.com", password=PASSWORD)[0] == 200
        assert metric(server, 'pf_rate_limited_total{class="login"}') == 2
        # What is no login goes on.
        assert here.ask("GET", "/auth/me")[0] == 401


def test_logins_of_an_account_from_many_addresses(start_server):
    server = start_server(**LOGIN)
    register(server, "ada@example.com")
    register(server, "bob@example.com")
    answers = []
    for number in range(5):
        with Wire(server, f"127.0.2.{number + 1}") as wire:
            answers.append(log_in(wire, "ADA@example.com" if number % 2 else "ada@example.com"))
    # Making the account was the first of the four.
    assert [answer[0] for answer in answers] == [401, 401, 401, 429, 429]
    assert "this account" in problem(answers[-1], 429, "rate_limited")["detail"]
    assert 1 <= int(answers[-1][1]["retry-after"]) <= 10
    with Wire(server, "127.0.2.9") as wire:
        assert log_in(wire, "bob@example.com", password=PASSWORD)[0] == 200
        # Of an account that is not there the same is told.
        statuses = [log_in(wire, "eve@example.com")[0] for _ in range(3)]
    with Wire(server, "127.0.2.10") as wire:
        statuses += [log_in(wire, "eve@example.com")[0] for _ in range(2)]
    assert statuses == [401, 401, 401, 401, 429]


@pytest.mark.threads
def test_processes_share_the_limit_of_an_account(start_server, postgres, metric):
    # 101 at once, and one each 0.3 s: more than a login takes.
    one, two = (start_server(**{**AUTH_ON, "RATE_LOGIN": 200}) for _ in range(2))
    wait_until(lambda: metric(one, "pf_bus_connected") == metric(two, "pf_bus_connected") == 1)
    never_lock(postgres)
    addresses = itertools.count(1)

    def left(server):
        number = next(addresses)
        with Wire(server, f"127.0.{number // 250 + 2}.{number % 250 + 1}") as wire:
            status, headers, _ = log_in(wire, "ada@example.com")
        assert status == 401
        return int(headers["ratelimit-remaining"])

    wait_until(lambda: left(one) < 20, what="an account that is almost used up")
    wait_with_few(lambda: left(two) < 70, 20, "what the others took")


def test_without_redis_logins_are_bounded_by_each(start_server, redis_server, metric):
    server = start_server(**LOGIN)
    wait_until(lambda: metric(server, "pf_bus_connected") == 1)
    redis_server.kill()
    with Wire(server, ADA) as wire:
        statuses = [log_in(wire, f"nobody{number}@example.com")[0] for number in range(6)]
    assert statuses[:4] == [401] * 4 and 429 in statuses


# --- messages of the stream ---


class Stream:
    def __init__(self, server, key):
        self.socket = WebSocket(server.ws_url, headers={"Authorization": f"Bearer {key.text}"})
        assert json.loads(self.socket.recv_text())["type"] == "welcome"

    def ping(self):
        """Whether it was taken; else how long to wait."""
        self.socket.send_text('{"type":"ping","id":1}')
        answer = json.loads(self.socket.recv_text())
        if answer["type"] == "pong":
            return True
        assert (answer["code"], answer["retryable"]) == ("rate_limited", True)
        assert answer["retry_after_ms"] > 0
        return False


@pytest.fixture
def stream():
    with contextlib.ExitStack() as stack:

        def start(server, key):
            it = Stream(server, key)
            stack.callback(it.socket.drop)
            return it

        yield start


MESSAGES = {**AUTH_ON, "RATE_MESSAGES": 1, "RATE_MESSAGES_BURST": 50}


def test_messages_of_a_user_over_all_its_connections(start_server, somebody, stream, metric):
    """By whom they are, not by where from: another user of the same address has its own."""
    server = start_server(**MESSAGES)
    ada, bob = somebody(), somebody()
    hers = [stream(server, ada.key()) for _ in range(3)]
    his = stream(server, bob.key())
    began = time.monotonic()
    taken = [hers[number % 3].ping() for number in range(60)]
    assert all(taken[:50]) and 10 - (time.monotonic() - began) <= taken.count(False) <= 10  # one a second comes back
    assert all(his.ping() for _ in range(40))
    assert metric(server, 'pf_rate_limited_total{class="messages"}') == taken.count(False)


@pytest.mark.threads
def test_processes_share_the_messages_of_a_user(start_server, somebody, stream, metric):
    one, two = (start_server(**{**MESSAGES, "RATE_MESSAGES_BURST": 300}) for _ in range(2))
    wait_until(lambda: metric(one, "pf_bus_connected") == metric(two, "pf_bus_connected") == 1)
    ada = somebody()
    here, there = stream(one, ada.key()), stream(two, ada.key())
    assert all(here.ping() for _ in range(290))
    wait_with_few(lambda: not there.ping(), FEW, "what the others took")
    assert stream(two, somebody().key()).ping()


def test_without_redis_messages_are_bounded_by_each(start_server, redis_server, somebody, stream, metric):
    server = start_server(**MESSAGES)
    wait_until(lambda: metric(server, "pf_bus_connected") == 1)
    redis_server.kill()
    ada = somebody().key()
    sockets = [stream(server, ada) for _ in range(2)]
    taken = [sockets[number % 2].ping() for number in range(70)]
    assert all(taken[:50]) and taken.count(False) >= 10
