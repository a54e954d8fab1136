"""Access tokens over HTTP, made by another implementation than ours: good ones, and what an
attacker would try. Each of these must be 401."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from support import accounts
from support.identity_provider import AUDIENCE, ISSUER, IdentityProvider
from support.waiting import wait_until


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


class Own:
    """A server, the private key it signs with, and a user with a session."""

    def __init__(self, start_server, postgres, directory, **settings):
        self.server = start_server(AUTH="on", KEY_DIR=directory, **settings)
        (self.jwk,) = self.server.json("GET", "/.well-known/jwks.json")["keys"]
        (path,) = directory.iterdir()
        self.key = serialization.load_pem_private_key(path.read_bytes(), None)
        self.public_pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = self.jwk["kid"]
        self.user_id = accounts.add_user(postgres, "ada@example.com", "admin")
        self.session_id = accounts.add_session(postgres, self.user_id)

    def claims(self, **changes):
        now = int(time.time())
        claims = {"iss": "portfoliod", "aud": "portfolio", "sub": self.user_id, "sid": self.session_id, "iat": now,
                  "nbf": now, "exp": now + 600, "jti": "t-1", **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, headers=None, key=None, algorithm="ES256", **changes):
        return jwt.encode(self.claims(**changes), key or self.key, algorithm, headers={"kid": self.kid, **(headers or {})})

    def by_hand(self, header, payload=None, sign=lambda text: b""):
        text = f"{b64(header)}.{b64(payload or self.claims())}"
        return f"{text}.{b64(sign(text.encode()))}"

    def ask(self, token):
        return self.server.request("GET", "/portfolios", headers={"Authorization": f"Bearer {token}"})


def mac(secret):
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


def der(key, text):
    return key.sign(text, ec.ECDSA(hashes.SHA256()))


def status(own, token):
    return own.ask(token)[0]


@pytest.fixture
def own(start_server, postgres, tmp_path):
    return Own(start_server, postgres, tmp_path / "keys")


def test_a_good_token_and_no_other(own, postgres):
    good = own.token()
    assert status(own, good) == 200
    assert status(own, own.token(aud=["x", "portfolio"])) == 200
    assert status(own, own.token(headers={"typ": "at+jwt"})) == 200
    code, headers, body = own.ask(own.token(exp=int(time.time()) - 60))
    assert code == 401 and json.loads(body)["code"] == "token_expired"
    assert "Bearer" in headers["www-authenticate"]
    # A token that is good in itself, of a session that never was, or is over.
    assert status(own, own.token(sid="00000000-0000-4000-8000-000000000000")) == 401
    assert status(own, own.token(sub="00000000-0000-4000-8000-000000000000")) == 401
    postgres.execute("UPDATE sessions SET revoked_at = now() WHERE session_id = %s", own.session_id)
    assert status(own, own.token(jti="t-2")) == 401


def test_what_attackers_try(own):
    other = ec.generate_private_key(ec.SECP256R1())
    now = int(time.time())
    own_header = {"alg": "ES256", "kid": own.kid}
    good = own.token()
    head, payload, signature = good.split(".")
    attacks = {
        "nothing": "",
        "no signature": f"{head}.{payload}",
        "an empty signature": f"{head}.{payload}.",
        "alg none": own.by_hand({"alg": "none", "kid": own.kid}),
        "alg None": own.by_hand({"alg": "None", "kid": own.kid}),
        "alg none, with the signature": f"{b64({'alg': 'none', 'kid': own.kid})}.{payload}.{signature}",
        "HS256 by the public PEM": own.by_hand({"alg": "HS256", "kid": own.kid}, sign=mac(own.public_pem)),
        "HS256 by the public PEM, bare": own.by_hand({"alg": "HS256", "kid": own.kid}, sign=mac(own.public_pem.strip())),
        "HS256 by the jwk": own.by_hand({"alg": "HS256", "kid": own.kid}, sign=mac(json.dumps(own.jwk).encode())),
        "HS256 by nothing": own.by_hand({"alg": "HS256", "kid": own.kid}, sign=mac(b"")),
        "HS256, its kid": own.by_hand({"alg": "HS256", "kid": "hs256"}, sign=mac(b"0" * 32)),
        "another key": own.token(key=other),
        "another key, in the header": own.token(
            key=other,
            headers={"jwk": {"kty": "EC", "crv": "P-256", "x": own.jwk["x"], "y": own.jwk["y"]}},
        ),
        "another key, by jku": own.token(key=other, headers={"jku": "http://127.0.0.1:9/keys"}),
        "an unknown kid": own.token(headers={"kid": "unknown"}),
        "a kid that is a path": own.token(headers={"kid": "../../../../dev/null"}),
        "a kid that is SQL": own.token(headers={"kid": "' OR 1=1 --"}),
        "no kid": jwt.encode(own.claims(), own.key, "ES256"),
        "crit": own.token(headers={"crit": ["exp"]}),
        "another alg of the same family": own.token(headers={"alg": "ES512"}, key=own.key),
        "RS256 by an RSA key of one's own": own.token(key=rsa.generate_private_key(65537, 2048), algorithm="RS256"),
        "expired": own.token(exp=now - 60),
        "not yet": own.token(nbf=now + 60),
        "of the future": own.token(iat=now + 60),
        "no exp": own.token(exp=None),
        "another issuer": own.token(iss="elsewhere"),
        "another audience": own.token(aud="elsewhere"),
        "no audience": own.token(aud=None),
        "no session": own.token(sid=None),
        "a session that is no uuid": own.token(sid="1 OR 1=1"),
        "no subject": own.token(sub=None),
        "twice": own.by_hand(own_header, b'{"exp":1,"exp":9999999999}'),
        "zero signature": own.by_hand(own_header, sign=lambda _: bytes(64)),
        "a DER signature": own.by_hand(own_header, sign=lambda text: der(own.key, text)),
        "padded": good + "=",
        "a dot more": good + ".",
        "a part more": good + "." + signature,
        "another payload": f"{head}.{b64(own.claims(role='admin'))}.{signature}",
        "huge": own.token(x="x" * 7000),
        "nested deep": own.token(x=json.loads("[" * 20 + "]" * 20)),
        "not a token": "x" * 200,
    }
    taken = [name for name, token in attacks.items() if status(own, token) != 401]
    assert taken == []
    assert status(own, good) == 200
    assert own.server.is_running


def test_a_token_in_the_path_is_not_looked_at(own):
    for name in ("access_token", "token", "ticket"):
        assert own.server.request("GET", f"/portfolios?{name}={own.token()}")[0] in (401, 422)


def test_refusals_are_counted_and_tokens_never_logged(own):
    expired = own.token(exp=int(time.time()) - 60)
    forged = own.token(key=ec.generate_private_key(ec.SECP256R1()))
    assert (status(own, expired), status(own, forged)) == (401, 401)
    _, _, body = own.server.request("GET", "/metrics", headers={"Authorization": f"Bearer {own.token()}"})
    metrics = body.decode()
    assert 'pf_tokens_refused_total{reason="expired"} 1' in metrics
    assert 'pf_tokens_refused_total{reason="bad_signature"} 1' in metrics
    for token in (expired, forged):
        assert token.split(".")[2] not in own.server.log and token not in own.server.log


# --- the outside provider ---


@pytest.fixture
def provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def both(start_server, postgres, tmp_path, provider):
    """A server that takes the provider's tokens too."""
    own = Own(start_server, postgres, tmp_path / "keys", **provider.settings)
    own.outside_id = accounts.add_user(postgres, "ann@example.com", "admin", issuer=ISSUER, subject="7")
    own.server.wait_for_log("key_set.fetched")
    return own


