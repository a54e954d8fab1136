"""What somebody tries who has no right to get in: guessing, listing who is there, finding secrets."""

import http.client
import re
import subprocess
import threading

import pytest

from support.accounts import add_user, hash_hex
from support.callers import AUTH_ON, PASSWORD, Caller, enter, login, register
from support.rest import problem
from support.waiting import wait_until

WRONG = {"password": "quite another password"}
# What of an answer is its own.
OWN = ("x-request-id", "date", "content-length")


@pytest.fixture(name="at_one_moment")
def clock_that_stands_still(postgres):
    """For the statements of a server that is started now no time passes: a lock ends when `age` says so."""
    ((moment,),) = postgres.execute("SELECT now()::text")
    postgres.execute(f"CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql STABLE RETURN '{moment}'::timestamptz")
    postgres.execute(f"ALTER DATABASE {postgres.name} SET search_path = public, pg_catalog")


@pytest.fixture
def server(at_one_moment, start_server):
    return start_server(**AUTH_ON)


def attempt(server, email, password="quite another password"):
    return server.request("POST", "/auth/login", json={"email": email, "password": password})


def essence(answer):
    """All of an answer that may not differ, the length of the ids' text included."""
    status, headers, body = answer
    request_id = headers["x-request-id"].encode()
    return status, {name: value for name, value in headers.items() if name not in OWN}, body.replace(request_id, b"")


def forget_address(postgres):
    """As if each attempt came from another address."""
    postgres.execute("DELETE FROM login_failures WHERE key_hash = sha256('address:127.0.0.1')")


def age(postgres, seconds):
    postgres.execute(
        "UPDATE login_failures SET locked_until = locked_until - %s * interval '1 s',"
        " last_failed_at = last_failed_at - %s * interval '1 s'",
        seconds,
        seconds,
    )


# --- guessing ---


def test_an_unknown_address_is_locked_like_a_known_one(server, postgres):
    register(server, "ada@example.com")
    answers = {}
    for email in ("ada@example.com", "eve@example.com"):
        answers[email] = [essence(attempt(server, email)) for _ in range(6)]
        forget_address(postgres)
    assert answers["ada@example.com"] == answers["eve@example.com"]
    assert [answer[0] for answer in answers["ada@example.com"]] == [401] * 5 + [429]
    status, headers, _ = answers["ada@example.com"][-1]
    assert headers["retry-after"] == "1"
    hashes = "SELECT count(DISTINCT octet_length(key_hash)), max(failed_n) FROM login_failures"
    assert postgres.execute(hashes) == [(1, 5)]


EXECUTED = re.compile(r"LOG:  execute ([^:]+):")
# What the server asks on its own meanwhile, at any moment.
OF_ITS_OWN = re.compile(
    r"(access_changes|account_sweep|assets|bars|closings|corporate_actions|db|exchange_rates|health|jobs|migrate"
    r"|provider_usage)\.|(audit\.seal|idempotency\.sweep)$"
)


