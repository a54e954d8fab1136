"""Peers that do the same job as the field usually writes it: portfolios in memory,
prices from the same Redis channel, a whole valuation as JSON to each watcher on
each event. The ticks are those of our own server, by `portfoliod publish`.
"""

import importlib.util
import os
import sys
from importlib import metadata

import redis

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import HERE, NodePeer, Peer, accepts  # noqa: E402


class ValuePeer(Peer):
    does_jobs = ("shared", "personal")
    # A document has all rows of its portfolio; only those whose price is new count:
    # a batch moves every tenth symbol, and no document carries two batches.
    changes_per_update = 3
    path = "/portfolios/{index}"
    # Both send the portfolio to whoever connects, and ignore what is said to them;
    # the plain dialect then takes that first document as the beginning.
    hello = "hello"

    def has_started(self):
        """It answers, and hears the bus."""
        if not accepts(self.port):
            return False
        with redis.Redis(port=self.stack.redis_port) as client:
            return client.pubsub_numsub("pf:events")[0][1] > 0

    def environment(self, job):
        settings = {
            "REDIS_URL": f"redis://127.0.0.1:{self.stack.redis_port}",
            "PORTFOLIOS": str(job.portfolios),
        }
        return {**super().environment(job), **settings}


class FastApi(ValuePeer):
    """With models, as its documentation has it."""

    name = "fastapi"
    documents = "models"
    # Ten thousand portfolios take it seconds an event: a run of a few says nothing.
    counts = range(1, 2001)
    # What `pip install "uvicorn[standard]"` would choose by itself; one process, as one
    # core has room for; no log line a connection. Its pings would come late while it is
    # busy, and close connections.
    OPTIONS = (
        "--host 127.0.0.1 --workers 1 --loop uvloop --http httptools --ws websockets --no-access-log "
        "--log-level warning --backlog 4096 --ws-per-message-deflate false "
        "--ws-ping-interval 86400 --ws-ping-timeout 86400"
    ).split()

    @classmethod
    def unavailable(cls, stack):
        for module in ("fastapi", "uvicorn", "uvloop", "httptools", "websockets", "redis"):
            if importlib.util.find_spec(module) is None:
                return f"Python's {module} is not installed"
        return None

    @classmethod
    def version(cls):
        return ", ".join(f"{package} {metadata.version(package)}" for package in ("fastapi", "uvicorn", "websockets"))

    def command(self, job):
        return ["/usr/bin/python3", "-m", "uvicorn", "fastapi_app:app", "--port", str(self.port), *self.OPTIONS]

    def environment(self, job):
        settings = {"PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1", "DOCUMENTS": self.documents}
        return {**super().environment(job), **settings}


class FastApiLean(FastApi):
    """Without: plain dictionaries, which are several times faster."""

    name = "fastapi-lean"
    documents = "dicts"


class NodeApp(NodePeer, ValuePeer):
    name = "node-app"
    script = "node_app.js"


SUBJECTS = [FastApi, FastApiLean, NodeApp]
