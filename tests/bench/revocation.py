"""How long a revoked API key's stream lives on another instance: 20 times by REST (the bus tells), 20 by SQL (it is read).

    PYTHONPATH=tests PORTFOLIOD=build/release/portfoliod python3 tests/bench/revocation.py

By hand, on a machine that does nothing else: nothing is judged here.
"""

import statistics
import time

from support import ways_in
from support.identity import HS256, Identities
from support.postgres import Postgres
from support.redis_server import Redis
from support.server import Server, migrate
from support.stream_client import StreamClient
from support.websocket import Closed

REPETITIONS = 20


def end_of(client):
    try:
        while True:
            client.recv()
    except Closed:
        return time.monotonic()


def measure(there, user, revoke):
    """Milliseconds from the answer to who revoked until the other instance's close."""
    times = []
    for _ in range(REPETITIONS):
        key = user.key()
        client = ways_in.with_header(lambda server, **options: StreamClient(server.ws_url, **options), there, key.text)
        revoke(key)
        began = time.monotonic()
        times.append(max(0.0, end_of(client) - began) * 1000)
    return f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms of {REPETITIONS}"


def main():
    cluster, redis = Postgres(), Redis()
    database = cluster.create_database(migrate)
    settings = {"AUTH": "on", "DATABASE_URL": database.url, "REDIS_URL": redis.url, "PROVIDERS": "none", **HS256}
    here, there = Server(**settings), Server(**settings)
    try:
        user = Identities(database).admin()
        api = user.logged_in_at(here)
        print("by REST:", measure(there, user, lambda key: api.json("DELETE", f"/auth/keys/{key.key_id}", expect=204)))
        print("by SQL: ", measure(there, user, lambda key: key.revoke()))
    finally:
        here.stop()
        there.stop()
        redis.destroy()
        cluster.destroy()


if __name__ == "__main__":
    main()
