"""A certificate authority of the tests' own, by the openssl program, and what its clients and servers use."""

import os
import ssl
import subprocess

from support.process import ScratchDirectory


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, capture_output=True)


_KEYS = {
    "ec": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
}


class Certificate:
    """Files: .certificate (the authority's behind it), .key."""

    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key

    @property
    def settings(self):
        return {"TLS_CERT": self.certificate, "TLS_KEY": self.key}

    def copy_to(self, other):
        """What a renewal does: other files under the same names."""
        for source, target in ((self.certificate, other.certificate), (self.key, other.key)):
            with open(source, "rb") as file:
                content = file.read()
            with open(target + ".new", "wb") as file:
                file.write(content)
            os.replace(target + ".new", target)


class Authority:
    def __init__(self, name="Test authority"):
        self._scratch = ScratchDirectory("tls")
        self.directory = self._scratch.path
        self.certificate = self._path("ca.pem")
        self._key = self._path("ca.key")
        self._issued_n = 0
        _openssl("genpkey", "-algorithm", *_KEYS["ec"], "-out", self._key)
        _openssl(
            *("req", "-x509", "-new", "-key", self._key, "-days", "30", "-subj", f"/CN={name}", "-sha256"),
            *("-addext", "basicConstraints=critical,CA:TRUE", "-out", self.certificate),
        )

    def _path(self, name):
        return os.path.join(self.directory, name)

    def issue(self, kind="ec", names="IP:127.0.0.1,DNS:localhost", days=30, subject="/CN=server"):
        self._issued_n += 1
        stem = self._path(f"{kind}-{self._issued_n}")
        key, request, certificate = stem + ".key", stem + ".csr", stem + ".pem"
        extensions = stem + ".ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        _openssl("genpkey", "-algorithm", *_KEYS[kind], "-out", key)
        os.chmod(key, 0o600)
        _openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
            *("-days", str(days), "-sha256", "-extfile", extensions, "-out", certificate),
        )
        with open(certificate, "a", encoding="ascii") as file, open(self.certificate, encoding="ascii") as chain:
            file.write(chain.read())
        return Certificate(certificate, key)

    def client(self, *, minimum=None, maximum=None):
        """What a client trusts."""
        context = ssl.create_default_context(cafile=self.certificate)
        if minimum:
            context.minimum_version = minimum
        if maximum:
            context.maximum_version = maximum
        return context

    def destroy(self):
        self._scratch.remove()
