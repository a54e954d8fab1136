"""TLS to PostgreSQL, by the connection string: who answers is checked, or the connection is not made."""

import os
import shutil

import pytest

from support.postgres import Postgres
from support.process import unprivileged_user
from support.server import migrate, run_program
from support.ports import free_port
from support.tls import Authority
from support.waiting import wait_until


class SecurePostgres(Postgres):
    """With ssl=on and a TCP port."""

    def __init__(self, certificate):
        self._certificate = certificate
        self.port = free_port()
        super().__init__()
        data = self._data
        user = unprivileged_user()
        for source, name in ((certificate.certificate, "server.crt"), (certificate.key, "server.key")):
            target = os.path.join(data, name)
            shutil.copy(source, target)
            os.chmod(target, 0o600)
            if user:
                os.chown(target, user.pw_uid, user.pw_gid)
        with open(os.path.join(data, "pg_hba.conf"), "w", encoding="ascii") as file:
            file.write("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
        self.stop()
        self.more_options = {"listen_addresses": "127.0.0.1", "port": str(self.port), "ssl": "on"}
        self.start()

    def tcp_url(self, database, **options):
        parameters = "&".join(f"{name}={value}" for name, value in options.items())
        return f"postgresql://portfolio@127.0.0.1:{self.port}/{database}?{parameters}"

    def url(self, database="postgres", user="postgres"):
        return super().url(database, user) + (f"&port={self.port}" if self.more_options else "")


@pytest.fixture(scope="module")
def secure_postgres(authority):
    cluster = SecurePostgres(authority.issue("rsa"))
    yield cluster
    cluster.destroy()


def test_verify_full(secure_postgres, authority, start_server, redis_server):
    database = secure_postgres.create_database(migrate)
    url = secure_postgres.tcp_url(database.name, sslmode="verify-full", sslrootcert=authority.certificate)
    server = start_server(DATABASE_URL=url)
    wait_until(lambda: server.health()["status"] == "ok")
    assert server.create_portfolio()
    used = secure_postgres.execute(
        "SELECT bool_and(ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = %s",
        database.name,
    )
    assert used[0][0] is True and used[0][1] > 0


def test_who_is_not_who_it_should_be_is_refused(secure_postgres, authority, start_server):
    database = secure_postgres.create_database(migrate)
    stranger = Authority("Somebody else")
    try:
        url = secure_postgres.tcp_url(database.name, sslmode="verify-full", sslrootcert=stranger.certificate)
        done = run_program("migrate", settings={"DATABASE_URL": url})
        assert done.returncode != 0 and "certificate verify failed" in done.stderr
        server = start_server(DATABASE_URL=url)
        server.wait_for_log("postgresql.unavailable")
        assert server.request("GET", "/customers")[0] == 503
    finally:
        stranger.destroy()
    # The certificate is for 127.0.0.1 and localhost.
    url = secure_postgres.tcp_url(database.name, sslmode="verify-full", sslrootcert=authority.certificate)
    other = url.replace("@127.0.0.1:", "@database.example:") + "&hostaddr=127.0.0.1"
    done = run_program("migrate", settings={"DATABASE_URL": other})
    assert done.returncode != 0 and "does not match host name" in done.stderr


def test_without_tls_nobody_gets_in(secure_postgres):
    done = run_program("migrate", settings={"DATABASE_URL": secure_postgres.tcp_url("postgres", sslmode="disable")})
    assert done.returncode != 0 and "no encryption" in done.stderr
