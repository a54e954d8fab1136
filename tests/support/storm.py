"""Many clients at once: the program of tests/cluster/storm_client.c, what they
watch, and prices that keep moving meanwhile."""

import json
import os
import random
import subprocess
import threading

from support.process import tied
from support.publisher import Publisher
from support.server import binary_path, program_environment
from support.waiting import DEADLINE_S, wait_until


def program_path():
    return os.environ.get("STORM_CLIENT", os.path.join(os.path.dirname(binary_path()), "storm_client"))


class Storm:
    """clients_n clients, spread over the balancers; client i watches portfolio i modulo their number."""

    def __init__(self, balancers, portfolio_ids, clients_n, per_second):
        assert os.access(program_path(), os.X_OK), f"{program_path()} is not there: build it, or set STORM_CLIENT"
        self.clients_n = clients_n
        ports = ",".join(str(balancer.port) for balancer in balancers)
        self._popen = subprocess.Popen(
            tied([program_path(), ports, str(clients_n), str(per_second)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=program_environment({}),
            text=True,
            bufsize=1,
        )
        self._popen.stdin.write("".join(f"{name}\n" for name in portfolio_ids) + "\n")
        self._popen.stdin.flush()

    def _ask(self, command):
        self._popen.stdin.write(command + "\n")
        self._popen.stdin.flush()
        line = self._popen.stdout.readline()
        assert line, f"the storm's program ended with {self._popen.wait()}"
        return json.loads(line)

    def status(self):
        return self._ask("status")

    def wait_until(self, condition, what, deadline_s=6 * DEADLINE_S):
        """Until `condition(status)` holds; returns the status."""
        status = {}

        def holds():
            status.update(self.status())
            return condition(status)

        wait_until(holds, deadline_s, lambda: f"{what}, but {status},")
        return status

    def wait_until_live(self, deadline_s=6 * DEADLINE_S):
        return self.wait_until(lambda status: status["live"] == self.clients_n, "every client live", deadline_s)

    def compare(self, seq, instances, deadline_s=2 * DEADLINE_S):
        """Every document against the valuations of these instances, which must be one.

        seq: of a batch that touched every symbol and was the last.
        """
        ports = ",".join(str(instance.port) for instance in instances)
        return self._ask(f"compare {int(deadline_s * 1000)} {seq} {ports}")

    def stop(self):
        self._popen.stdin.close()
        code = self._popen.wait()
        self._popen.stdout.close()
        assert code == 0, f"the storm's program ended with {code}"


class Market:
    """Symbols S0, S1, …, whose prices a thread moves until it is told to stop."""

    def __init__(self, redis_url, symbols_n):
        self.symbols = [f"S{number}" for number in range(symbols_n)]
        self._publisher = Publisher(redis_url)
        self._random = random.Random(1)
        self._is_stopping = threading.Event()
        self._thread = None
        self.batches_n = 0

    def publish(self, symbols):
        """One batch with a new price for each; returns its number."""
        self.batches_n += 1
        quotes = [{"symbol": symbol, "price": 100 + self.batches_n + self._random.randrange(2)} for symbol in symbols]
        return self._publisher.publish(quotes)

    def publish_all(self):
        return self.publish(self.symbols)

    def start_moving(self, pause_s=0.02):
        def move():
            while not self._is_stopping.wait(pause_s):
                self.publish(self._random.sample(self.symbols, max(1, len(self.symbols) // 5)))

        self._thread = threading.Thread(target=move)
        self._thread.start()

    def stop_moving(self):
        self._is_stopping.set()
        self._thread.join()

    def stop(self):
        if self._thread and self._thread.is_alive():
            self.stop_moving()
        self._publisher.stop()


def create_portfolios(server, postgres, portfolios_n, symbols, positions_n):
    """Portfolios of some positions each, made by SQL; returns their ids."""
    customer = server.create_customer()
    postgres.execute("INSERT INTO assets (ticker_symbol) SELECT unnest(%s) ON CONFLICT DO NOTHING", symbols)
    rows = postgres.execute(
        "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type)"
        " SELECT %s, 'Crowd ' || n, 'BROKERAGE' FROM generate_series(1, %s) n RETURNING portfolio_id::text",
        customer,
        portfolios_n,
    )
    names = [name for name, in rows]
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT p.id::uuid, (%s::text[])[1 + (p.n * 7 + s.n) %% %s], p.n %% 100 + 0.125, 99.5, '2020-01-02'"
        " FROM unnest(%s::text[]) WITH ORDINALITY p(id, n), generate_series(1, %s) s(n)",
        symbols,
        len(symbols),
        names,
        positions_n,
    )
    return names
