"""Fixtures of the hostile clients.

attacked   a server as it is in service, all limits on, and good clients beside
           whatever the test does to it; at the end it must be as before
address    an address of the loopback that no other test attacks from
"""

import itertools

import pytest

from support.beside import FRUGAL, Beside, allow_descriptors
from support.server import UNLIMITED

_numbers = itertools.count(1)


@pytest.fixture
def address():
    number = next(_numbers)
    return f"127.66.{number // 250}.{number % 250 + 1}"


@pytest.fixture
def start_attacked(start_server):
    """A factory of such servers; settings differ where a limit is not what is tested."""
    allow_descriptors()

    def start(**settings):
        limits = {name: None for name in UNLIMITED}
        return start_server(**{"ASAN_OPTIONS": FRUGAL, "PORTFOLIO_KEEP_S": 1, **limits, **settings})

    return start


@pytest.fixture
def attacked(start_attacked):
    with Beside(start_attacked()) as beside:
        yield beside.server
