"""Ports for servers that are told theirs before they listen.

None of those that the kernel gives to outgoing connections: such a one may have
gone to somebody's client before its server listens, or between the server's stop
and its next start. Nor one that another process of the tests was given and may
not listen at yet: portfoliod's loops share a port, so two servers would, too.
"""

import collections
import random
import socket

LOWEST = 10000
# A name in the abstract namespace is one process' alone, and free when that ends. Few are kept: a test has few servers.
_names = collections.deque()
NAMES_KEPT = 100


def _outgoing_from():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        return int(file.read().split()[0])


def _take_name(port):
    """False: somebody else has been given it."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0portfolio-test-port-{port}")
    except OSError:
        name.close()
        return False
    _names.append(name)
    if len(_names) > NAMES_KEPT:
        _names.popleft().close()
    return True


def free_port():
    """A port that was free a moment ago, and that no other test is given meanwhile."""
    first, end = LOWEST, _outgoing_from()
    if end - first < 1000:  # a machine with a range of its own
        first, end = 1024, 65536
    while True:
        port = random.randrange(first, end)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _take_name(port):
            return port
