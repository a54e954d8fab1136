"""kill -9 of the instance that has everybody: all come back to the others at
once, each with one exact delta, and what the others hold costs no SQL.

PF_STORM_CLIENTS=10000 for the storm of the specification; one HAProxy takes
as many clients as its descriptors allow, so there may be two.
"""

import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import haproxy
from support.storm import Market, Storm, create_portfolios

CLIENTS_N = int(os.environ.get("PF_STORM_CLIENTS", "500"))
PER_PORTFOLIO = 5
SYMBOLS_N = 50
POSITIONS_N = 5
# What nobody may need: nothing was refused, lost, or closed for being too much.
OVERLOAD = [
    'pf_connections_closed_total{reason="stalled"}',
    'pf_connections_closed_total{reason="outbox_full"}',
    "pf_accepts_failed_total",
    "pf_handshakes_refused_total",
    "pf_http_refused_total",
    'pf_http_responses_total{class="5xx"}',
    "pf_messages_refused_total",
    "pf_db_jobs_refused_total",
    "pf_mailbox_full_total",
    "pf_bus_reloads_total",
    "pf_bus_epochs_total",
]


@pytest.fixture
def market(redis_server, start_instances):
    it = Market(redis_server.url, SYMBOLS_N)
    yield it
    it.stop()


def metrics(instances, names):
    return {(instance.port, name): instance.metric(name) for instance in instances for name in names}


def hold(instance, portfolios):
    """Has the instance load them; it keeps them for PORTFOLIO_KEEP_S."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda name: instance.json("GET", f"/portfolios/{name}/valuation", expect=200), portfolios))
    assert instance.metric("pf_portfolios_held") == len(portfolios)


def weigh(balancers, state, *names):
    for balancer in balancers:
        for name in names:
            balancer.command(f"set server instances/{name} state {state}")


def judge(balancers, word):
    """enable or disable: checks of the instance that gets everybody, which it does even if it stands still."""
    for balancer in balancers:
        balancer.command(f"{word} health instances/a")


@pytest.mark.parametrize("is_held", [True, False], ids=["in memory", "from the database"])
def test_everybody_comes_back_to_the_others_at_once(start_instances, start_balancer, postgres, market, is_held):
    # No pings: on a busy machine the answers of all these clients come late, behind the deltas that they read first.
    instances = start_instances(HEARTBEAT_MS=5000, PORTFOLIO_KEEP_S=3600, PING_S=3600)
    first, others = instances[0], instances[1:]
    balancers_n = math.ceil(CLIENTS_N / haproxy.clients_max())
    balancers = [start_balancer(instances, maxconn=haproxy.clients_max()) for _ in range(balancers_n)]
    portfolios = create_portfolios(first, postgres, CLIENTS_N // PER_PORTFOLIO, market.symbols, POSITIONS_N)
    market.publish_all()
    for instance in others if is_held else []:
        hold(instance, portfolios)
    weigh(balancers, "drain", "b", "c")
    judge(balancers, "disable")
    storm = Storm(balancers, portfolios, CLIENTS_N, per_second=CLIENTS_N // 4)
    storm.wait_until_live()
    assert first.metric("pf_connections") == CLIENTS_N
    weigh(balancers, "ready", "b", "c")
    judge(balancers, "enable")
    market.start_moving()
    loads = sum(metrics(others, ["pf_portfolio_loads_total"]).values())
    jobs = sum(metrics(others, ["pf_db_jobs_total"]).values())
    burdens = metrics(others, OVERLOAD)
    begin_s = time.monotonic()

    first.kill()
    storm.wait_until(lambda s: s["cuts"] == CLIENTS_N and s["live"] == CLIENTS_N, "everybody back")
    # Both took their share.
    shares = [instance.metric("pf_connections") for instance in others]
    assert sum(shares) == CLIENTS_N and min(shares) > CLIENTS_N // 4, shares

    market.stop_moving()
    result = storm.compare(market.publish_all(), others)
    storm.stop()
    print(json.dumps(result))
    # Each resumed once, with one delta, and has the document that the valuation has at its cursor.
    assert result["failure"] == "", result
    assert (result["opened"], result["resumes"], result["recovered"]) == (2 * CLIENTS_N, CLIENTS_N, CLIENTS_N), result
    assert result["snapshots"] == CLIENTS_N, result  # the first ones
    assert (result["equal"], result["other_cursor"], result["instances_differ"]) == (CLIENTS_N, 0, 0), result
    for name in ("wrong_bases", "led_back", "errors", "refused", "connects_failed"):
        assert result[name] == 0, result
    assert metrics(others, OVERLOAD) == burdens
    # What is in memory costs nothing; else each instance loads a portfolio once, however many want it.
    loaded_n = sum(metrics(others, ["pf_portfolio_loads_total"]).values()) - loads
    assert loaded_n == 0 if is_held else loaded_n <= len(others) * len(portfolios), loaded_n
    # Beside that the sweep each 2 s, and what each check of /health asks; nothing for each client.
    jobs_n = sum(metrics(others, ["pf_db_jobs_total"]).values()) - jobs - loaded_n
    each_second = len(others) * (0.5 + 1 + balancers_n * 4)
    assert jobs_n <= (time.monotonic() - begin_s) * each_second + 20