def test_the_provider_s_users_come_in(both, provider, postgres):
    assert status(both, provider.token("7")) == 200
    provider.rotate("rsa")
    # A key that the server has not seen yet. It asked for the set at its start, so not at once again.
    assert status(both, provider.token("7")) in (401, 503)
    assert status(both, provider.token("7", kid="key-1")) == 200
    # Somebody unknown, and somebody whose verified address is known.
    assert status(both, provider.token("8")) == 401
    accounts.add_user(postgres, "bob@example.com", "admin")
    assert status(both, provider.token("9", kid="key-1", email="bob@example.com", email_verified=False)) == 401
    assert status(both, provider.token("9", kid="key-1", email="bob@example.com")) == 401
    assert status(both, provider.token("9", kid="key-1", email="bob@example.com", email_verified=True)) == 200
    assert status(both, provider.token("9", kid="key-1")) == 200, "linked"


def test_issuers_are_not_mixed_up(both, provider):
    mixed = {
        "the provider as us": provider.token(both.user_id, iss="portfoliod", aud="portfolio", sid=both.session_id),
        "the provider under our kid": provider.token(
            both.user_id, headers={"kid": both.kid}, iss="portfoliod", aud="portfolio", sid=both.session_id
        ),
        "us as the provider": both.token(iss=ISSUER, aud=AUDIENCE, sub="7"),
        "us under its kid": both.token(headers={"kid": provider.kid}, iss=ISSUER, aud=AUDIENCE, sub="7"),
        "for another application": provider.token("7", aud="another"),
        "for us by our own name": provider.token("7", aud="portfolio"),
        "of another issuer": provider.token("7", iss=ISSUER + "/"),
        "expired": provider.token("7", exp=int(time.time()) - 60),
        "a logout token": provider.token("7", headers={"typ": "logout+jwt"}),
    }
    assert [name for name, token in mixed.items() if status(both, token) != 401] == []
    assert status(both, provider.token("7")) == 200


def test_until_the_keys_are_there_it_is_503(start_server, postgres, tmp_path, provider):
    provider.is_away = True
    own = Own(start_server, postgres, tmp_path / "keys", **provider.settings)
    accounts.add_user(postgres, "ann@example.com", "admin", issuer=ISSUER, subject="7")
    own.server.wait_for_log("key_set.fetch_failed")
    code, headers, _ = own.ask(provider.token("7"))
    assert code == 503 and "retry-after" in headers
    assert status(own, own.token()) == 200, "ours need no provider"
    provider.is_away = False
    wait_until(lambda: status(own, provider.token("7")) == 200, what="the provider's token being taken")
