"""Users, sessions, keys and tickets in a test's database, written with plain SQL;
and what tests/support/identity_reader.c reads of them, with the server's functions."""

import hashlib
import os
import subprocess

from support.server import binary_path

ALL_SCOPES = ["administer", "operate", "prices", "read", "stream", "write"]
SECRET_HASH = "decode(%s, 'hex')"


def hash_hex(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


def add_customer(database, email):
    return database.execute(
        "INSERT INTO customers (name, email) VALUES ('Ada', %s) RETURNING customer_id::text", email
    )[0][0]


def add_user(database, email, role="user", customer_id=None, **columns):
    """A user of the role `user` gets a customer of its own, unless it is given one."""
    if role == "user" and customer_id is None:
        customer_id = add_customer(database, email)
    columns = {"email": email, "role": role, "customer_id": customer_id, **columns}
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    return database.execute(
        f"INSERT INTO users ({names}) VALUES ({places}) RETURNING user_id::text", *columns.values()
    )[0][0]


def add_session(database, user_id, expires="1 hour"):
    return database.execute(
        "INSERT INTO sessions (user_id, expires_at) VALUES (%s, now() + %s::interval) RETURNING session_id::text",
        user_id,
        expires,
    )[0][0]


def add_key(database, user_id, secret, scopes=("read",), expires=None):
    return database.execute(
        "INSERT INTO api_keys (user_id, name, secret_hash, scopes, expires_at)"
        f" VALUES (%s, 'robot', {SECRET_HASH}, %s, now() + %s::interval) RETURNING key_id::text",
        user_id,
        hash_hex(secret),
        list(scopes),
        expires,
    )[0][0]


def add_ticket(database, user_id, credential_id, secret, scopes=("read", "stream"), expires="30 s", token_expires=None):
    database.execute(
        "INSERT INTO stream_tickets (ticket_hash, user_id, credential_id, scopes, credential_expires_at, expires_at)"
        f" VALUES ({SECRET_HASH}, %s, %s, %s, now() + %s::interval, now() + %s::interval)",
        hash_hex(secret),
        user_id,
        credential_id,
        list(scopes),
        token_expires,
        expires,
    )


def assign(database, customer_id, user_id):
    database.execute("INSERT INTO customer_advisors (customer_id, user_id) VALUES (%s, %s)", customer_id, user_id)


def resolve(database, *question):
    """The identity as a dict of texts, scopes and customers as lists; or the status's name."""
    reader = os.environ.get("IDENTITY_READER", os.path.join(os.path.dirname(binary_path()), "identity_reader"))
    done = subprocess.run(
        [reader, *question],
        env={**os.environ, "DATABASE_URL": database.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, *lines = done.stdout.splitlines()
    if status != "ok":
        return status
    pairs = [line.split("=", 1) for line in lines]
    identity = dict(pair for pair in pairs if pair[0] != "customer")
    identity["scopes"] = sorted(identity["scopes"].split())
    identity["customers"] = sorted(value for name, value in pairs if name == "customer")
    return identity
