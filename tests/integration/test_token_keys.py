"""KEY_DIR: what the server makes of it, publishes, takes up on SIGHUP, and refuses to start with."""

import os
import signal
import stat

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from support.server import run_program
from support.waiting import wait_until


def write_key(path, key, mode=0o600):
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path.chmod(mode)
    return path


def jwks(server):
    return server.json("GET", "/.well-known/jwks.json", expect=200)["keys"]


@pytest.fixture
def key_dir(tmp_path):
    path = tmp_path / "keys"
    path.mkdir(mode=0o700)
    return path


def test_the_first_start_makes_a_key_and_the_next_finds_it(start_server, tmp_path):
    directory = tmp_path / "made"
    server = start_server(KEY_DIR=directory)
    files = list(directory.iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    (key,) = jwks(server)
    assert key["alg"] == "ES256" and key["kty"] == "EC" and "d" not in key
    loaded = serialization.load_pem_private_key(files[0].read_bytes(), None)
    assert jwt.PyJWK(key).key.public_numbers() == loaded.public_key().public_numbers()
    second = start_server(KEY_DIR=directory)
    assert jwks(second) == [key]
    server.restart()
    assert jwks(server) == [key]
    assert not server.log_events("keys.in_memory")


def test_without_a_directory_the_key_ends_with_the_process(start_server):
    server = start_server(KEY_DIR=None)
    (key,) = jwks(server)
    assert server.log_events("keys.in_memory")[0]["level"] == "warn"
    server.restart()
    assert jwks(server)[0]["kid"] != key["kid"]


def test_the_set_may_be_kept_while_its_keys_stay(start_server, key_dir):
    """A key on disk is published before it is used; one in memory is gone with the process."""
    for settings, expected in (({"KEY_DIR": key_dir}, "public, max-age=300"), ({"KEY_DIR": None}, "no-store")):
        server = start_server(**settings)
        assert server.request("GET", "/.well-known/jwks.json")[1]["cache-control"] == expected
        assert server.request("POST", "/.well-known/jwks.json")[1]["cache-control"] == "no-store"


def test_sighup_takes_up_new_keys_and_drops_removed_ones(start_server, key_dir, connect):
    old = write_key(key_dir / "a.pem", ec.generate_private_key(ec.SECP256R1()))
    server = start_server(KEY_DIR=key_dir)
    client = connect(server)
    client.subscribe(server.create_portfolio())
    (first,) = jwks(server)
    write_key(key_dir / "b.pem", rsa.generate_private_key(65537, 2048))
    os.kill(server.pid, signal.SIGHUP)
    wait_until(lambda: len(jwks(server)) == 2, what="the second key")
    both = jwks(server)
    assert both[0] == first and both[1]["alg"] == "RS256"
    assert server.wait_for_log("keys.reloaded")["kid"] == both[1]["kid"]
    old.unlink()
    os.kill(server.pid, signal.SIGHUP)
    wait_until(lambda: jwks(server) == both[1:], what="the end of the first key")
    client.barrier()  # nobody's connection noticed


def test_what_cannot_be_read_changes_nothing(start_server, key_dir):
    write_key(key_dir / "a.pem", ec.generate_private_key(ec.SECP256R1()))
    server = start_server(KEY_DIR=key_dir)
    keys = jwks(server)
    broken = key_dir / "b.pem"
    broken.write_text("no key")
    os.kill(server.pid, signal.SIGHUP)
    event = server.wait_for_log("keys.reload_failed")
    assert event["level"] == "error" and "b.pem" in event["reason"]
    assert jwks(server) == keys
    broken.unlink()
    (key_dir / "a.pem").chmod(0o644)
    os.kill(server.pid, signal.SIGHUP)
    wait_until(
        lambda: any("chmod 600" in event["reason"] for event in server.log_events("keys.reload_failed")),
        what="what is wrong with the mode",
    )
    assert jwks(server) == keys
    (key_dir / "a.pem").chmod(0o600)
    os.kill(server.pid, signal.SIGHUP)
    server.wait_for_log("keys.reloaded")
    assert jwks(server) == keys


def test_a_shared_secret_is_not_published(start_server, key_dir):
    write_key(key_dir / "a.pem", ec.generate_private_key(ec.SECP256R1()))
    secret = "a secret of thirty-two bytes or so"
    server = start_server(KEY_DIR=key_dir, JWT_HS256_SECRET=secret)
    assert jwks(server) == []
    assert server.log_events("keys.read")[0]["algorithm"] == "HS256"
    assert secret not in server.log


@pytest.mark.parametrize(
    "settings, named",
    [
        ({"JWT_HS256_SECRET": "short"}, "JWT_HS256_SECRET"),
        ({"JWT_ISSUER": "x" * 300}, "JWT_ISSUER"),
        ({"JWKS_URL": "http://login.example/keys", "ISSUER": "i", "AUDIENCE": "a"}, "JWKS_URL"),
        ({"JWKS_URL": "https://login.example/keys"}, "ISSUER"),
        ({"ISSUER": "i"}, "JWKS_URL"),
        ({"JWKS_URL": "https://login.example/keys", "ISSUER": "portfoliod", "AUDIENCE": "a"}, "JWT_ISSUER"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, named):
    for command in ("check-config", "serve"):
        done = run_program(command, settings={"AUTH": "off", "PORT": 0, **settings})
        assert done.returncode == 1 and named in done.stderr, done.stderr
    assert "short" not in done.stderr


def test_keys_that_are_refused_stop_the_start(key_dir):
    path = write_key(key_dir / "a.pem", ec.generate_private_key(ec.SECP256R1()), mode=0o640)
    for command in ("check-config", "serve"):
        done = run_program(command, settings={"AUTH": "off", "PORT": 0, "KEY_DIR": key_dir})
        assert done.returncode == 1 and "a.pem" in done.stderr and "KEY_DIR" in done.stderr
    path.chmod(0o600)
    assert run_program("check-config", settings={"KEY_DIR": key_dir}).returncode == 0
    path.unlink()
    assert run_program("check-config", settings={"KEY_DIR": key_dir}).returncode == 0
    assert list(key_dir.iterdir()) == [], "a check makes no key"
