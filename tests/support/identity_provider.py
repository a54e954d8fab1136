"""An outside identity provider: publishes a key set on a loopback port and signs tokens with
an implementation that is not ours, and with whatever a test wants them to say.

    provider = IdentityProvider()
    server = start_server(AUTH="on", **provider.settings)
    token = provider.token("user-7", email="ann@example.com", email_verified=True)
    provider.rotate()
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER = "https://login.example"
AUDIENCE = "portfolio-app"


class IdentityProvider:
    def __init__(self):
        self.keys = {}  # kid -> private key: what it publishes
        self.kid = None  # of the key that signs
        self.asked_n = 0
        self.is_away = False
        self.rotate()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                provider.asked_n += 1
                body = json.dumps(provider.jwks()).encode()
                self.send_response(503 if provider.is_away or self.path != "/keys" else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def settings(self):
        url = f"http://127.0.0.1:{self._server.server_address[1]}/keys"
        return {"JWKS_URL": url, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}

    def rotate(self, kind="ec"):
        """A new key beside the others; it signs from now on."""
        key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
        self.kid = f"key-{len(self.keys) + 1}"
        self.keys[self.kid] = key
        return self.kid

    def jwks(self):
        keys = []
        for kid, key in list(self.keys.items()):
            keys.append({**self._numbers(key), "kid": kid, "use": "sig"})
        return {"keys": keys}

    @staticmethod
    def _numbers(key):
        numbers = key.public_key().public_numbers()

        def encode(number, size):
            return jwt.utils.base64url_encode(number.to_bytes(size, "big")).decode()

        if isinstance(key, ec.EllipticCurvePrivateKey):
            return {"kty": "EC", "crv": "P-256", "x": encode(numbers.x, 32), "y": encode(numbers.y, 32)}
        return {"kty": "RSA", "n": encode(numbers.n, 256), "e": encode(numbers.e, 3)}

    def token(self, subject, *, kid=None, headers=None, key=None, algorithm=None, **claims):
        """Signed by the key `kid` (the present one); claims of None are left out."""
        kid = kid or self.kid
        key = key or self.keys[kid]
        algorithm = algorithm or ("ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256")
        now = int(time.time())
        payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600, **claims}
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, key, algorithm, headers={"kid": kid, **(headers or {})})

    def public_pem(self, kid=None):
        return self.keys[kid or self.kid].public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()
