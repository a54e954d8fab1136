#!/usr/bin/python3
"""What one of everything costs in processor time: the numbers docs/scale.md is made of.

    tests/bench/scale/unit_costs.py [--build DIR] [--only redis,loop,...] [--update]

Starts PostgreSQL, Redis and portfoliod of its own on loopback and prints a JSON
line for each unit: {"name", "value", "unit", "by"}. --update writes them into
unit_costs.json; what other benches measure stays there as it is.

Times are of the processor (schedstat: the kernel's share is in them), so waiting for
a core is not counted; a busy machine's caches and wake-ups are. What redis, loop, rows,
book and connects measure is the median of repetitions; loads, sweeps, the leader and
writes are taken once. It takes one to two minutes.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

from meters import HERE, ROOT, Meter, Reader

sys.path.insert(0, os.path.join(ROOT, "tests"))

COSTS = os.path.join(HERE, "unit_costs.json")
COMMAND = "tests/bench/scale/unit_costs.py"
SYMBOLS = 500
POSITIONS = 30
PORTFOLIOS = 10000
CONNECTIONS = 10  # that hold them, a thousand each
REPETITIONS = 3
WATCH_CHUNK = 256  # fields a command, in server/app/shard.c
SMALL, LARGE = 50, 500  # quotes a batch
CUSTOMER = "00000000-0000-4000-9000-000000000000"

# Portfolio i holds POSITIONS symbols in a row from 30 i on: every k-th symbol touches it in 30 / k positions.
SEED_SQL = f"""
INSERT INTO customers (customer_id, name, email) VALUES ('{CUSTOMER}', 'Bench', 'bench@example.com');
INSERT INTO assets (ticker_symbol, currency)
SELECT 'S' || lpad(s::text, 3, '0'), 'USD' FROM generate_series(0, {SYMBOLS - 1}) s;
INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '{CUSTOMER}', 'Bench ' || i, 'BROKERAGE'
FROM generate_series(0, {PORTFOLIOS - 1}) i;
INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
       'S' || lpad(((i * {POSITIONS} + j) % {SYMBOLS})::text, 3, '0'), 1 + j * 1.25, 100 + j, '2024-01-02'
