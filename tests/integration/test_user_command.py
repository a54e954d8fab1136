"""`portfoliod user` and `portfoliod token`: users from the command line."""

import os
import pty
import subprocess

import pytest

from support.accounts import add_customer, add_user
from support.callers import AUTH_ON, PASSWORD, Caller, enter, login, register
from support.rest import UNKNOWN
from support.server import binary_path, program_environment, run_program
from support.waiting import wait_until

CHEAP = {"PASSWORD_OPS": 1, "PASSWORD_MEMORY_KIB": 64}


@pytest.fixture
def user(postgres, portfoliod):
    def run(*arguments, password=None, expect=0, **settings):
        done = run_program(
            "user",
            *arguments,
            stdin=None if password is None else password + "\n",
            settings={"DATABASE_URL": postgres.url, **CHEAP, **settings},
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout if expect == 0 else done.stderr

    return run


@pytest.fixture
def keys(tmp_path):
    return {"KEY_DIR": str(tmp_path / "keys")}


def roles(postgres):
    return dict(postgres.execute("SELECT email, role FROM users"))


def test_an_added_administrator_logs_in(user, start_server, postgres):
    line = user("add", "root@example.com", "--role", "admin", password=PASSWORD)
    assert line.split()[1:] == ["admin", "-", "root@example.com"]
    assert PASSWORD not in line
    server = start_server(**AUTH_ON)
    assert login(server, "root@example.com").json("GET", "/users")["items"][0]["user_id"] == line.split()[0]


def test_a_user_gets_a_new_customer_or_one_that_is_there(user, postgres):
    user("add", "ada@example.com", "--role", "user", "--name", "Ada Lovelace", password=PASSWORD)
    customer_id = add_customer(postgres, "bob@example.com")
    line = user("add", "b@example.com", "--role=user", f"--customer={customer_id}", password=PASSWORD)
    assert line.split()[2] == customer_id
    assert postgres.execute(
        "SELECT c.name FROM users u JOIN customers c USING (customer_id) WHERE u.email = 'ada@example.com'"
    ) == [("Ada Lovelace",)]


@pytest.mark.parametrize(
    "arguments, password, reason",
    [
        (["add", "x@example.com", "--role", "user"], PASSWORD, "a user needs a customer"),
        (["add", "x@example.com", "--role", "admin", "--name", "X"], PASSWORD, "a user needs a customer"),
        (["add", "x@example.com", "--role", "user", "--customer", UNKNOWN], PASSWORD, "no such customer"),
        (["add", "x@example.com", "--role", "user", "--customer", "x"], PASSWORD, "no customer's id"),
        (["add", "ROOT@example.com", "--role", "admin"], PASSWORD, "this e-mail address already"),
        (["add", "x@example.com", "--role", "admin"], "password123", "too easy to guess"),
        (["add", "x@example.com", "--role", "admin"], "", "one line of 1 to 256 bytes"),
        (["add", "x@example.com", "--role", "admin"], "x" * 300, "one line of 1 to 256 bytes"),
        (["set", "nobody@example.com", "--role", "admin"], "", "nobody has this"),
        (["disable", "root@example.com"], "", "the last administrator"),
        (["set", "root@example.com", "--role", "service"], "", "the last administrator"),
        (["assign", "root@example.com", UNKNOWN], "", "no such customer"),
    ],
)
def test_what_cannot_be_is_refused(user, postgres, arguments, password, reason):
    add_user(postgres, "root@example.com", "admin")
    assert reason in user(*arguments, password=password, expect=1)
    assert roles(postgres) == {"root@example.com": "admin"}
    assert postgres.execute("SELECT count(*) FROM customers") == [(0,)]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["remove", "x@example.com"],
        ["add"],
        ["add", "x@example.com"],
        ["add", "x", "--role", "admin"],
        ["add", "x@example.com", "--role", "root"],
        ["add", "x@example.com", "--role"],
        ["add", "x@example.com", "--role", "admin", PASSWORD],
        ["add", "x@example.com", "--role", "user", "--customer", UNKNOWN, "--name", "X"],
        ["add", "x@example.com", "--role", "admin", "--password=secret"],
        ["set", "x@example.com", "--email", "y"],
        ["assign", "x@example.com"],
        ["list", "x@example.com"],
    ],
)
def test_wrong_usage(user, arguments, postgres):
    assert "usage: portfoliod user" in user(*arguments, password=PASSWORD, expect=2)
    assert roles(postgres) == {}


