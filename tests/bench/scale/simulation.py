#!/usr/bin/python3
"""The arithmetic of docs/scale.md, from unit_costs.json and from sampled loops.

    tests/bench/scale/simulation.py              every table
    tests/bench/scale/simulation.py coverage     some of them
    tests/bench/scale/simulation.py --write      put them into docs/scale.md, between its markers

A table is made by sampling: portfolios of 30 positions by popularity, symbols that
tick, loops that coalesce (sampling.py); and by what one of everything costs
(growth.py). Each draw has a seed of its own, so a table is always the same.
"""

import argparse
import dataclasses
import functools
import os
import re
import sys

import growth
from growth import FULL, LOOPS_AN_INSTANCE, NEVER, TODAY, Costs, Way, clients_at_full, grow
from sampling import (
    PASS_S,
    Behaviour,
    Clients,
    Counts,
    Market,
    behaviour,
    coverage,
    expected,
    expected_coverage,
    inclusion,
    portfolios,
    rng_of,
    run,
    ticks,
)

DOCUMENT = os.path.join(growth.HERE, "..", "..", "..", "docs", "scale.md")
DESK, PHONE = Clients("desk", max_rate=20), Clients("phone", max_rate=1)
HOUSEHOLD = Clients("household", max_rate=20, watchers=4)
NUMBERS = (10_000, 100_000, 1_000_000, 10_000_000)
MARKETS = (Market(500), Market(10_000), Market(100_000))
SLOW_TAIL = Market(100_000, lively=2_000, slow=0.1)
DRAWS, DRAWN = 12, 300  # markets, and portfolios in each

STEPS = (
    TODAY,
    Way("+ watched symbols once a minute", is_watched_by_symbol=True),
    Way("+ hints gathered", is_watched_by_symbol=True, is_hint_gathered=True),
    Way("+ one reader a process", is_watched_by_symbol=True, is_hint_gathered=True, is_reader_a_process=True),
)
BEST = STEPS[-1]


@functools.lru_cache(maxsize=None)
def sampled(market, clients):
    """Behaviour of one portfolio's client, over several draws of the market."""
    total = Counts()
    passes = 20
    for draw in range(DRAWS):
        rng = rng_of("behaviour", market, clients.name, draw)
        held = portfolios(rng, market, DRAWN)
        total += run(clients, held, [1] * DRAWN, ticks(rng, market, clients.pause + passes), clients.pause)
    total.passes //= DRAWS
    found = behaviour(total, DRAWN * DRAWS, DRAWN * DRAWS)
    return Behaviour(found.deltas, found.rows, found.revalued)


def fit_a_loop(costs, market, clients):
    return int(grow(costs, market, clients, sampled(market, clients), 1).clients_a_loop)


def full_loop(costs, market, clients):
    """One loop with as many clients as it carries, counted: (clients, Behaviour)."""
    number = fit_a_loop(costs, market, clients)
    rng = rng_of("loop", market, clients.name)
    held = portfolios(rng, market, number)
    counts = run(clients, held, [1] * number, ticks(rng, market, clients.pause + 20), clients.pause)
    return number, behaviour(counts, number, number)


