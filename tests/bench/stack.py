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
        from support.server import migrate

        os.sched_setaffinity(0, self.other_core)
        self._redis = Redis()
        self._postgres = Postgres()
        self._database = self._postgres.create_database(migrate)
        self.database_url = self._database.url
        self.redis_url = self._redis.url
        self.redis_port = self._redis.port

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

    def forget_quotes(self):
        self._redis.flush()

    def close(self):
        for server in (self._postgres, self._redis):
            if server is not None:
                server.destroy()
        os.sched_setaffinity(0, self.all_cores)
