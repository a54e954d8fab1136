"""The bench's PostgreSQL and Redis, its portfolios, and the cores it uses."""

import os

from subjects import Stack

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


def migrate(url):
    from support.server import migrate as run_migrate  # reads PORTFOLIOD

    run_migrate(url)


class BenchStack(Stack):
    """Runs on the last core, as everything does but the subject."""

    def __init__(self, build):
        self.build = build
        self.program = os.environ["PORTFOLIOD"] = os.path.join(build, "portfoliod")
        self.all_cores = os.sched_getaffinity(0)
        self.server_core, self.other_core = {min(self.all_cores)}, {max(self.all_cores)}
        self._redis = self._postgres = None

    def start(self):
        from support.postgres import Postgres  # they read PORTFOLIOD
        from support.redis_server import Redis

        os.sched_setaffinity(0, self.other_core)
        self._redis = Redis()
        self._postgres = Postgres()
        self.database = self._postgres.create_database(migrate)
        self.database_url = self.database.url
        self.redis_url = self._redis.url
        self.redis_port = self._redis.port

    def rest_database(self, portfolios):
        """Apart, because investments are added to it."""
        database = self._postgres.create_database(migrate)
        self._seed(database, portfolios)
        return database

    def rest_server(self, database):
        """A release build with the default settings, on the server's core; every symbol has a price."""
        from support.server import Server  # reads PORTFOLIOD

        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.server_core)
        try:
            server = Server(DATABASE_URL=database.url, REDIS_URL=self.redis_url)
        finally:
            os.sched_setaffinity(0, before)
        for i in range(SYMBOLS):
            server.put_price(f"S{i:03d}", 100 + i)
        return server

    def seed(self, portfolios):
        self._seed(self.database, portfolios)

    @staticmethod
    def _seed(database, portfolios):
        # Constants of this file and a number: nothing that needs a parameter.
        database.execute(
            SEED_SQL.format(
                portfolios=portfolios,
                symbols=SYMBOLS,
                last_symbol=SYMBOLS - 1,
                positions=POSITIONS,
                last_position=POSITIONS - 1,
            )
        )

    def forget_quotes(self):
        self._redis.flush()

    def close(self):
        for server in (self._postgres, self._redis):
            if server is not None:
                server.destroy()
        os.sched_setaffinity(0, self.all_cores)
