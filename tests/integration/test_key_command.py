"""portfoliod key: the files it makes, what it refuses to remove, and a change of keys that refuses nobody."""

import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.server import run_program
from support.waiting import wait_until


@pytest.fixture
def key(tmp_path):
    directory = tmp_path / "keys"

    def run(*arguments, code=0):
        done = run_program("key", *arguments, settings={"KEY_DIR": directory})
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout.splitlines() if code == 0 else done.stderr

    run.directory = directory
    return run


def rows(key):
    return [line.split("  ") for line in key("list")]


def test_a_new_key_signs_and_the_old_one_goes(key):
    (first,) = key("add")
    path = key.directory / first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert isinstance(serialization.load_pem_private_key(path.read_bytes(), None).curve, ec.SECP256R1)
    assert "only one" in key("remove", first, code=1)
    (second,) = key("add")
    assert first < second
    assert [(row[0], row[1], row[2], row[4]) for row in rows(key)] == [
        (first, "ES256", "256", "verifies"),
        (second, "ES256", "256", "signs"),
    ]
    kid = rows(key)[0][3]
    key("remove", kid)
    assert [row[0] for row in rows(key)] == [second]
    assert sorted(os.listdir(key.directory)) == [second], "nothing is left lying about"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files for others")
def test_what_root_makes_is_of_whom_the_directory_is(key):
    """The server that runs as somebody else reads it on SIGHUP."""
    key("add")
    os.chown(key.directory, 65534, 65534)
    for flags in ((), ("--standby",)):
        (name,) = key("add", *flags)
        about = (key.directory / name).stat()
        assert (about.st_uid, about.st_gid, stat.S_IMODE(about.st_mode)) == (65534, 65534, 0o600)


def test_a_standby_key_verifies_until_it_is_used(key):
    (first,) = key("add")
    (standby,) = key("add", "--standby")
    assert [(row[0], row[4]) for row in rows(key)] == [(standby, "verifies"), (first, "signs")]
    kid = rows(key)[0][3]
    (used,) = key("use", standby)
    assert [(row[0], row[3], row[4]) for row in rows(key)][1] == (used, kid, "signs")
    assert stat.S_IMODE((key.directory / used).stat().st_mode) == 0o600
    key("remove", first)
    assert [row[0] for row in rows(key)] == [used]


def test_a_public_key_cannot_sign(key):
    (first,) = key("add")
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    (key.directory / "zz.pem").write_bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert [(row[0], row[4]) for row in rows(key)] == [(first, "signs"), ("zz.pem", "verifies (public)")]
    assert "no private part" in key("use", "zz.pem", code=1)
    assert "only one" in key("remove", first, code=1)
    key("remove", "zz.pem")


@pytest.mark.parametrize("name", ["nothing.pem", "../keys/a.pem", "", "/etc/passwd", "."])
def test_what_is_not_there_is_not_removed(key, name):
    key("add")
    key("add")
    before = sorted(os.listdir(key.directory))
    assert "no such key" in key("remove", name, code=1)
    assert "no such key" in key("use", name, code=1)
    assert sorted(os.listdir(key.directory)) == before


@pytest.mark.parametrize(
    "arguments",
    [[], ["ad"], ["add", "x"], ["list", "x"], ["remove"], ["use"], ["list", "--standby"], ["add", "--soon"],
     ["remove", "a", "b"], ["add", "--key-dir"]],
)
def test_a_wrong_call_is_2(key, arguments):
    assert "Usage" in key(*arguments, code=2)


def test_without_a_directory_it_asks_which():
    done = run_program("key", "list")
    assert done.returncode == 2 and "KEY_DIR" in done.stderr
    assert run_program("key", "--help").stdout.startswith("Usage")


def test_two_servers_change_keys_together(key, start_server):
    servers = []
    key("add")
    for _ in range(2):
        servers.append(start_server(KEY_DIR=key.directory))
    old = rows(key)[0][3]

    def state(server):
        kids = [jwk["kid"] for jwk in server.json("GET", "/.well-known/jwks.json")["keys"]]
        return ([None] + [event["kid"] for event in server.log_events("keys.reloaded")])[-1], set(kids)

    def all_are(signer, kids):
        """Without a signal."""
        for server in servers:
            wait_until(lambda it=server: state(it) == (signer, kids), what=lambda it=server: f"{kids}, not {state(it)}")

    (standby,) = key("add", "--standby")
    new = next(row[3] for row in rows(key) if row[0] == standby)
    all_are(old, {old, new})
    key("use", standby)
    all_are(new, {old, new})
    key("remove", old)
    all_are(new, {new})