def test_a_known_and_an_unknown_address_cost_the_same(start_server, postgres):
    """By construction: as many hashes, the same statements in the same order."""
    postgres.cluster.log_statements(postgres.name, True)
    server = start_server(**AUTH_ON)
    register(server, "ada@example.com")
    admin = enter(server, postgres, "admin")
    costs = {}
    for email in ("ada@example.com", "eve@example.com", "robot@example.com"):
        if email == "robot@example.com":
            admin.json("POST", "/users", {"email": email, "role": "service"})
        hashes_n = admin.metric("pf_password_hashes_total")
        postgres.cluster.read_log()
        assert attempt(server, email)[0] == 401
        statements = [name for name in EXECUTED.findall(postgres.cluster.read_log()) if not OF_ITS_OWN.match(name)]
        costs[email] = admin.metric("pf_password_hashes_total") - hashes_n, statements
    assert costs["ada@example.com"] == costs["eve@example.com"] == costs["robot@example.com"]
    hashes_n, statements = costs["ada@example.com"]
    assert hashes_n == 1 and len(statements) == 7, statements


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(server, postgres):
    waits = []
    for _ in range(4):
        attempt(server, "eve@example.com")
    for _ in range(13):
        assert attempt(server, "eve@example.com")[0] == 401
        forget_address(postgres)
        answer = attempt(server, "eve@example.com")
        waits.append(int(answer[1]["retry-after"]))
        problem(answer, 429, "rate_limited")
        age(postgres, waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_the_right_password_must_wait_too(server, postgres):
    ada = register(server, "ada@example.com")
    for _ in range(5):
        assert attempt(server, "ada@example.com")[0] == 401
    problem(attempt(server, "ada@example.com", PASSWORD), 429, "rate_limited")
    assert ada.status("GET", "/auth/me") == 200, "who is in stays in"
    age(postgres, 1)
    login(server, "ada@example.com")
    # And begins anew.
    for _ in range(5):
        assert attempt(server, "ada@example.com")[0] == 401


def test_failures_are_forgotten_after_an_hour(server, postgres):
    for _ in range(5):
        attempt(server, "eve@example.com")
    age(postgres, 3601)
    for _ in range(5):
        assert attempt(server, "eve@example.com")[0] == 401
    assert attempt(server, "eve@example.com")[0] == 429


def test_one_address_is_slowed_down_over_many_accounts(server):
    answers = [attempt(server, f"person{i}@example.com")[0] for i in range(21)]
    assert answers == [401] * 20 + [429]


def test_many_at_once_gain_nothing(server, postgres):
    """An attempt counts before it is judged: a hundred in one instant are no hundred guesses."""
    register(server, "ada@example.com")
    answers = []

    def guess():
        answers.append(attempt(server, "ada@example.com")[0])

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * 5 + [429] * 25


def test_a_session_does_not_help_to_guess_its_password(server):
    ada = register(server, "ada@example.com")
    body = {"current_password": "wrong", "new_password": "swans swim by night"}
    assert [ada.status("POST", "/auth/password", body) for _ in range(6)] == [422] * 5 + [429]
    problem(attempt(server, "ada@example.com", PASSWORD), 429, "rate_limited")


# Takes some seconds to compare with, whatever the server's own cost is.
SLOW_HASH = "$argon2id$v=19$m=65536,t=100,p=1$" + "A" * 22 + "$" + "A" * 43


def test_the_queue_of_passwords_is_bounded(start_server, postgres):
    """While the one thread is busy 64 wait, and not one more."""
    server = start_server(**AUTH_ON)
    operator = enter(server, postgres, "admin")
    add_user(postgres, "slow@example.com", password_hash=SLOW_HASH)
    # Nobody is locked out, so that all come as far as the queue.
    postgres.execute(
        "CREATE FUNCTION test_free() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.locked_until := NULL; RETURN NEW; END; $$"
    )
    postgres.execute(
        "CREATE TRIGGER test_free BEFORE INSERT OR UPDATE ON login_failures FOR EACH ROW EXECUTE FUNCTION test_free()"
    )
    forget_address(postgres)
    answers, slow_answers = [], []
    hashed = operator.metric("pf_password_hashes_total")
    slow = threading.Thread(target=lambda: slow_answers.append(attempt(server, "slow@example.com")))
    slow.start()
    wait_until(lambda: operator.metric("pf_password_hashes_total") > hashed)
    threads = [
        threading.Thread(target=lambda n=number: answers.append(attempt(server, f"person{n}@example.com")))
        for number in range(120)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: operator.metric("pf_passwords_refused_total") == 56)
    assert not slow_answers
    for thread in (slow, *threads):
        thread.join()
    statuses = [answer[0] for answer in answers]
    assert (statuses.count(401), statuses.count(503)) == (64, 56) and slow_answers[0][0] == 401
    assert all(int(headers["retry-after"]) >= 1 for status, headers, _ in answers if status == 503)
    # What was not judged was not counted.
    counted = "SELECT failed_n FROM login_failures WHERE key_hash = sha256('address:127.0.0.1')"
    assert postgres.execute(counted) == [(65,)]


def test_an_ipv6_site_is_one_address(at_one_moment, start_server):
    server = start_server(**AUTH_ON, TRUSTED_PROXIES="127.0.0.1")

    def attempt_from(address, number):
        body = {"email": f"person{number}@example.com", **WRONG}
        return server.request("POST", "/auth/login", json=body, headers={"X-Forwarded-For": address})[0]

    answers = [attempt_from(f"2001:db8:1:2:{i + 1:x}::1", i) for i in range(21)]
    assert answers == [401] * 20 + [429]
    assert attempt_from("2001:db8:1:3::1", 21) == 401


def test_a_stop_does_not_wait_for_the_queue_of_passwords(start_server, postgres):
    server = start_server(**{**AUTH_ON, "PASSWORD_MEMORY_KIB": 262144, "PASSWORD_OPS": 2})
    server.is_judged = False
    answers = []

    def log_in(number):
        try:
            answers.append(attempt(server, f"person{number}@example.com")[0])
        except (OSError, http.client.HTTPException):
            answers.append(None)

    threads = [threading.Thread(target=log_in, args=(number,)) for number in range(19)]
    for thread in threads:
        thread.start()
    attempts = "SELECT count(*) FROM login_failures"
    wait_until(lambda: postgres.execute(attempts) == [(20,)], what="attempts on their way")
    server.stop()  # asserts that it ended by itself, within its time
    for thread in threads:
        thread.join()
    assert set(answers) <= {401, 503, None}


# --- secrets ---


def everything(postgres):
    """The whole database as text."""
    done = subprocess.run(
        [postgres.cluster.program("pg_dump"), "--data-only", "--inserts", postgres.superuser_url],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def test_no_secret_is_in_the_database_or_the_log(start_server, postgres):
    server = start_server(**AUTH_ON, LOG_LEVEL="debug")
    ada = register(server, "ada@example.com")
    secrets = [PASSWORD, ada.tokens["refresh_token"], ada.tokens["access_token"]]
    secrets += [ada.refresh()["refresh_token"], ada.tokens["access_token"]]
    key = ada.json("POST", "/auth/keys", {"name": "robot", "scopes": ["read", "write", "stream"]})["api_key"]
    robot = Caller(server, token=key)
    body = {"customer_id": ada.user["customer_id"], "portfolio_name": "P", "portfolio_type": "IRA"}
    assert robot.status("POST", "/portfolios", body, headers={"Idempotency-Key": "k"}) == 201
    secrets += [key, ada.json("POST", "/auth/ticket")["ticket"], robot.json("POST", "/auth/ticket")["ticket"]]
    assert attempt(server, "ada@example.com", "wrong but a secret")[0] == 401
    # Typed into the wrong field.
    assert attempt(server, "my.secret.of.old@example.com", "x")[0] == 401
    new = "swans swim by night"
    assert ada.status("POST", "/auth/password", {"current_password": PASSWORD, "new_password": new}) == 204
    body = {"name": "E", "email": "x", "password": "secretly short"}
    assert server.request("POST", "/auth/register", json=body)[0] == 422
    admin = enter(server, postgres, "admin")
    admin.json("POST", "/users", {"email": "b@example.com", "role": "service", "password": "otters own the river"})
    secrets += [new, "wrong but a secret", "my.secret.of.old", "secretly short", "otters own the river"]
    assert server.request("POST", "/auth/refresh", json={"refresh_token": secrets[1]})[0] == 401
    dump, log = everything(postgres), server.log
    assert "ada@example.com" in dump and "robot" in dump
    for secret in secrets:
        assert secret not in dump and secret not in log, secret
        # Nor a part of it that would be enough.
        assert secret[-20:] not in dump and secret[-20:] not in log
    # Nor a quick hash of a request with a password in it.
    assert dump.count("INSERT INTO public.idempotency_keys") == 1
    for row in postgres.execute("SELECT password_hash FROM users"):
        assert row[0].startswith("$argon2id$")
        assert row[0] not in log


def test_a_password_hash_is_not_in_the_audit_log(server, postgres):
    register(server, "ada@example.com")
    (stored,) = postgres.execute("SELECT password_hash FROM users")[0]
    audit = postgres.execute("SELECT string_agg(a::text, '') FROM audit_log a")[0][0]
    assert stored not in audit and "argon2id" not in audit
    tokens = postgres.execute("SELECT encode(token_hash, 'hex') FROM refresh_tokens")
    assert all(row[0] not in audit for row in tokens)


def test_logins_are_in_the_audit_log(server, postgres):
    ada = register(server, "ada@example.com")
    attempt(server, "ADA@example.com")
    login(server, "ada@example.com")
    refresh = {"refresh_token": ada.tokens["refresh_token"]}
    ada.refresh()
    assert server.request("POST", "/auth/refresh", json=refresh)[0] == 401
    rows = postgres.execute(
        "SELECT action, entity, actor, peer, entity_id FROM audit_log WHERE action LIKE 'login%'"
        " OR action = 'refresh_reused' OR (entity = 'sessions' AND action = 'insert') ORDER BY audit_id"
    )
    assert [row[:2] for row in rows] == [
        ("insert", "sessions"),
        ("login_failed", "users"),
        ("insert", "sessions"),
        ("login", "users"),
        ("refresh_reused", "sessions"),
    ]
    assert {row[3] for row in rows} == {"127.0.0.1"}
    assert rows[0][2] == rows[2][2] == rows[3][2] == ada.user["email"]
    assert rows[1][4] == ada.user["user_id"], "whose account it was"
    assert (rows[3][4], rows[4][4]) == (ada.user["user_id"], ada.tokens["session_id"])


def test_the_audit_log_says_which_account_is_attacked(server, postgres):
    """And nothing of what was typed where nobody's address should be: it may be a password."""
    ada, eve = register(server, "ada@example.com"), register(server, "eve@example.com")
    postgres.execute("UPDATE users SET is_disabled = true WHERE user_id = %s", eve.user["user_id"])
    typed = "my-own-secret@example.com"
    for email in ("ada@example.com", "eve@example.com", typed):
        assert attempt(server, email)[0] == 401
    wrong = ada.request("POST", "/auth/password", json={"current_password": "not this one", "new_password": "x7 otters own the river"})
    assert wrong[0] == 422
    rows = postgres.execute("SELECT entity_id, after FROM audit_log WHERE action = 'login_failed' ORDER BY audit_id")
    assert rows == [
        (ada.user["user_id"], {"account": "known"}),
        (eve.user["user_id"], {"account": "disabled"}),
        (None, {"account": "unknown"}),
        (ada.user["user_id"], {"account": "known"}),
    ]
    whole = postgres.execute("SELECT string_agg(a::text, '') FROM audit_log a")[0][0]
    assert "my-own-secret" not in whole and hash_hex(typed) not in whole
