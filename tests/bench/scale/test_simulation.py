"""What must hold of docs/scale.md's arithmetic, and that the document shows what it gives now."""

import json
import os
import re
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
import growth
import sampling
import simulation
import unit_costs
from sampling import Behaviour, Clients, Counts, Market

SMALL = Market(500, zipf=0.0)
DESK, PHONE = simulation.DESK, simulation.PHONE
ALWAYS = Behaviour(deltas=10, rows=3, revalued=30)


@pytest.fixture(scope="module")
def costs():
    return growth.Costs()


def near(value, share=0.02):
    return pytest.approx(value, rel=share)


# --- one loop ---


def test_a_delta_carries_what_ticked_since_the_last_one():
    held = [(0, 1, 2)]
    ticks = [{0}, {1}, {0, 1}, set(), {7}, {2}, {2}]
    passes = [(1, len(ticked), ticked) for ticked in ticks]
    counts = sampling.run(Clients("any", max_rate=20), held, [1], passes)
    assert counts == Counts(passes=7, events=7, quotes=7, revalued=6, encoded=5, deltas=5, rows=6)
    # A third as often: at passes 0, 3 (1; 0 and 1 again: each once) and, after quiet, at once at 6.
    counts = sampling.run(Clients("any", max_rate=20 / 3), held, [1], passes)
    assert (counts.deltas, counts.rows, counts.revalued) == (3, 1 + 2 + 1, 6)


def test_watchers_of_one_portfolio_share_what_is_encoded():
    passes = [(1, 1, {0})] * 4
    counts = sampling.run(DESK, [(0, 1)], [5], passes)
    assert (counts.encoded, counts.deltas, counts.rows, counts.revalued) == (4, 20, 20, 4)


@pytest.mark.parametrize("clients", [DESK, PHONE], ids=lambda clients: clients.name)
def test_the_loops_together_do_what_one_alone_would(clients):
    rng = sampling.rng_of("conservation")
    held = sampling.portfolios(rng, Market(2_000), 400)
    passes = list(sampling.ticks(rng, Market(2_000), 50))
    whole = sampling.run(clients, held, [1] * 400, passes)
    parts = [sampling.run(clients, held[i : i + 100], [1] * 100, passes) for i in range(0, 400, 100)]
    for name in ("revalued", "encoded", "deltas", "rows"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name) > 0
    # And each reads all that is published.
    assert all((part.events, part.quotes) == (whole.events, whole.quotes) for part in parts)


@pytest.mark.parametrize(
    "market, clients",
    [(SMALL, DESK), (SMALL, PHONE), (SMALL, Clients("middle", max_rate=5)), (Market(500, rate=0.1, zipf=0.0), DESK)],
    ids=["desk", "phone", "middle", "quiet"],
)
def test_counted_and_closed_form_agree(market, clients):
    total, draws, portfolios = Counts(), 60, 60
    for draw in range(draws):
        rng = sampling.rng_of("closed form", market, clients.name, draw)
        held = sampling.portfolios(rng, market, portfolios)
        passes = round(20 / market.rate)
        ticks = sampling.ticks(rng, market, clients.pause + passes)
        total += sampling.run(clients, held, [1] * portfolios, ticks, clients.pause)
    total.passes //= draws
    counted = sampling.behaviour(total, portfolios * draws, portfolios * draws)
    closed = sampling.expected(market, clients)
    assert counted.deltas == near(closed.deltas)
    assert counted.rows == near(closed.rows)
    assert counted.revalued == near(closed.revalued)


@pytest.mark.parametrize("symbols, portfolios", [(500, 20), (10_000, 2_000), (100_000, 5_000)])
def test_coverage_counted_and_in_closed_form_agree(symbols, portfolios):
    market = Market(symbols)
    held = sampling.portfolios(sampling.rng_of("coverage", symbols), market, portfolios)
    assert all(len(set(each)) == sampling.POSITIONS for each in held)
    closed = sampling.expected_coverage(sampling.inclusion(market), portfolios)
    assert sampling.coverage(held, market) == near(closed)


def test_every_symbol_ticks_at_its_rate():
    market = Market(1_000, lively=100, slow=0.1)
    ticked = [0] * 1_000
    for _, quotes, symbols in sampling.ticks(sampling.rng_of("rates"), market, 400):
        assert quotes == len(symbols)
        for symbol in symbols:
            ticked[symbol] += 1
    assert set(ticked[:100]) == {20} and set(ticked[100:]) == {2}
    assert market.quotes_per_s == 100 + 90


# --- growth ---


def test_what_clients_take_is_linear_in_them(costs):
    one, ten = (growth.grow(costs, SMALL, DESK, ALWAYS, number) for number in (100_000, 1_000_000))
    assert ten.deltas == pytest.approx(10 * one.deltas)
    assert ten.out_mb_s == pytest.approx(10 * one.out_mb_s)
    assert ten.portfolios == pytest.approx(10 * one.portfolios)
    # Not quite: every loop hears of everybody's writes.
    assert ten.loops == near(10 * one.loops)
    assert ten.memory_gb == near(10 * one.memory_gb)


