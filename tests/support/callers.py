"""People and programs who talk to a server with AUTH=on, each with a credential of its own."""

import itertools

from support.accounts import add_customer, add_user
from support.http_api import HttpApi

PASSWORD = "geese fly at noon"
# Cheap: tests hash hundreds of passwords.
AUTH_ON = {"AUTH": "on", "PASSWORD_OPS": 1, "PASSWORD_MEMORY_KIB": 64}

_numbers = itertools.count(1)


class Caller(HttpApi):
    """One credential at one server: `json` and `request` as of the server itself."""

    def __init__(self, server, token=None, tokens=None, password=PASSWORD):
        self._server = server
        self.tokens = tokens
        self.token = token or (tokens and tokens["access_token"])
        self.password = password
        self.user = tokens and tokens["user"]

    @property
    def port(self):
        return self._server.port

    def request(self, method, path, json=None, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return super().request(method, path, json=json, body=body, headers=headers)

    def status(self, method, path, json=None, **options):
        return self.request(method, path, json=json, **options)[0]

    def refresh(self):
        """The tokens after a refresh; this caller goes on with them."""
        self.tokens = self.json("POST", "/auth/refresh", {"refresh_token": self.tokens["refresh_token"]})
        self.token = self.tokens["access_token"]
        return self.tokens


def register(server, email=None, password=PASSWORD, name="Ada"):
    email = email or f"person{next(_numbers)}@example.com"
    body = {"name": name, "email": email, "password": password}
    return Caller(server, tokens=server.json("POST", "/auth/register", body, expect=201), password=password)


def login(server, email, password=PASSWORD):
    tokens = server.json("POST", "/auth/login", {"email": email, "password": password}, expect=200)
    return Caller(server, tokens=tokens, password=password)


def hash_of(server, postgres):
    """A stored hash of PASSWORD, made by the server."""
    found = postgres.execute("SELECT password_hash FROM users WHERE email = 'hashed@example.com'")
    if not found:
        register(server, "hashed@example.com")
        found = postgres.execute("SELECT password_hash FROM users WHERE email = 'hashed@example.com'")
    return found[0][0]


def enter(server, postgres, role, email=None):
    """Somebody of that role, logged in."""
    email = email or f"{role}{next(_numbers)}@example.com"
    customer_id = add_customer(postgres, email) if role == "user" else None
    add_user(postgres, email, role, customer_id=customer_id, password_hash=hash_of(server, postgres))
    return login(server, email)
