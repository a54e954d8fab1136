"""Fixtures: real servers, one set a test.

    def test_x(server, connect):            # PostgreSQL, Redis and portfoliod run
        portfolio_id = server.create_portfolio()
        view = connect(server).subscribe(portfolio_id)

postgres       a fresh migrated database of the run's cluster (.url, .execute, .kill, .start, …)
redis_server   a Redis of the test's own (.url, .client, .kill, .flush, .pause, …)
start_server   a factory: start_server(HEARTBEAT_MS=200) runs portfoliod against both
server         one started with the default settings
shared_server, shared_postgres
               of all tests of a file that are refused, or change only what is their own
scenario       people at that one, and what its portfolios must come to
authority      a certificate authority of the run's own
market         a stand-in for all vendors of prices and histories
connect        a factory: connect(server) is a StreamClient, closed at the end
closed_sessions
               nobody asks for the held symbols' histories beside the test
quiet_date     the date (UTC) does not change while the test runs

The binary under test is $PORTFOLIOD, by default build/asan/portfoliod.
"""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

pytest.register_assert_rewrite("support.model", "support.frame_check", "support.stream_client", "support.contract")

# pylint: disable=wrong-import-position
from support.history import close_sessions
from support.market_server import MarketServer
from support.postgres import Postgres
from support.redis_server import Redis
from support.scenario import Scenario
from support.server import Server, binary_path, migrate
from support.stream_client import StreamClient
from support.tls import Authority
from support.waiting import wait_for_a_quiet_date


@pytest.fixture(scope="session")
def postgres_cluster():
    cluster = Postgres()
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="session")
def portfoliod():
    """The path of the binary under test."""
    path = binary_path()
    assert os.access(path, os.X_OK), f"{path} is not there: build it, or set PORTFOLIOD"
    return path


@pytest.fixture
def empty_database(postgres_cluster):
    """A database without a schema, for what tests migrations."""
    database = postgres_cluster.create_empty_database()
    yield database
    database.drop()


@pytest.fixture
def postgres(postgres_cluster, portfoliod):
    database = postgres_cluster.create_database(migrate)
    yield database
    database.drop()


@pytest.fixture
def redis_server():
    server = Redis()
    yield server
    server.destroy()


@pytest.fixture
def start_server(postgres, redis_server):
    """start_server(**settings) -> Server. A setting of None is left out (REDIS_URL=None: in-process bus)."""
    started = []

    def start(**settings):
        defaults = {"DATABASE_URL": postgres.url, "REDIS_URL": redis_server.url, "PROVIDERS": "none"}
        started.append(Server(**{**defaults, **settings}))
        return started[-1]

    yield start
    failures = []
    for server in started:
        try:
            server.stop()
        except AssertionError as failure:
            server.discard()
            failures.append(str(failure))
    assert not failures, "\n".join(failures)


@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture(scope="module")
def shared_postgres(postgres_cluster, portfoliod):
    database = postgres_cluster.create_database(migrate)
    yield database
    database.drop()


@pytest.fixture(scope="module")
def shared_server(shared_postgres):
    redis = Redis()
    server = Server(DATABASE_URL=shared_postgres.url, REDIS_URL=redis.url, PROVIDERS="none")
    yield server
    try:
        server.stop()
    finally:
        server.discard()
        redis.destroy()


@pytest.fixture
def connect():
    clients = []

    def open_client(server, **options):
        if server.tls:
            options.setdefault("tls", server.tls)
        clients.append(StreamClient(server.ws_url, **options))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def authority():
    it = Authority()
    yield it
    it.destroy()


@pytest.fixture
def scenario(server):
    return Scenario(server)


@pytest.fixture
def closed_sessions(postgres):
    close_sessions(postgres)


@pytest.fixture
def quiet_date():
    wait_for_a_quiet_date()


@pytest.fixture
def market():
    it = MarketServer()
    yield it
    it.stop()