def test_a_loop_is_filled_to_the_share_it_may_be(costs):
    load = growth.grow(costs, SMALL, DESK, ALWAYS, 50_000)
    used_us = load.loop_fixed_us + load.clients_a_loop * growth.client_us(costs, DESK, ALWAYS, 1)
    assert used_us == pytest.approx(growth.FULL * 1e6)
    assert load.loops * load.clients_a_loop == pytest.approx(50_000)


def test_what_redis_delivers_is_what_the_loops_read(costs):
    load = growth.grow(costs, SMALL, DESK, ALWAYS, 500_000)
    hints = growth.writes_a_s(500_000) * costs.hint_bytes
    assert load.redis_out_mb_s * 1e6 == pytest.approx(load.loops * (growth.bus_bytes_a_s(costs, SMALL) + hints))


@pytest.mark.parametrize("shards", [2, 8])
def test_shards_divide_the_quotes_and_not_the_messages(costs, shards):
    market = Market(100_000)
    one = growth.redis_load(costs, market, simulation.BEST, 100, 0, 0, 0)
    way = simulation.dataclasses.replace(simulation.BEST, shards=shards)
    each = growth.redis_load(costs, market, way, 100, 0, 0, 0)
    messages = market.batches_per_s * costs.redis_publish_batch_us
    assert (each[1] - messages) * shards == pytest.approx(one[1] - messages)
    extra = 100 * (shards - 1) * market.batches_per_s * costs.bus_event_bytes / 1e6
    assert each[2] * shards == pytest.approx(one[2] + extra)


def test_watchers_meet_on_a_loop_as_often_as_chance_says():
    loops, portfolios, household = 5, 4_000, simulation.HOUSEHOLD
    rng = sampling.rng_of("watchers")
    held = sum(len({rng.randrange(loops) for _ in range(household.watchers)}) for _ in range(portfolios))
    expected = growth.copies_a_client(household, growth.TODAY, loops) * household.watchers * portfolios
    assert held == near(expected)
    by_portfolio = growth.Way(is_placed_by_portfolio=True)
    assert growth.copies_a_client(household, by_portfolio, loops) == 1 / household.watchers


@pytest.mark.parametrize("resource", ["Redis' core", "Redis' network", "PostgreSQL"])
def test_where_something_breaks_it_is_just_full(costs, resource):
    number = growth.clients_at_full(costs, SMALL, DESK, ALWAYS, resource)
    share = growth.grow(costs, SMALL, DESK, ALWAYS, number).shares()[resource]
    assert share == near(growth.FULL, 0.005)


def test_a_storm_needs_the_longer_the_more_has_to_be_loaded(costs):
    cold = growth.storm(costs, 60_000, 60_000, 3)
    warm = growth.storm(costs, 60_000, 60_000, 3, held_elsewhere=1.0)
    assert warm.postgres_s == warm.workers_s == 0 < warm.loops_s < cold.loops_s
    assert cold.window_s == max(cold.loops_s, cold.postgres_s, cold.workers_s)
    assert cold.clients == 40_000


# --- the files ---


def test_every_cost_says_what_it_is_and_what_measures_it(costs):
    names = [row["name"] for row in costs.rows]
    assert len(names) == len(set(names))
    for row in costs.rows:
        assert set(row) == {"name", "value", "unit", "by"}
        assert row["value"] >= 0 and row["unit"] and row["by"], row


def test_an_update_leaves_what_others_measured(tmp_path, monkeypatch):
    path = tmp_path / "unit_costs.json"
    monkeypatch.setattr(unit_costs, "COSTS", str(path))
    rows = [{"name": name, "value": 1, "unit": "us", "by": by} for name, by in (("a", "another"), ("b", "this"))]
    unit_costs.write_costs(rows)
    unit_costs.update({"b": {**rows[1], "value": 2}, "c": {**rows[1], "name": "c"}})
    assert {row["name"]: row["value"] for row in json.loads(path.read_text())} == {"a": 1, "b": 2, "c": 1}


def test_the_document_shows_what_the_simulation_gives(costs):
    with open(simulation.DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    shown = re.findall(r"<!-- table: (\w+) -->", text)
    assert set(shown) == set(simulation.TABLES) - {"check"}
    again = simulation.refreshed(text, costs)
    assert again == text, "run tests/bench/scale/simulation.py --write"


def test_a_table_that_is_off_is_seen(costs):
    text = "before\n<!-- table: carry -->\nanything\n<!-- end -->\nbehind\n"
    again = simulation.refreshed(text, costs)
    assert "anything" not in again and again.startswith("before\n") and again.endswith("behind\n")
    assert simulation.refreshed(again, costs) == again
