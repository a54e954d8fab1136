"""Each distinct symbol is polled once for the whole cluster, watched ones first."""

from collections import Counter

import pytest

from support.scenario import Scenario
from support.waiting import wait_until


@pytest.fixture
def coinbase(market):
    """Each poll of a symbol finds a new price: the number of its polls so far."""
    return market.vendors["coinbase"]


@pytest.fixture
def instances(start_instances, coinbase):
    return start_instances(**{**coinbase.settings, "COINBASE_QUOTA": None, "POLL_INTERVAL_MS": 1000})


def polls(coinbase):
    """The symbols in the order in which they were asked for."""
    return [request.path.split("/")[2] for request in coinbase.prices.all]


def wait_for_polls(coinbase, more_n):
    """Until so many more have come; returns those."""
    before_n = len(polls(coinbase))
    coinbase.prices.wait_for(before_n + more_n, deadline_s=60)
    return polls(coinbase)[before_n : before_n + more_n]


def requests_made(instances):
    return [instance.metric("pf_provider_requests_total") for instance in instances]


def watch(instances, connect, scenario, *portfolios):
    """One client at each instance; each watches another portfolio."""
    clients = []
    for instance, symbols in zip(instances, portfolios):
        portfolio = scenario.portfolio(*[(symbol, 1, 1) for symbol in symbols], name=f"Of {symbols[0]}")
        clients.append((connect(instance), portfolio.portfolio_id))
        clients[-1][0].subscribe(portfolio.portfolio_id)
    return clients


def test_each_symbol_is_polled_once_for_all_instances(instances, coinbase, connect):
    # Every instance holds AAA, and one symbol of its own: four in all, within the quota of five a second.
    symbols = ["AAA-USD", "BBB-USD", "CCC-USD", "DDD-USD"]
    portfolios = [(symbols[0], symbol) for symbol in symbols[1:]]
    coinbase.market.set_counting(*symbols)
    clients = watch(instances, connect, Scenario(instances[0]), *portfolios)
    wait_until(lambda: set(polls(coinbase)) == set(symbols), what="a poll of each symbol")
    counts = Counter(wait_for_polls(coinbase, 5 * len(symbols)))
    # By turns: none twice where another waits (one of them may be in the middle of its turn).
    assert set(counts) == set(symbols) and max(counts.values()) - min(counts.values()) <= 2, counts
    # Each instance's watcher sees the polls that one of them makes, for the shared symbol and its own.
    for (client, portfolio_id), wanted in zip(clients, portfolios):
        view = client.view(portfolio_id)
        reached = Counter(polls(coinbase))
        client.run_until(lambda: all((view.price(symbol) or 0) >= reached[symbol] for symbol in wanted))
    (leading,) = [instance for instance in instances if instance.metric("pf_leader") == 1]
    polls_n = len(polls(coinbase))
    made = dict(zip(instances, requests_made(instances)))
    assert sum(made.values()) == made[leading] >= polls_n, "a standby asked the provider"
    # With another leader it is still one poll a turn.
    leading.kill()
    left = [instance for instance in instances if instance is not leading]
    wait_until(lambda: sum(requests_made(left)) > 0, what="another leader's polls")
    counts = Counter(wait_for_polls(coinbase, 5 * len(symbols)))
    assert set(counts) == set(symbols) and max(counts.values()) - min(counts.values()) <= 2, counts
    assert sorted(requests_made(left))[0] == 0, "two of them asked the provider"


def test_watched_symbols_come_first_when_the_quota_is_short(instances, coinbase, connect, redis_server):
    scenario = Scenario(instances[0])
    watched = ["WAA-USD", "WBB-USD", "WCC-USD"]
    # Twelve that nobody looks at: fifteen symbols want fifteen polls a second of the five there are.
    others = [f"U{letter}{letter}-USD" for letter in "ABCDEFGHIJKL"]
    coinbase.market.set_counting(*watched, *others)
    scenario.portfolio(*[(symbol, 1, 1) for symbol in others], name="Unwatched")
    watch(instances, connect, scenario, *[(symbol,) for symbol in watched])
    with redis_server.client as redis:
        wait_until(lambda: set(redis.hkeys("pf:watched")) == set(watched), what="the watched symbols in Redis")
    # The leader looks each 2 s; until then every symbol is like the others.
    wait_until(lambda: set(polls(coinbase)[-6:]) >= set(watched), what="the watched ones in turn")
    counts = Counter(wait_for_polls(coinbase, 60))
    assert min(counts[symbol] for symbol in watched) >= 2 * max(counts[symbol] for symbol in others), counts
    assert min(counts[symbol] for symbol in others) >= 1, f"never is not after the others: {counts}"
