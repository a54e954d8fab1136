#!/usr/bin/python3
"""The bench: a release build of the server on one core, everything else on the other.

    tests/bench/bench.py [--build DIR] [--seconds S] [--counts 1000,10000] [--only NAME]

Starts PostgreSQL, Redis and the server, seeds portfolios by SQL, runs
load_client for each measurement and prints its JSON line. README.md in this
folder says what is measured and how.
"""

import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))

SYMBOLS = 500
POSITIONS = 30

# Portfolio i holds POSITIONS symbols in a row from 30 i on, so that each batch
# of the load client (every tenth symbol) touches it in three positions.
SEED_SQL = """
INSERT INTO customers (customer_id, name, email)
VALUES ('00000000-0000-4000-9000-000000000000', 'Bench', 'bench@example.com');
INSERT INTO assets (ticker_symbol, currency)
SELECT 'S' || lpad(s::text, 3, '0'), 'USD' FROM generate_series(0, {last_symbol}) s;
INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
       '00000000-0000-4000-9000-000000000000', 'Bench ' || i, 'BROKERAGE'
FROM generate_series(0, {portfolios} - 1) i;
INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
       'S' || lpad(((i * {positions} + j) % {symbols})::text, 3, '0'), 1 + j * 1.25, 100 + j, '2024-01-02'
FROM generate_series(0, {portfolios} - 1) i, generate_series(0, {last_position}) j;
ANALYZE;
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="with portfoliod and load_client")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--counts", default="1000,10000", help="clients, comma separated")
    parser.add_argument("--shared-rate", type=float, default=20.0, help="batches a second for one_portfolio")
    parser.add_argument("--own-rate", type=float, default=10.0, help="batches a second for own_portfolios")
    parser.add_argument("--only", choices=["one_portfolio", "own_portfolios", "idle_memory"])
    return parser.parse_args()


def cores():
    """The server's core and the one for everything else; the same when there is one only."""
    available = sorted(os.sched_getaffinity(0))
    return {available[0]}, {available[-1]}


class Bench:
    """Each measurement has a server of its own; PostgreSQL and Redis stay."""

    def __init__(self, arguments):
        os.environ["PORTFOLIOD"] = os.path.join(arguments.build, "portfoliod")
        # Read by their modules at import.
        from support.postgres import Postgres
        from support.redis_server import Redis
        from support.server import Server, migrate

        self._arguments = arguments
        self._server_class = Server
        self._server_core, self._other_core = cores()
        os.sched_setaffinity(0, self._other_core)
        self._redis = Redis()
        self._postgres = Postgres()
        self._database = self._postgres.create_database(migrate)

    def close(self):
        self._postgres.destroy()
        self._redis.destroy()

    def seed(self, portfolios):
        # Constants of this file and a number: nothing that needs a parameter.
        self._database.execute(
            SEED_SQL.format(
                portfolios=portfolios,
                symbols=SYMBOLS,
                last_symbol=SYMBOLS - 1,
                positions=POSITIONS,
                last_position=POSITIONS - 1,
            )
        )

    def run(self, name, mode, clients, portfolios, rate):
        if self._arguments.only not in (None, name):
            return
        self._redis.flush()
        os.sched_setaffinity(0, self._server_core)
        server = self._server_class(DATABASE_URL=self._database.url, REDIS_URL=self._redis.url)
        os.sched_setaffinity(0, self._other_core)
        try:
            command = [os.path.join(self._arguments.build, "load_client"), mode, os.environ["PORTFOLIOD"]]
            command += [str(server.pid), str(server.port), str(clients), str(portfolios), str(rate)]
            command += [str(self._arguments.seconds)]
            subprocess.run(command, check=True, env={**os.environ, "REDIS_URL": self._redis.url})
        finally:
            server.stop(deadline_s=30)


def main():
    arguments = parse_arguments()
    counts = [int(text) for text in arguments.counts.split(",")]
    bench = Bench(arguments)
    try:
        bench.seed(max(counts))
        for count in counts:
            bench.run("one_portfolio", "stream", count, 1, arguments.shared_rate)
            bench.run("own_portfolios", "stream", count, count, arguments.own_rate)
            bench.run("idle_memory", "idle", count, 1, 1)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
