"""Three instances on one Redis and one PostgreSQL, and HAProxy before them.

start_instances(**settings) -> [a, b, c]
start_balancer(instances)   -> HAProxy with deploy/haproxy/haproxy.cfg
"""

import pytest

from support import haproxy
from support.waiting import wait_until

needs_haproxy = pytest.mark.skipif(haproxy.PROGRAM is None, reason="haproxy is not installed")


def pytest_collection_modifyitems(items):
    """What asks for a balancer needs the program."""
    for item in items:
        if "start_balancer" in getattr(item, "fixturenames", ()):
            item.add_marker(needs_haproxy)


@pytest.fixture
def start_instances(start_server):
    def start(**settings):
        return [start_server(**{"HEARTBEAT_MS": 300, **settings}) for _ in range(3)]

    return start


@pytest.fixture
def start_balancer():
    started = []

    def start(instances, **options):
        # One that has not found its stores yet would be taken out, and come back to a small share only.
        for instance in instances:
            wait_until(lambda at=instance: at.health()["status"] == "ok", what="an instance that is well")
        started.append(haproxy.HAProxy(instances, **options))
        return started[-1]

    yield start
    for balancer in started:
        balancer.stop()
