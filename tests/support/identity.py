"""People and programs of every role, made straight in the database, and their ways in.

    identities = Identities(postgres)
    ada = identities.user(customer_id)            # also advisor(), service(), admin()
    as_ada = ada.at(server)                       # REST as she: as_ada.json("GET", "/portfolios")
    as_program = ada.key("read").at(server)       # the same with an API key of one scope
    as_login = ada.logged_in_at(server)           # with an access token; the server has HS256
    identities.assign(advisor, customer_id)
"""

import base64
import hashlib
import os
import time

import jwt

from support.http_api import HttpApi
from support.waiting import wait_until

SCOPES = ("read", "write", "stream", "prices", "operate", "administer")
# What a server is started with where tests sign access tokens for it.
HS256 = {"JWT_HS256_SECRET": "of-tests-alone-and-long-enough-for-hs256"}
ROLES = ("user", "advisor", "service", "admin")


def secret(prefix):
    """A new one as the server makes them, and what is stored of it."""
    text = prefix + base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    return text, hashlib.sha256(text.encode()).digest()


class CallerApi(HttpApi):
    """REST of a server as one caller. credential: None for an anonymous one."""

    def __init__(self, server, credential):
        self._server = server
        self.credential = credential

    @property
    def port(self):
        return self._server.port

    def request(self, method, path, json=None, body=None, headers=None):
        headers = dict(headers or {})
        if self.credential is not None:
            headers.setdefault("Authorization", f"Bearer {self.credential}")
        return super().request(method, path, json=json, body=body, headers=headers)


class Key:
    """An API key. text: what its owner has."""

    def __init__(self, identities, user_id, scopes):
        self._identities = identities
        self.text, digest = secret("pfk_")
        self.key_id = identities.execute(
            "INSERT INTO api_keys (user_id, name, secret_hash, scopes) VALUES (%s, %s, %s, %s) RETURNING key_id",
            user_id,
            "of a test",
            digest,
            list(scopes),
        )[0][0]

    def at(self, server):
        return CallerApi(server, self.text)

    def revoke(self):
        self._identities.execute("UPDATE api_keys SET revoked_at = now() WHERE key_id = %s", self.key_id)


class Person:
    """A user of some role."""

    def __init__(self, identities, role, customer_id=None):
        self._identities = identities
        self.role, self.customer_id = role, customer_id
        self.email = f"{role}-{os.urandom(6).hex()}@example.com"
        self.user_id = identities.execute(
            "INSERT INTO users (email, role, customer_id) VALUES (%s, %s, %s) RETURNING user_id",
            self.email,
            role,
            customer_id,
        )[0][0]
        self._whole_key = None

    def key(self, *scopes):
        return Key(self._identities, self.user_id, scopes or SCOPES)

    def at(self, server):
        """With an API key of all scopes: what the role may, and nothing that needs a login."""
        if self._whole_key is None:
            self._whole_key = self.key()
        return self._whole_key.at(server)

    def logged_in_at(self, server):
        """With the access token of a new session."""
        session_id = self._identities.execute(
            "INSERT INTO sessions (user_id, expires_at) VALUES (%s, now() + interval '1 hour') RETURNING session_id",
            self.user_id,
        )[0][0]
        now = int(time.time())
        claims = {"iss": "portfoliod", "aud": "portfolio", "sub": self.user_id, "sid": session_id, "jti": "t",
                  "iat": now - 5, "nbf": now - 5, "exp": now + 3600}  # fmt: skip
        return CallerApi(server, jwt.encode(claims, HS256["JWT_HS256_SECRET"], "HS256", headers={"kid": "hs256"}))

    def disable(self):
        self._identities.execute("UPDATE users SET is_disabled = true WHERE user_id = %s", self.user_id)


class Identities:
    """Who there is in a database. `postgres`: what the fixture of that name gives."""

    def __init__(self, postgres):
        self._postgres = postgres

    def execute(self, sql, *params):
        return self._postgres.execute(sql, *params)

    def user(self, customer_id):
        return Person(self, "user", customer_id)

    def advisor(self, *customer_ids):
        advisor = Person(self, "advisor")
        for customer_id in customer_ids:
            self.assign(advisor, customer_id)
        return advisor

    def service(self):
        return Person(self, "service")

    def admin(self):
        return Person(self, "admin")

    def customer(self, name="Ada Example"):
        """A customer's id, without a request."""
        email = f"{os.urandom(6).hex()}@example.com"
        return self.execute(
            "INSERT INTO customers (name, email) VALUES (%s, %s) RETURNING customer_id", name, email
        )[0][0]

    def assign(self, advisor, customer_id):
        self.execute(
            "INSERT INTO customer_advisors (customer_id, user_id) VALUES (%s, %s)", customer_id, advisor.user_id
        )

    def unassign(self, advisor, customer_id):
        self.execute(
            "DELETE FROM customer_advisors WHERE customer_id = %s AND user_id = %s", customer_id, advisor.user_id
        )


def anonymous(server):
    return CallerApi(server, None)


def wait_for_status(api, path, status):
    """Until a change of rights has come to where the server keeps them."""
    wait_until(lambda: api.request("GET", path)[0] == status, what=lambda: f"{status} to GET {path}")
