"""Ports for servers that are told theirs before they listen.

None of those that the kernel gives to outgoing connections: such a one may have
gone to somebody's client before its server listens, or between the server's stop
and its next start.
"""

import random
import socket

LOWEST = 10000


def _outgoing_from():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        return int(file.read().split()[0])


def free_port():
    """A port that was free a moment ago; at random, so that tests beside one another do not choose the same."""
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
        return port
