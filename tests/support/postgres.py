"""A PostgreSQL cluster of the tests' own, on a unix socket.

Databases are cloned from a template that was migrated once, so that a test
gets a fresh one in milliseconds. The program under test connects as an
ordinary role that owns its database, the tests as the superuser.
"""

import glob
import itertools
import os
import re
import signal
import subprocess

import psycopg2

from support.process import Process, ScratchDirectory, as_unprivileged, log_tail
from support.waiting import wait_until

ROLE = "portfolio"
_TEMPLATE = "template_portfolio"
# A sequence notes in the WAL that some numbers ahead are taken; copied with the template it would believe so of its
# own, and after a crash give the same ones again.
_FORGET_FETCHED = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, last_value)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


def _bin_directory():
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not found:
        raise RuntimeError("PostgreSQL's initdb was not found below /usr/lib/postgresql")
    return os.path.dirname(max(found, key=lambda path: int(re.search(r"/(\d+)/bin", path).group(1))))


class Postgres:
    """The cluster. `execute` and `url` without a database go to `postgres`.

    fsync is off: a killed server loses nothing by that, only a lost machine would.
    """

    def __init__(self):
        self._bin = _bin_directory()
        self._scratch = ScratchDirectory("pg")
        self.socket_directory = self._scratch.path
        self._data = os.path.join(self._scratch.path, "data")
        self._log = os.path.join(self._scratch.path, "log")
        self._log_read = 0
        self._process = None
        self._numbers = itertools.count(1)
        self._has_template = False
        subprocess.run(
            as_unprivileged(
                [f"{self._bin}/initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync"]
                + ["-E", "UTF8", "--locale=C.UTF-8"]
            ),
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        self.start()
        self.execute(f"CREATE ROLE {ROLE} LOGIN")

    def url(self, database="postgres", user="postgres"):
        # The program's own 3 s are too few for a machine that runs all tests at once.
        return f"postgresql://{user}@/{database}?host={self.socket_directory}&connect_timeout=10"

    more_options = {}

    def start(self):
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket_directory,
            "fsync": "off",
            "full_page_writes": "off",
            # It would look at a table once a minute: as a transaction under way, for whose end the audit log's seals
            # wait, and as one that waits for a lock.
            "autovacuum": "off",
            "max_connections": "200",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] ",
            **self.more_options,
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._process = Process(
            as_unprivileged([f"{self._bin}/postgres", "-D", self._data, *settings]), log_path=self._log, cwd="/"
        )
        wait_until(self._answers, what=lambda: "a PostgreSQL that answers; its log:\n" + log_tail(self._log))

    def _answers(self):
        if not self._process.is_running():
            raise AssertionError("PostgreSQL ended at its start:\n" + log_tail(self._log))
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def is_running(self):
        return self._process is not None and self._process.is_running()

    def stop(self):
        """Fast shutdown: connections are cut, everything is written."""
        if self.is_running:
            self._process.signal(signal.SIGINT)
            self._process.wait()

    def kill(self):
        """kill -9 of the server and all its processes."""
        if self.is_running:
            self._process.kill()

    def restart(self):
        self.stop()
        self.start()

    def destroy(self):
        self.kill()
        self._scratch.remove()

    def _connect(self, database):
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        return connection

    def execute(self, sql, *params, database="postgres"):
        """Runs one statement in a connection of its own; rows as tuples, if it gives any."""
        connection = self._connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, params or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def create_database(self, migrate):
        """A fresh migrated database. `migrate(url)` is called once a cluster."""
        if not self._has_template:
            self.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
            self.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {ROLE}")
            migrate(self.url(_TEMPLATE, ROLE))
            self.execute(_FORGET_FETCHED, database=_TEMPLATE)
            self._has_template = True
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER {ROLE}")
        return Database(self, name)

    def log_statements(self, database, is_logged):
        """Of connections to the database that begin from now on."""
        self.execute(f"ALTER DATABASE {database} SET log_statement = '{'all' if is_logged else 'none'}'")

    def read_log(self):
        """What the log has that was not read yet."""
        with open(self._log, encoding="utf-8") as file:
            file.seek(self._log_read)
            text = file.read()
            self._log_read = file.tell()
        return text

    def program(self, name):
        """The path of one of PostgreSQL's programs."""
        return f"{self._bin}/{name}"

    def create_empty_database(self):
        name = f"empty_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} OWNER {ROLE}")
        return Database(self, name)


class Database:
    """One database of the cluster; starting and stopping is the cluster's."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        self.url = cluster.url(name, ROLE)
        self.superuser_url = cluster.url(name)

    def execute(self, sql, *params):
        return self.cluster.execute(sql, *params, database=self.name)

    def start(self):
        self.cluster.start()

    def stop(self):
        self.cluster.stop()

    def kill(self):
        self.cluster.kill()

    def restart(self):
        self.cluster.restart()

    def terminate_connections(self):
        """What an administrator's pg_terminate_backend does to the program's connections; returns when they are gone."""
        sql = "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = %s"
        self.cluster.execute(sql, self.name)

    def drop(self):
        if not self.cluster.is_running:
            self.cluster.start()
        self.cluster.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