FROM generate_series(0, {PORTFOLIOS - 1}) i, generate_series(0, {POSITIONS - 1}) j;
"""


def portfolio_id(i):
    return f"00000000-0000-4000-8000-{i:012x}"


def line_through(points):
    """(at zero, by one) of two points."""
    (x1, y1), (x2, y2) = points
    slope = (y2 - y1) / (x2 - x1)
    return y1 - slope * x1, slope


def wait_for(condition, deadline_s=60, pause_s=0.02):
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("what was waited for did not come")
        time.sleep(pause_s)


class Bench:
    def __init__(self, build):
        os.environ["PORTFOLIOD"] = os.path.join(build, "portfoliod")
        # Read by their modules at import.
        from support.postgres import Postgres
        from support.publisher import Publisher
        from support.redis_server import Redis
        from support.server import Server, migrate

        self._server_class, self._publisher_class = Server, Publisher
        self.redis = Redis()
        self.postgres = Postgres()
        self.database = self.postgres.create_database(migrate)
        self.database.execute(SEED_SQL)
        # Nobody tidies up behind the seeding while something is measured.
        self.database.execute("VACUUM ANALYZE")
        self.postgres.execute("ALTER SYSTEM SET autovacuum = off")
        self.postgres.execute("SELECT pg_reload_conf()")
        self.redis_pid = int(self.redis.client.info("server")["process_id"])
        self.postgres_pid = int(open(os.path.join(self.postgres.socket_directory, "data", "postmaster.pid")).readline())
        self.batches = 0
        self.found = {}

    def close(self):
        self.postgres.destroy()
        self.redis.destroy()

    def tell(self, name, value, unit):
        line = {"name": name, "value": float(f"{value:.3g}"), "unit": unit, "by": COMMAND}
        self.found[name] = line
        print(json.dumps(line), flush=True)

    def note(self, **what):
        """What a unit was made of; not a unit itself."""
        print(json.dumps({"note": what}), flush=True)

    # --- what is measured ---

    def serve(self, **settings):
        settings = {"PROVIDERS": "none", "MESSAGES_PER_SECOND": 100000, **settings}
        server = self._server_class(DATABASE_URL=self.database.url, REDIS_URL=self.redis.tcp_url, **settings)
        wait_for(lambda: server.metric("pf_bus_connected") == 1)
        return server

    def publisher(self):
        return self._publisher_class(self.redis.tcp_url)

    def quotes(self, symbols):
        """A batch in which every price is another one than last time."""
        self.batches += 1
        cents = self.batches * 37 % 1000 / 100
        return [{"symbol": f"S{s:03d}", "price": round(100 + s + cents, 2), "previous_close": 100 + s} for s in symbols]

    def redis_cpu_a_batch(self, publisher, quotes_n, batches_n):
        found = []
        for _ in range(REPETITIONS):
            meter = Meter(self.redis_pid)
            for _ in range(batches_n):
                publisher.publish(self.quotes(range(quotes_n)))
            found.append(meter.us() / batches_n)
        return statistics.median(found)

    def watchers(self, server, lines):
        """A reader with a connection a line."""
        with tempfile.NamedTemporaryFile("w", suffix=".watchers") as file:
            file.write("".join(" ".join(portfolio_id(i) for i in line) + "\n" for line in lines))
            file.flush()
            return Reader("watchers", server.port, file.name)


# --- Redis ---


def measure_redis(bench):
    publisher = bench.publisher()
    alone = {n: bench.redis_cpu_a_batch(publisher, n, batches) for n, batches in ((SMALL, 300), (LARGE, 60))}
    batch_us, quote_us = line_through(sorted(alone.items()))
    bench.note(redis_us_a_batch_of_50=alone[SMALL], redis_us_a_batch_of_500=alone[LARGE])
    what = "us of Redis a published batch, beside its quotes (0: lost in the noise)"
    bench.tell("redis_publish_batch_us", max(batch_us, 0), what)
    bench.tell("redis_publish_quote_us", quote_us, "us of Redis a published quote")

    bytes_n = {}
    for quotes_n in (SMALL, LARGE):
        reader = Reader("subscribers", bench.redis.port, 1)
        for _ in range(20):
            publisher.publish(bench.quotes(range(quotes_n)))
        bytes_n[quotes_n] = reader.stop()["bytes"] / 20
    publisher.stop()
    # Without the script, beside which the delivery would be lost in the noise.
    message_us = {}
    for subscribers in (0, 1, 8, 64):
        reader = Reader("subscribers", bench.redis.port, subscribers)
        for quotes_n in (SMALL, LARGE):
            message_us[subscribers, quotes_n] = delivery_us(bench, subscribers, int(bytes_n[quotes_n]))
        reader.stop()
    message_us = {(s, q): (us - message_us[0, q]) / s for (s, q), us in message_us.items() if s}
    bench.note(redis_us_a_message={f"{s} subscribers, {q} quotes": round(us, 2) for (s, q), us in message_us.items()})
    event_bytes, quote_bytes = line_through(sorted(bytes_n.items()))
    mean_us = {q: (message_us[8, q] + message_us[64, q]) / 2 for q in (SMALL, LARGE)}
    fixed_us, byte_us = line_through([(bytes_n[q], mean_us[q]) for q in (SMALL, LARGE)])
    bench.tell("redis_message_us", max(fixed_us, 0), "us of Redis a message delivered to one of many subscribers")
    bench.tell("redis_megabyte_us", byte_us * 1e6, "us of Redis a megabyte delivered, on top of the message")
    bench.tell("redis_check_us", check_us(bench), "us of Redis a loop and second: is the number still ours, is there a leader")
    bench.tell("bus_event_bytes", event_bytes, "bytes on the wire of an event without its quotes")
    bench.tell("bus_quote_bytes", quote_bytes, "bytes on the wire of a quote in an event")


def delivery_us(bench, subscribers, bytes_n):
    client, payload, found = bench.redis.client, "x" * bytes_n, []
    for _ in range(2 * REPETITIONS + 1):
        meter = Meter(bench.redis_pid)
        for _ in range(40):
            client.publish("pf:events", payload)
            # What nobody fetches piles up, and past 32 MB Redis cuts the subscriber off.
            time.sleep(0.0005 + subscribers * bytes_n / 5e8)
        found.append(meter.us() / 40)
    return statistics.median(found)


def check_us(bench):
    """What each loop asks once a second."""
    pipeline, asked = bench.redis.client.pipeline(transaction=False), 500
    meter = Meter(bench.redis_pid)
    for _ in range(asked):
        pipeline.hmget("pf:bus", "epoch", "seq")
        pipeline.exists("pf:leader")
        pipeline.execute()
    return meter.us() / asked


# --- a loop that holds nothing ---


def measure_loop(bench):
    server, publisher = bench.serve(), bench.publisher()
    costs = {}
    for quotes_n, batches in ((SMALL, 150), (LARGE, 100)):
        found = []
        for _ in range(REPETITIONS):
            first = server.metric("pf_bus_events_total")
            meter = Meter(server.pid, thread="loop-0")
            for _ in range(batches):
                publisher.publish(bench.quotes(range(quotes_n)))
                time.sleep(0.005)
            wait_for(lambda: server.metric("pf_bus_events_total") >= first + batches)
            found.append(meter.us() / batches)
        costs[quotes_n] = statistics.median(found)
    publisher.stop()
    event_us, quote_us = line_through(sorted(costs.items()))
    bench.note(loop_us_an_event_of_50=costs[SMALL], loop_us_an_event_of_500=costs[LARGE])
    bench.tell("loop_event_us", max(event_us, 0), "us of a loop an event it reads, of itself")
    bench.tell("loop_quote_us", quote_us, "us of a loop a quote it reads and keeps, held by nobody")

    hints = 5000
    first = server.metric("pf_bus_hints_total")
    redis_meter, meter = Meter(bench.redis_pid), Meter(server.pid, thread="loop-0")
    pipeline = bench.redis.client.pipeline(transaction=False)
    for _ in range(hints):
        pipeline.publish("pf:events", '{"portfolio":"%s"}' % portfolio_id(1))
    pipeline.execute()
    wait_for(lambda: server.metric("pf_bus_hints_total") >= first + hints)
    bench.tell("redis_hint_us", redis_meter.us() / hints, "us of Redis a hint, with one subscriber")
    bench.tell("loop_hint_us", meter.us() / hints, "us of a loop a hint for a portfolio it does not hold")
    server.stop()


# --- reading the whole book ---


def measure_book(bench):
    symbols = 20000
    publisher = bench.publisher()
    for first in range(0, symbols, 1000):
        chunk = range(first, first + 1000)
        publisher.publish([{"symbol": f"B{s:05d}", "price": round(100 + s / 100, 2), "previous_close": 100} for s in chunk])
    publisher.stop()
    server = bench.serve()
    client = bench.redis.client
    redis_found, loop_found = [], []
    for _ in range(REPETITIONS):
        reloads = server.metric("pf_bus_reloads_total")
        redis_meter, meter = Meter(bench.redis_pid), Meter(server.pid, thread="loop-0")
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        wait_for(lambda before=reloads: server.metric("pf_bus_reloads_total") > before)
        wait_for(lambda: server.metric("pf_bus_connected") == 1)
        redis_found.append(redis_meter.us() / symbols)
        loop_found.append(meter.us() / symbols)
    server.stop()
    bench.tell("redis_book_quote_us", statistics.median(redis_found), "us of Redis a quote of a book that a loop reads")
    bench.tell("loop_book_quote_us", statistics.median(loop_found), "us of a loop a quote of a book that it reads")
    client.flushall()


# --- holding portfolios: loads, sweeps, what is said to be watched; connecting ---


def server_connections(bench):
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'portfolio'"
    return bench.postgres.execute(sql, bench.database.name)[0][0]


def store_meter(bench):
    """PostgreSQL's processes for the workers; what the leader asks goes over a connection of its own."""
    sql = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = 'portfolio' "
    sql += "AND query NOT LIKE 'WITH RECURSIVE held%%'"
    return Meter(*(pid for (pid,) in bench.postgres.execute(sql, bench.database.name)))