def table(headings, rows, left=1):
    """Lines of Markdown that read well in a terminal; `left` columns are texts."""
    cells = [[str(cell) for cell in row] for row in [headings, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    lines = [
        "| " + " | ".join(c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (w + 2) if i < left else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return [lines[0], rule, *lines[1:]]


def short(number, digits=2):
    """Two digits that count: 4,300; 1.2 M."""
    if number == NEVER:
        return "-"
    if number == 0:
        return "0"
    rounded = float(f"{number:.{digits}g}")
    if rounded >= 1e6:
        return f"{rounded / 1e6:,.{digits}g} M" if rounded < 1e8 else f"{rounded / 1e6:,.0f} M"
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def percent(share):
    return f"{short(share * 100)} %"


# --- the tables ---


def units(costs):
    rows = [(f"`{row['name']}`", f"{row['value']:g}", row["unit"], f"`{row['by']}`") for row in costs.rows]
    return table(("name", "value", "what", "measured by"), rows, left=4)


def carry_core(costs):
    desk, phone = (fit_a_loop(costs, MARKETS[0], clients) for clients in (DESK, PHONE))
    reading = growth.loop_fixed_us(costs, MARKETS[2], TODAY, 0) / 1e6
    sends = f"{short(1e6 / costs.delta_own_us)} / {short(1e6 / costs.delta_shared_us)}"
    return [
        ("a core", "deltas a second, for each client its own / one for all", sends),
        ("a core, to 70 %", "desks / phones, 500 symbols", f"{short(desk)} / {short(phone)}"),
        ("a core", "positions revalued a second, nothing sent", short(1e9 / costs.revalue_ns)),
        ("a core", "connects a second, with subscribe and snapshot", short(1e6 / costs.loop_connect_us)),
        ("a core", "of it for reading 100,000 quotes a second", percent(reading)),
    ]


def carry_instance(costs):
    loads = [grow(costs, MARKETS[0], c, sampled(MARKETS[0], c), 1) for c in (DESK, PHONE)]
    memory = (load.clients_an_instance * (costs.connection_bytes + costs.portfolio_bytes) / 1e9 for load in loads)
    what = f"an instance, {LOOPS_AN_INSTANCE} loops"
    return [
        (what + ", to 70 %", "desks / phones", " / ".join(short(load.clients_an_instance) for load in loads)),
        (what, "their memory, GB", " / ".join(short(gb) for gb in memory)),
        (what, "portfolios loaded a second by 4 workers", short(4e6 / (costs.pg_load_us + costs.worker_load_us))),
    ]


def carry_shared(costs):
    def events(subscribers, quotes):
        megabytes = (costs.bus_event_bytes + quotes * costs.bus_quote_bytes) / 1e6
        message = costs.redis_message_us + megabytes * costs.redis_megabyte_us
        script = costs.redis_publish_batch_us + quotes * costs.redis_publish_quote_us
        return FULL * 1e6 / (script + subscribers * message)

    by_subscribers = " / ".join(short(events(n, 50)) for n in (1, 8, 64, 1000))
    postgres_us = growth.POSTGRES_CORES * FULL * 1e6
    postgres = f"a PostgreSQL, {growth.POSTGRES_CORES} cores, to 70 %"
    quotes = short(FULL * 1e6 / costs.redis_publish_quote_us)
    book = 100_000 * costs.redis_book_quote_us / 1000
    million = grow(costs, MARKETS[2], DESK, sampled(MARKETS[2], DESK), 1_000_000)
    return [
        ("a Redis, to 70 %", "quotes a second numbered and stored, nobody listening", quotes),
        ("a Redis, to 70 %", "events of 50 quotes a second to 1 / 8 / 64 / 1,000 loops", by_subscribers),
        ("a Redis", "ms to give one loop the book of 100,000 symbols", short(book)),
        ("a Redis", "s to give it to all loops of 1 million desks", short(million.book_read_s)),
        (postgres, "portfolios loaded a second", short(postgres_us / costs.pg_load_us)),
        (postgres, "portfolios held, if it only swept them", short(growth.SWEEP_S * postgres_us / costs.pg_sweep_us)),
        (postgres, "lots written a second", short(postgres_us / costs.pg_write_us)),
    ]


def carry(costs):
    return table(("what", "carries", "as many"), carry_core(costs) + carry_instance(costs) + carry_shared(costs), left=2)


def first_full(costs, market, clients, way=TODAY):
    """(resource, clients) of what is full first."""
    load = grow(costs, market, clients, sampled(market, clients), 1, way)
    found = {
        resource: clients_at_full(costs, market, clients, sampled(market, clients), resource, way)
        for resource in load.shares()
    }
    return min(found.items(), key=lambda item: item[1])


def growth_of(costs, clients):
    headings = ("clients", "symbols", "cores", "machines", "deltas/s", "out Gbit/s", "memory GB")
    headings += ("Redis' core", "its network", "PostgreSQL", "first to pass 70 %")
    rows = []
    for number in NUMBERS:
        for market in MARKETS:
            load = grow(costs, market, clients, sampled(market, clients), number)
            shares = load.shares()
            resource, at = first_full(costs, market, clients)
            first = f"{resource} at {short(at)}" if at <= number else "nothing"
            if at == 0:
                first = f"{resource} without any client"
            rows.append(
                (f"{number:,}", f"{market.symbols:,}", short(max(load.loops, 1)), load.instances, short(load.deltas))
                + (short(load.out_mb_s * 8 / 1000), short(load.memory_gb), percent(shares["Redis' core"]))
                + (percent(shares["Redis' network"]), percent(shares["PostgreSQL"]), first)
            )
    return table(headings, rows, left=0)


def breaks(costs):
    """What is full first, and with how many clients, after each step."""
    headings = ("clients", "symbols", *(way.name for way in STEPS))
    rows = []
    for clients in (DESK, PHONE):
        for market in (*MARKETS, SLOW_TAIL):
            found = [first_full(costs, market, clients, way) for way in STEPS]
            rows.append((clients.name, market_name(market), *(f"{short(at)}: {resource}" for resource, at in found)))
    return table(headings, rows, left=2)


def market_name(market):
    return f"{market.symbols:,}" + (" (slow tail)" if market.lively else "")


def shards(costs):
    """Nodes that 10 million clients need, with everything before done."""
    headings = ("clients", "symbols", "quotes/s", "processes", "shards")
    headings += ("each: core", "each: network", "messages/s to a process")
    rows = []
    for clients in (DESK, PHONE):
        for market in (*MARKETS, SLOW_TAIL):
            needed, load = needed_shards(costs, market, clients, 10_000_000)
            row = (clients.name, market_name(market), short(market.quotes_per_s))
            if needed is None:
                rows.append(row + ("-", "over 64", "-", "-", "-"))
                continue
            shares = load.shares()
            rows.append(
                row
                + (load.instances, needed, percent(shares["Redis' core"]), percent(shares["Redis' network"]))
                + (short(market.batches_per_s * needed),)
            )
    return table(headings, rows, left=2)


def needed_shards(costs, market, clients, number):
    for needed in range(1, 65):
        way = dataclasses.replace(BEST, shards=needed)
        load = grow(costs, market, clients, sampled(market, clients), number, way)
        if load and max(share for name, share in load.shares().items() if name.startswith("Redis")) <= FULL:
            return needed, load
    return None, None


def coverage_of(costs):
    """What a loop holds of what it reads; counted, and in closed form."""
    headings = ("symbols", "portfolios", "a loop", "held, counted", "held, closed form", "a process of 16 holds")
    rows = []
    for market in MARKETS[1:]:
        included = inclusion(market)
        sizes = [("", 10_000)]
        sizes += [(f"full of {c.name}s", fit_a_loop(costs, market, c)) for c in (DESK, PHONE)]
        for what, number in sorted(sizes, key=lambda size: size[1]):
            counted = coverage(portfolios(rng_of("coverage", market, number), market, number), market)
            closed, process = (expected_coverage(included, n) for n in (number, number * LOOPS_AN_INSTANCE))
            rows.append((f"{market.symbols:,}", short(number), what, percent(counted), percent(closed), percent(process)))
    return table(headings, rows, left=0)


def check(costs):
    """The full loops, counted, beside the closed form."""
    headings = ("clients", "symbols", "portfolios", "deltas/s each", "closed form")
    headings += ("rows a delta", "closed form", "revalued/s each")
    rows = []
    for clients in (DESK, PHONE):
        for market in MARKETS:
            number, found = full_loop(costs, market, clients)
            closed = expected(market, clients)
            rows.append(
                (clients.name, f"{market.symbols:,}", short(number), f"{found.deltas:.2f}", f"{closed.deltas:.2f}")
                + (f"{found.rows:.2f}", f"{closed.rows:.2f}", f"{found.revalued:.1f}")
            )
    return table(headings, rows, left=1)


def placing(costs):
    """Four watchers a portfolio: wherever they come, or all on one loop."""
    headings = ("clients", "symbols", "placed", "cores", "portfolios held", "PostgreSQL", "memory GB")
    rows = []
    by_portfolio = Way("by portfolio", is_placed_by_portfolio=True)
    for number in NUMBERS[2:]:
        for name, way in (("anywhere", TODAY), ("by portfolio", by_portfolio)):
            load = grow(costs, MARKETS[1], HOUSEHOLD, sampled(MARKETS[1], HOUSEHOLD), number, way)
            rows.append(
                (f"{number:,}", f"{MARKETS[1].symbols:,}", name, short(load.loops), short(load.portfolios))
                + (percent(load.shares()["PostgreSQL"]), short(load.memory_gb))
            )
    return table(headings, rows, left=0)


def storms(costs):
    headings = ("clients", "instances", "connections lost", "loops", "PostgreSQL", "workers", "window at least")
    rows = []
    for clients in (DESK, PHONE):
        load = grow(costs, MARKETS[1], clients, sampled(MARKETS[1], clients), 1)
        each = load.clients_an_instance
        for instances in (2, 3, 10, 100):
            found = growth.storm(costs, each, each, instances)
            seconds = [f"{short(s)} s" for s in (found.loops_s, found.postgres_s, found.workers_s, found.window_s)]
            rows.append((clients.name, instances, short(found.clients), *seconds))
    return table(headings, rows, left=1)


TABLES = {
    "units": units,
    "carry": carry,
    "desk": lambda costs: growth_of(costs, DESK),
    "phone": lambda costs: growth_of(costs, PHONE),
    "breaks": breaks,
    "shards": shards,
    "coverage": coverage_of,
    "placing": placing,
    "storms": storms,
    "check": check,
}


def refreshed(text, costs):
    """The document with every table between `<!-- table: NAME -->` and `<!-- end -->` made anew."""

    def made(match):
        return f"{match[1]}\n" + "\n".join(TABLES[match[2]](costs)) + "\n<!-- end -->"

    return re.sub(r"(<!-- table: (\w+) -->)\n.*?<!-- end -->", made, text, flags=re.DOTALL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="refresh docs/scale.md")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    arguments = parser.parse_args()
    unknown = set(arguments.tables) - set(TABLES)
    if unknown:
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    costs = Costs()
    if arguments.write:
        with open(DOCUMENT, encoding="utf-8") as file:
            text = file.read()
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(refreshed(text, costs))
        return 0
    for name in arguments.tables or TABLES:
        print(f"{name}\n")
        print("\n".join(TABLES[name](costs)), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
