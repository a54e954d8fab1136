"""Good clients beside an attack, and what the attack left behind.

    with Beside(server) as beside:
        attack()
    # The good clients got everything, to the digit; memory, descriptors and
    # connections are back where they were.
"""

import os
import resource
import threading

from support.scenario import Scenario
from support.stream_client import StreamClient
from support.waiting import DEADLINE_S, wait_until

CLIENTS = 3
# What an attack may leave of memory: caches that are bounded, and what the
# allocator keeps. It was 0 to 3 MiB; a kilobyte left of each of ten thousand
# connections is more than this.
MEMORY_LEFT_BYTES = 6 << 20
# Connections to the stores come and go.
DESCRIPTORS_LEFT = 4

# Without these ASan itself would keep what the server has freed.
FRUGAL = (
    "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0:exitcode=86:"
    "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_release_to_os_interval_ms=100"
)


def allow_descriptors():
    """As many for this process as it may have: it is thousands of clients."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Footprint:
    def __init__(self, server):
        self.memory = server.resident_bytes()
        self.descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))

    def __str__(self):
        return f"{self.memory >> 20} MiB, {self.descriptors} descriptors"

    def is_like(self, before, memory_left=MEMORY_LEFT_BYTES):
        return (
            self.memory <= before.memory + memory_left
            and self.descriptors <= before.descriptors + DESCRIPTORS_LEFT
        )


class Beside:
    """Prices move and are seen by clients, on a thread of its own, until the end."""

    def __init__(self, server, memory_left=MEMORY_LEFT_BYTES):
        self.server = server
        self.memory_left = memory_left
        self.rounds_n = 0
        self._scenario = Scenario(server)
        self._portfolio = self._scenario.portfolio(("GOOD", 3, 100), ("ALSO", "0.5", 7))
        self._clients = []
        self._is_over = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run, name="good clients", daemon=True)

    def __enter__(self):
        options = {"tls": self.server.tls} if self.server.tls else {}
        self._clients = [StreamClient(self.server.ws_url, **options) for _ in range(CLIENTS)]
        for client in self._clients:
            client.subscribe(self._portfolio.portfolio_id)
        self._turn()
        self.before = Footprint(self.server)
        self._thread.start()
        return self

    def _turn(self):
        """A new price, until each client has it."""
        self.rounds_n += 1
        self._scenario.put_price("GOOD", self.rounds_n)
        for client in self._clients:
            self._scenario.settle(client, self._portfolio)

    def _run(self):
        try:
            while not self._is_over.is_set():
                self._turn()
        except BaseException as failure:  # told by the test's own thread
            self._failure = failure

    def __exit__(self, kind, *_):
        self._is_over.set()
        self._thread.join()
        if kind is not None:
            return
        if self._failure:
            raise AssertionError("the good clients beside the attack") from self._failure
        assert self.server.is_running, self.server.log[-4000:]
        self._turn()
        wait_until(self._is_as_before, 2 * DEADLINE_S, self._what_is_left)
        for client in self._clients:
            client.close()

    def _is_as_before(self):
        return Footprint(self.server).is_like(self.before, self.memory_left) and self._connections_n() == CLIENTS

    def _connections_n(self):
        return self.server.metric("pf_connections")

    def _what_is_left(self):
        return f"it was {self.before}, now it is {Footprint(self.server)} and {self._connections_n()} streams; the end"