def test_a_password_is_typed_twice_and_not_shown(postgres, portfoliod):
    def typed(*lines):
        main, other = pty.openpty()
        process = subprocess.Popen(
            [binary_path(), "user", "add", "root@example.com", "--role", "admin"],
            stdin=other,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=program_environment({"DATABASE_URL": postgres.url, **CHEAP}),
        )
        os.close(other)
        seen = b""
        for line, prompt in zip(lines, (b"Password: ", b"The same again: ")):
            while not seen.endswith(prompt):
                seen += process.stderr.read(1)
            os.write(main, line.encode() + b"\n")
        out, err = process.communicate(timeout=30)
        os.set_blocking(main, False)
        try:
            echoed = os.read(main, 4096)
        except OSError:
            echoed = b""
        os.close(main)
        return process.returncode, out.decode(), (seen + err).decode(), echoed

    code, _, err, _ = typed(PASSWORD, PASSWORD + "x")
    assert code == 1 and "not the same" in err and roles(postgres) == {}
    code, out, err, echoed = typed(PASSWORD, PASSWORD)
    assert code == 0 and "root@example.com" in out
    assert PASSWORD.encode() not in echoed and PASSWORD not in out + err


def test_users_are_listed(user, postgres):
    add_user(postgres, "root@example.com", "admin", password_hash="x")
    add_user(postgres, "a@example.com", "advisor", is_disabled=True)
    add_user(postgres, "b@example.com", "advisor", issuer="https://id.example.com", subject="1")
    postgres.execute(
        "INSERT INTO users (email, role) SELECT 'robot' || n || '@example.com', 'service' FROM generate_series(1, 2500) n"
    )
    lines = [line.split()[1:] for line in user("list").splitlines()]
    assert len(lines) == 2503 and len({line[2] for line in lines}) == 2503
    assert ["admin", "-", "root@example.com"] in lines
    assert ["advisor", "-", "a@example.com", "disabled", "no-password"] in lines
    assert ["advisor", "-", "b@example.com", "outside"] in lines
    assert len(user("list", "--role", "advisor").splitlines()) == 2
    assert len(user("list", "--email", "ROBOT25").splitlines()) == 12


def test_running_servers_notice(user, start_server, postgres):
    server = start_server(**AUTH_ON)
    enter(server, postgres, "admin")
    ada = register(server, "ada@example.com")
    adviser = enter(server, postgres, "advisor", "adviser@example.com")
    path = f"/customers/{ada.user['customer_id']}"
    assert adviser.status("GET", path) == 404
    user("assign", "adviser@example.com", ada.user["customer_id"])
    wait_until(lambda: adviser.status("GET", path) == 200, what="the assignment")
    user("unassign", "adviser@example.com", ada.user["customer_id"])
    wait_until(lambda: adviser.status("GET", path) == 404, what="its end")
    assert "was not assigned" in user("unassign", "adviser@example.com", ada.user["customer_id"], expect=1)
    assert user("disable", "ada@example.com").split()[-1] == "disabled"
    wait_until(lambda: ada.status("GET", "/auth/me") == 401, what="the end of the session")
    user("enable", "ada@example.com")
    user("set", "ada@example.com", "--email", "countess@example.com", "--password", password="swans swim by night")
    login(server, "countess@example.com", "swans swim by night")


