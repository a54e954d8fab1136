"""What the process may do: dropped root, no new rights, no core dumps; the unit that systemd runs it by."""

import os
import pwd
import re
import resource
import shutil
import subprocess

import pytest

from support.process import ROOT
from support.server import run_program
from support.ports import free_port

UNIT = os.path.join(ROOT, "deploy", "systemd", "portfoliod.service")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop root")


def status_of(pid, task=None):
    path = f"/proc/{pid}/task/{task}/status" if task else f"/proc/{pid}/status"
    with open(path, encoding="ascii") as file:
        return {name: value.split() for name, _, value in (line.partition(":") for line in file)}


@pytest.fixture(autouse=True)
def reachable(postgres_cluster):
    """Whoever the server becomes may reach the socket of PostgreSQL."""
    make_passable(postgres_cluster.socket_directory)


def make_passable(path):
    """Everybody may go through it, and what is above it."""
    while path != os.path.dirname(path):
        mode = os.stat(path).st_mode
        if not mode & 0o001:
            os.chmod(path, mode | 0o011)
        path = os.path.dirname(path)


@needs_root
def test_root_is_dropped_in_every_thread(start_server, authority, postgres_cluster):
    user = pwd.getpwnam("nobody")
    certificate = authority.issue()
    # The search for leaks cannot look into a process that has changed its user.
    server = start_server(
        DROP_USER="nobody",
        LOOPS=2,
        TLS_PORT=free_port(),
        ASAN_OPTIONS="detect_leaks=0",
        **certificate.settings,
    )
    assert server.create_portfolio()
    server.wait_for_log("process.dropped_root")
    threads = os.listdir(f"/proc/{server.pid}/task")
    assert len(threads) > 5
    for task in threads:
        status = status_of(server.pid, task)
        assert status["Uid"] == [str(user.pw_uid)] * 4
        assert status["Gid"] == [str(user.pw_gid)] * 4
        assert "0" not in status.get("Groups", [])
        assert status["CapEff"] == status["CapPrm"] == status["CapAmb"] == ["0000000000000000"]
        assert status["NoNewPrivs"] == ["1"]


# The search for leaks cannot look into a process that has changed its user.
DROPPED = {"DROP_USER": "nobody", "ASAN_OPTIONS": "detect_leaks=0"}


@needs_root
def test_the_database_never_sees_root(start_server, postgres):
    """Without a name in DATABASE_URL it is the process' user: what peer authentication looks at."""
    roles = ("root", "nobody")
    for role in roles:
        postgres.cluster.execute(f"CREATE ROLE {role} LOGIN SUPERUSER")
    try:
        postgres.cluster.execute("ALTER SYSTEM SET log_connections = on")
        postgres.cluster.execute("SELECT pg_reload_conf()")
        url = re.sub(r"//[^/@]*@", "//", postgres.url)
        postgres.cluster.read_log()
        server = start_server(DATABASE_URL=url, WORKERS=8, **DROPPED)
        assert server.create_portfolio()
        seen = postgres.cluster.execute(
            "SELECT DISTINCT usename::text FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",  # autovacuum's have no user
            postgres.name,
        )
        assert seen == [("nobody",)]
        log = postgres.cluster.read_log()
        assert f"user=nobody database={postgres.name}" in log and "user=root" not in log
        server.stop()
    finally:
        postgres.cluster.execute("ALTER SYSTEM RESET log_connections")
        postgres.cluster.execute("SELECT pg_reload_conf()")
        for role in roles:
            postgres.cluster.execute(f"DROP OWNED BY {role}")
            postgres.cluster.execute(f"DROP ROLE {role}")


@needs_root
def test_keys_are_the_users_from_the_start(start_server, tmp_path):
    """A key made by root, as root's, could not be read any more on SIGHUP."""
    user = pwd.getpwnam("nobody")
    home = tmp_path / "state"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    make_passable(str(home))
    keys = home / "keys"
    server = start_server(KEY_DIR=keys, **DROPPED)
    (file,) = keys.iterdir()
    assert file.stat().st_uid == keys.stat().st_uid == user.pw_uid
    server.hang_up()
    server.wait_for_log("keys.reloaded")
    # What it will not be able to read again stops the start.
    os.chown(file, 0, 0)
    done = run_program("serve", settings={**server.settings, "PORT": 0})
    assert done.returncode != 0 and "KEY_DIR" in done.stderr and "Permission denied" in done.stderr
    server.hang_up()
    event = server.wait_for_log("keys.reload_failed")
    assert event["level"] == "error" and file.name in event["reason"] and "Permission denied" in event["reason"]


@needs_root
def test_a_certificate_that_only_root_can_read_again(start_server, authority):
    """Read at the start by root; on SIGHUP it cannot be: that is told, and the old one stays."""
    certificate = authority.issue()
    server = start_server(tls=authority.client(), **DROPPED, **certificate.settings)
    authority.issue().copy_to(certificate)
    os.chmod(certificate.key, 0o600)
    server.hang_up()
    event = server.wait_for_log("tls.reload_failed")
    assert event["level"] == "error" and "Permission denied" in event["reason"]
    assert server.request("GET", "/nothing")[0] == 404


@needs_root
def test_root_without_a_user_to_become_is_warned_of(server):
    event = server.wait_for_log("process.is_root")
    assert event["level"] == "warn"


def test_users_that_will_not_do():
    for user in ("no-such-user", "root"):
        for command in ("serve", "check-config"):
            settings = {"DROP_USER": user, "DATABASE_URL": "dbname=x", "AUTH": "off", "PORT": 0}
            done = run_program(command, settings=settings)
            assert done.returncode != 0 and f"DROP_USER {user}" in done.stderr


@pytest.mark.parametrize("wanted", [0, 1])
def test_core_dumps(start_server, wanted):
    old = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (old[1], old[1]))
    try:
        server = start_server(CORE_DUMPS=wanted)
        soft, hard = resource.prlimit(server.pid, resource.RLIMIT_CORE)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, old)
    assert hard == (old[1] if wanted else 0)
    assert wanted or soft == 0
    assert status_of(server.pid)["NoNewPrivs"] == ["1"]


# --- systemd ---

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")


def unit_copy(tmp_path):
    """With programs that are there: verify looks for them."""
    with open(UNIT, encoding="utf-8") as file:
        text = file.read()
    path = tmp_path / "portfoliod.service"
    path.write_text(text.replace("/usr/bin/portfoliod", "/bin/true"))
    return str(path)


@needs_systemd
def test_the_unit_is_valid(tmp_path):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit_copy(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0 and "portfoliod.service" not in done.stderr, done.stderr


@needs_systemd
def test_the_unit_is_closed(tmp_path):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", unit_copy(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_the_unit_names_only_settings_that_there_are():
    known = run_program("serve", "--help").stdout
    with open(UNIT, encoding="utf-8") as file:
        for line in file:
            if line.startswith("Environment="):
                name = line.partition("=")[2].partition("=")[0]
                assert name in known, name
