"""The harness' own servers and its WebSocket client, against what they stand for."""

import asyncio
import threading

import psycopg2
import pytest
import redis
import websockets

from support.postgres import ROLE
from support.waiting import wait_until
from support.websocket import BINARY, Closed, HandshakeRefused, Timeout, WebSocket


def fake_migrate(url):
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id int PRIMARY KEY)")
    connection.close()


def test_databases_are_fresh_and_survive_kill_9(postgres_cluster):
    postgres_cluster._has_template = False
    first = postgres_cluster.create_database(fake_migrate)
    second = postgres_cluster.create_database(fake_migrate)
    try:
        first.execute("INSERT INTO thing VALUES (%s)", 7)
        assert second.execute("SELECT count(*) FROM thing") == [(0,)]
        assert first.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'thing'") == [(ROLE,)]
        postgres_cluster.kill()
        assert not postgres_cluster.is_running
        with pytest.raises(psycopg2.OperationalError):
            first.execute("SELECT 1")
        postgres_cluster.start()
        assert first.execute("SELECT id FROM thing") == [(7,)]
    finally:
        first.drop()
        second.drop()
        postgres_cluster._has_template = False  # whoever comes next gets the real one


def test_redis_dies_pauses_and_comes_back(redis_server):
    client = redis_server.client
    client.set("a", "b")
    replid = client.info("replication")["master_replid"]
    redis_server.pause()
    impatient = redis.Redis(unix_socket_path=redis_server.socket_path, socket_timeout=0.05)
    with pytest.raises(redis.RedisError):
        impatient.ping()
    redis_server.resume()
    assert client.get("a") == "b"
    redis_server.kill()
    with pytest.raises(redis.RedisError):
        redis_server.client.ping()
    redis_server.start()
    assert redis_server.client.get("a") is None
    assert redis_server.client.info("replication")["master_replid"] != replid
    over_tcp = redis.Redis.from_url(redis_server.tcp_url)
    assert over_tcp.ping()
    over_tcp.close()
    redis_server.client.set("a", "b")
    redis_server.flush()
    assert redis_server.client.get("a") is None


class LibraryServer:
    """A WebSocket server of an independent implementation, in a thread."""

    def __init__(self, handler, **options):
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(handler, options))
        self._thread.start()
        self._ready.wait()

    def _run(self, handler, options):
        asyncio.set_event_loop(self._loop)
        self._stop = self._loop.create_future()
        self._loop.run_until_complete(self._serve(handler, options))
        self._loop.close()

    async def _serve(self, handler, options):
        async with websockets.serve(handler, "127.0.0.1", 0, **options) as server:
            self.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
            self._ready.set()
            await self._stop

    def stop(self):
        self._loop.call_soon_threadsafe(self._stop.set_result, None)
        self._thread.join()


@pytest.fixture
def echo_server():
    async def echo(socket):
        async for message in socket:
            if message == "close":
                await socket.close(4400, "enough")
            elif message == "ping":
                await (await socket.ping(b"are you there"))
                await socket.send("alive")
            else:
                await socket.send(message)

    server = LibraryServer(echo, subprotocols=["portfolio.v1.json"], max_size=None)
    yield server
    server.stop()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 300000])
def test_our_websocket_speaks_with_another_implementation(echo_server, size):
    client = WebSocket(echo_server.url)
    assert client.subprotocol == "portfolio.v1.json"
    client.send_text("é" * (size // 2) + "x" * (size % 2))
    assert len(client.recv_text().encode()) == size
    client.close()


def test_our_websocket_answers_pings_and_sees_close_codes(echo_server):
    client = WebSocket(echo_server.url)
    client.send_text("ping")
    assert client.recv_text() == "alive"
    assert client.pings == [b"are you there"]
    with pytest.raises(Timeout):
        client.recv_text(timeout=0.01)
    client.send_text("close")
    with pytest.raises(Closed) as closed:
        client.recv_text()
    assert (closed.value.code, closed.value.reason) == (4400, "enough")
    client.drop()


def test_our_websocket_can_misbehave(echo_server):
    client = WebSocket(echo_server.url)
    client.send_frame(BINARY, b"\x00\xff")
    assert client.recv_frame() == (True, BINARY, b"\x00\xff")
    client.send_frame(0x3)
    with pytest.raises(Closed) as closed:
        client.recv_text()
    assert closed.value.code == 1002
    client.drop()
    with pytest.raises(HandshakeRefused):
        WebSocket(echo_server.url, headers={"Sec-WebSocket-Version": "12"})


def test_wait_until_says_what_did_not_come():
    calls = []
    assert wait_until(lambda: calls.append(1) or len(calls) == 3)
    with pytest.raises(AssertionError, match="the moon did not hold within 0 s"):
        wait_until(lambda: False, 0, "the moon")