def measure_holding(bench):
    server = bench.serve()
    wait_for(lambda: server.metric("pf_db_connections") == server_connections(bench))
    idle_s, redis = 4, Meter(bench.redis_pid)
    time.sleep(idle_s)
    redis_idle = redis.us() / idle_s  # the leader's own questions

    resident = server.resident_bytes()
    share = PORTFOLIOS // CONNECTIONS
    lines = [range(c * share, (c + 1) * share) for c in range(CONNECTIONS)]
    postgres, workers, loop = store_meter(bench), Meter(server.pid, thread="store"), Meter(server.pid, thread="loop-0")
    begun = time.monotonic()
    reader = bench.watchers(server, lines)
    wall_s = time.monotonic() - begun
    loads = server.metric("pf_portfolio_loads_total")
    kept = (server.resident_bytes() - resident) / PORTFOLIOS
    bench.tell("portfolio_bytes", kept, "resident bytes of a held portfolio (30 lots) and its subscription")
    bench.note(loads=loads, portfolios=PORTFOLIOS, wall_s=round(wall_s, 2))
    bench.tell("pg_load_us", postgres.us() / loads, "us of PostgreSQL a portfolio loaded (30 lots)")
    bench.tell("worker_load_us", workers.us() / loads, "us of the workers a portfolio loaded")
    each_us = wall_s * 1e6 / loads
    bench.tell("load_wall_us", each_us, "us of wall time a portfolio loaded, 4 workers, everything on one machine")
    bench.tell("loop_load_us", loop.us() / loads, "us of a loop a portfolio subscribed to: load, snapshot")
    measure_rest(bench, server, redis_idle)
    reader.stop()
    measure_connects(bench, server)
    server.stop()