def test_a_change_leaves_the_rest(user, postgres):
    add_user(postgres, "root@example.com", "admin")
    user("add", "ada@example.com", "--role", "user", "--name", "Ada", password=PASSWORD)
    columns = "SELECT customer_id, password_hash, email, role FROM users WHERE email LIKE 'ada%%'"
    before = postgres.execute(columns)[0]
    user("set", "ada@example.com", "--email", "ada2@example.com")
    assert postgres.execute(columns)[0] == (*before[:2], "ada2@example.com", "user")
    user("set", "ada2@example.com", "--role", "service")
    assert postgres.execute(columns)[0] == (None, before[1], "ada2@example.com", "service")


def test_the_audit_log_says_who_it_was(user, postgres):
    user("add", "root@example.com", "--role", "admin", "--no-password")
    assert postgres.execute("SELECT actor, action FROM audit_log WHERE entity = 'users'") == [
        ("portfoliod user", "insert")
    ]


# --- token ---


def token(postgres, *arguments, expect=0, **settings):
    done = run_program("token", *arguments, settings={"DATABASE_URL": postgres.url, **settings})
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout.strip() if expect == 0 else done.stderr


def test_a_token_is_good_where_the_key_is(start_server, postgres, keys):
    add_user(postgres, "root@example.com", "admin")
    server = start_server(**AUTH_ON, **keys)
    root = Caller(server, token=token(postgres, "ROOT@example.com", **keys))
    me = root.json("GET", "/auth/me")
    assert (me["role"], me["credential"]) == ("admin", "session")
    (session,) = root.json("GET", "/auth/sessions")["items"]
    assert session["user_agent"] == "portfoliod token"
    assert root.status("POST", "/auth/logout") == 204 and root.status("GET", "/auth/me") == 401


def test_a_token_by_a_secret(start_server, postgres):
    add_user(postgres, "root@example.com", "admin")
    secret = {"JWT_HS256_SECRET": "0123456789abcdef0123456789abcdef"}
    server = start_server(**AUTH_ON, **secret)
    assert Caller(server, token=token(postgres, "root@example.com", **secret)).status("GET", "/users") == 200


def test_a_token_that_nobody_would_take_is_not_made(postgres, keys):
    add_user(postgres, "root@example.com", "admin", is_disabled=True)
    assert "KEY_DIR" in token(postgres, "root@example.com", expect=1)
    assert "disabled" in token(postgres, "root@example.com", expect=1, **keys)
    assert "nobody has" in token(postgres, "eve@example.com", expect=1, **keys)
    for arguments in ([], ["a@example.com", "b@example.com"], ["--all"]):
        assert "usage: portfoliod token" in token(postgres, *arguments, expect=2, **keys)
    assert postgres.execute("SELECT count(*) FROM sessions") == [(0,)]


def test_secrets_from_files_are_given_back(postgres, tmp_path):
    """What was read from files is overwritten and freed: the leak checker, which runs here, would tell."""
    add_user(postgres, "root@example.com", "admin")
    (tmp_path / "url").write_text(postgres.url)
    (tmp_path / "secret").write_text("0123456789abcdef0123456789abcdef")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    files = {"DATABASE_URL_FILE": tmp_path / "url", "JWT_HS256_SECRET_FILE": tmp_path / "secret"}
    for arguments, expected in (
        (["user", "list"], 0),
        (["user", "add", "ada@example.com", "--role", "nobody"], 2),
        (["user", "disable", "eve@example.com"], 1),
        (["token", "root@example.com"], 0),
        (["token", "eve@example.com"], 1),
        (["token"], 2),
    ):
        done = run_program(*arguments, settings=files)
        assert done.returncode == expected, (arguments, done.stderr)


def test_help_tells(portfoliod):
    for command in ("user", "token"):
        done = run_program(command, "--help")
        assert done.returncode == 0 and f"usage: portfoliod {command}" in done.stdout
        assert f"\n  {command} " in run_program("help").stdout
