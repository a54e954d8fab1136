"""A signing key that is removed ends what it signed, on every instance, without a signal: REST, streams, tickets."""

import os
import signal
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from support import accounts, ways_in
from support.identity import CallerApi, Identities, wait_for_status
from support.server import run_program
from support.waiting import wait_until
from support.websocket import Closed


class Keys:
    """KEY_DIR of two instances."""

    def __init__(self, start_server, postgres, directory):
        self.directory, self.postgres = directory, postgres
        self.identities = Identities(postgres)
        self.command("add")
        settings = {"AUTH": "on", "KEY_DIR": directory, "HEARTBEAT_MS": 300, "LOOPS": 2}
        self.servers = [start_server(**settings), start_server(**settings)]
        self.user = self.identities.user(self.identities.customer())

    def command(self, *arguments):
        done = run_program("key", *arguments, settings={"KEY_DIR": self.directory})
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def files(self):
        return sorted(self.directory.glob("*.pem"))

    def published(self, server):
        return [key["kid"] for key in server.json("GET", "/.well-known/jwks.json")["keys"]]

    def token(self, file, session_id):
        """Signed by the key of that file."""
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        kid = next(line.split()[3] for line in self.listed() if line.split()[0] == file.name)
        now = int(time.time())
        claims = {"iss": "portfoliod", "aud": "portfolio", "sub": self.user.user_id, "sid": session_id, "jti": "t",
                  "iat": now - 5, "nbf": now - 5, "exp": now + 600}  # fmt: skip
        return jwt.encode(claims, key, "ES256", headers={"kid": kid})

    def listed(self):
        return run_program("key", "list", settings={"KEY_DIR": self.directory}).stdout.splitlines()


@pytest.fixture(name="keys")
def two_instances(start_server, postgres, tmp_path):
    return Keys(start_server, postgres, tmp_path / "keys")


def expect_void(client):
    client.expect("closing", code=4401)
    with pytest.raises(Closed) as ended:
        client.recv()
    assert ended.value.code == 4401


def test_what_it_signed_ends_and_nothing_else(keys, connect):
    (old_file,) = keys.files()
    (new_name,) = keys.command("add")
    session_id = accounts.add_session(keys.postgres, keys.user.user_id)
    for server in keys.servers:
        wait_until(lambda it=server: len(keys.published(it)) == 2, what="the new key, without a signal")
    old, new = keys.token(old_file, session_id), keys.token(keys.directory / new_name, session_id)
    machine = keys.user.key().text
    ending, staying, tickets = [], [], []
    for server in keys.servers:
        for token, into in ((old, ending), (new, staying), (machine, staying)):
            api = CallerApi(server, token)
            assert api.request("GET", "/auth/me")[0] == 200
            into += [ways_in.WAYS[way](connect, server, token) for way in ways_in.WAYS]
            ticket = api.json("POST", "/auth/ticket")["ticket"]
            into.append(ways_in.with_ticket(connect, server, ticket))
        tickets.append(CallerApi(server, old).json("POST", "/auth/ticket")["ticket"])
    # Over to the new key within one connection: it does not end with the old one.
    changed = ways_in.with_header(connect, keys.servers[0], old)
    changed.send({"type": "auth", "id": "new", "token": new})
    changed.expect("authenticated", id="new")
    staying.append(changed)
    keys.command("remove", old_file.name)
    for client in ending:
        expect_void(client)
    for server, ticket in zip(keys.servers, tickets):
        wait_for_status(CallerApi(server, old), "/auth/me", 401)
        assert ways_in.refused(server, f"ticket={ticket}")[0] == 401
        assert CallerApi(server, new).request("GET", "/auth/me")[0] == 200
        assert CallerApi(server, machine).request("GET", "/auth/me")[0] == 200
    for client in staying:
        client.barrier()


def test_a_removal_by_hand_and_a_signal_does_not_wait(keys):
    (old_file,) = keys.files()
    keys.command("add")
    server = keys.servers[0]
    wait_until(lambda: len(keys.published(server)) == 2, what="the new key")
    session_id = accounts.add_session(keys.postgres, keys.user.user_id)
    token = keys.token(old_file, session_id)
    assert CallerApi(server, token).request("GET", "/auth/me")[0] == 200
    old_file.unlink()
    os.kill(server.pid, signal.SIGHUP)
    wait_until(lambda: len(keys.published(server)) == 1, what="the removal")
    # What verified it is gone, and so is what was kept of it.
    assert CallerApi(server, token).request("GET", "/auth/me")[0] == 401


def test_a_directory_that_cannot_be_read_ends_nothing(keys):
    server = keys.servers[0]
    known = keys.published(server)
    away = keys.directory.with_name("away")
    keys.directory.rename(away)
    assert server.wait_for_log("keys.watch_failed")["level"] == "warn"
    assert keys.published(server) == known
    away.rename(keys.directory)
    server.wait_for_log("keys.reloaded")
    assert keys.published(server) == known