def measure_rest(bench, server, redis_idle):
    """What held portfolios cost while nothing moves: the sweep each 2 s, pf:watched each 10 s."""
    client = bench.redis.client

    def watch_commands():
        """HSETs, without those of the leader's lock."""
        calls = {name: stat["calls"] for name, stat in client.info("commandstats").items()}
        return calls.get("cmdstat_hset", 0) - calls.get("cmdstat_eval", 0)

    def after_a_round():
        before = client.hget("pf:watched", "S000")
        wait_for(lambda: client.hget("pf:watched", "S000") != before, pause_s=0.05)
        time.sleep(1)  # the whole round has come

    after_a_round()
    commands = watch_commands()
    meters = store_meter(bench), Meter(bench.redis_pid), Meter(server.pid, thread="loop-0")
    begun = time.monotonic()
    after_a_round()
    lasted_s = time.monotonic() - begun
    postgres_us, redis_us, loop_us = (meter.us() for meter in meters)
    fields = (watch_commands() - commands) * WATCH_CHUNK
    sweeps = lasted_s / 2
    bench.note(watch_fields=fields, lasted_s=round(lasted_s, 2))
    bench.tell("pg_sweep_us", postgres_us / sweeps / PORTFOLIOS, "us of PostgreSQL a portfolio and version sweep")
    said = fields / (PORTFOLIOS * POSITIONS)
    bench.tell("watch_fields_a_position", said, "fields of pf:watched written a watched position, each 10 s")
    bench.tell("redis_watch_us", (redis_us - redis_idle * lasted_s) / fields, "us of Redis a field of pf:watched")
    held_us = loop_us / PORTFOLIOS / lasted_s
    bench.tell("loop_hold_us", held_us, "us of a loop a held portfolio and second: sweeps, pf:watched, heartbeats")


def measure_connects(bench, server):
    clients = 1000
    found = []
    for _ in range(REPETITIONS):
        meter = Meter(server.pid, thread="loop-0")
        reader = bench.watchers(server, [[i] for i in range(clients)])
        found.append(meter.us() / clients)
        reader.stop()
    each_us = statistics.median(found)
    bench.tell("loop_connect_us", each_us, "us of a loop a connect, subscribe and snapshot, portfolio in memory")


# --- what a delta costs by its rows ---


def measure_rows(bench):
    clients, batches, pause_s = 300, 12, 0.08
    server, publisher = bench.serve(FLUSH_MS=20), bench.publisher()
    publisher.publish(bench.quotes(range(SYMBOLS)))
    reader = bench.watchers(server, [[i] for i in range(clients)])
    event_us, quote_us = (bench.found[name]["value"] for name in ("loop_event_us", "loop_quote_us"))
    names = 'pf_frames_sent_total{type="delta"}', "pf_stream_bytes_sent_total"
    costs, sizes = {3: [], 30: []}, {}
    for step in (10, 1) * (REPETITIONS + 2):
        rows = POSITIONS // step
        before = [server.metric(name) for name in names]
        meter = Meter(server.pid, thread="loop-0")
        for _ in range(batches):
            publisher.publish(bench.quotes(range(0, SYMBOLS, step)))
            time.sleep(pause_s)
        us = meter.us() - batches * (event_us + SYMBOLS // step * quote_us)
        deltas, bytes_n = (server.metric(name) - was for name, was in zip(names, before))
        costs[rows].append(us / deltas)
        sizes[rows] = bytes_n / deltas
    reader.stop()
    publisher.stop()
    server.stop()
    costs = {rows: statistics.median(found) for rows, found in costs.items()}
    bench.note(loop_us_a_delta={f"{rows} rows": round(us, 2) for rows, us in costs.items()}, bytes_a_delta=sizes)
    _, row_us = line_through(sorted(costs.items()))
    empty_bytes, row_bytes = line_through(sorted(sizes.items()))
    bench.tell("delta_row_us", max(row_us, 0), "us of a loop each further row of a delta of one client's own")
    bench.tell("delta_bytes", empty_bytes, "payload bytes of a delta without its rows")
    bench.tell("delta_row_bytes", row_bytes, "payload bytes of a row in a delta")


# --- the leader: asking, publishing, keeping prices ---


def measure_leader(bench):
    def saved():
        bench.database.execute("SELECT pg_stat_force_next_flush()")
        sql = "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'asset_prices'"
        return bench.database.execute(sql)[0][0]

    server = bench.serve(PROVIDERS="simulated", SIMULATED_TICK_MS=100)
    wait_for(lambda: server.metric("pf_bus_quotes_total") > SYMBOLS)
    wait_for(lambda: saved() > 0)
    postgres, poller = Meter(bench.postgres_pid, with_children=True), Meter(server.pid, thread="pf-poller")
    quotes, prices, begun = server.metric("pf_bus_quotes_total"), saved(), time.monotonic()
    time.sleep(8)
    quotes, prices = server.metric("pf_bus_quotes_total") - quotes, saved() - prices
    bench.note(published_quotes=quotes, kept_prices=prices, s=round(time.monotonic() - begun, 2))
    bench.tell("poller_quote_us", poller.us() / quotes, "us of the leading poller a quote it publishes (simulated provider)")
    bench.tell("pg_price_us", postgres.us() / max(prices, 1), "us of PostgreSQL a last price kept")
    question = bench.database.execute("SELECT query FROM pg_stat_activity WHERE query LIKE 'WITH RECURSIVE held%' LIMIT 1")
    server.stop()
    if question:
        asked = 40
        pid, found = held_symbols_us(bench, question[0][0], asked)
        bench.note(held_symbols_asked=asked, backend=pid)
        each_us = found / asked / SYMBOLS
        bench.tell("pg_held_symbol_us", each_us, "us of PostgreSQL a held symbol and question of the leader, each 2 s")


def held_symbols_us(bench, question, asked):
    import psycopg2

    connection = psycopg2.connect(bench.database.superuser_url)
    with connection.cursor() as cursor:
        cursor.execute(question)
        pid = connection.get_backend_pid()
        meter = Meter(pid)
        for _ in range(asked):
            cursor.execute(question)
            cursor.fetchall()
        found = meter.us()
    connection.close()
    return pid, found


# --- writes ---


def measure_writes(bench):
    warm_up, writes = 50, 300
    server = bench.serve()
    reader = Reader("subscribers", bench.redis.port, 1)
    for i in range(warm_up + writes):
        if i == warm_up:  # the workers are connected and have prepared their statements
            postgres = Meter(bench.postgres_pid, with_children=True)
        server.create_investment(portfolio_id(i), "S001", 1, 100)
    postgres_us = postgres.us()
    wait_for(lambda: server.metric("pf_bus_hints_total") >= warm_up + writes)
    hints = server.metric("pf_bus_hints_total")
    read = reader.stop()
    server.stop()
    bench.note(writes=writes, hints_heard=hints, bytes=read["bytes"])
    bench.tell("hints_a_write", hints / (warm_up + writes), "hints on the bus a write through REST")
    bench.tell("hint_bytes", read["bytes"] / hints, "bytes on the wire of a hint")
    bench.tell("pg_write_us", postgres_us / writes, "us of PostgreSQL a lot added through REST")


MEASUREMENTS = {
    "redis": measure_redis,
    "loop": measure_loop,
    "rows": measure_rows,
    "book": measure_book,
    "leader": measure_leader,
    "holding": measure_holding,
    "writes": measure_writes,
}


def update(found):
    with open(COSTS, encoding="utf-8") as file:
        costs = json.load(file)
    known = {cost["name"] for cost in costs}
    costs = [found.get(cost["name"], cost) for cost in costs] + [cost for name, cost in found.items() if name not in known]
    write_costs(costs)


def write_costs(costs):
    with open(COSTS, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(cost) for cost in costs) + "\n]\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="with a release build of portfoliod")
    parser.add_argument("--only", default=",".join(MEASUREMENTS), help="some of " + ",".join(MEASUREMENTS))
    parser.add_argument("--update", action="store_true", help="write what was found into unit_costs.json")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",")
    if "rows" in wanted and "loop" not in wanted:
        parser.error("rows needs loop")
    bench = Bench(arguments.build)
    try:
        for name in wanted:
            MEASUREMENTS[name](bench)
    finally:
        bench.close()
    if arguments.update:
        update(bench.found)


if __name__ == "__main__":
    main()
