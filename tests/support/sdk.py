"""The SDK in a process of node (clients/sdk/test/driver.mjs), driven line by line."""

import os
import subprocess
import threading

from support import exact_json
from support.node import CLIENTS, build_sdk, node
from support.process import tied
from support.waiting import wait_until

SDK = os.path.join(CLIENTS, "sdk")


class Sdk:
    """Commands go in, events come out and are kept in order."""

    def __init__(self, server=None, **options):
        self.events = []
        self._changed = threading.Condition()
        self._popen = subprocess.Popen(
            tied([node(), os.path.join(SDK, "test", "driver.mjs")]),
            cwd=SDK,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._errors = []
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=lambda: self._errors.extend(self._popen.stderr), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        if server is not None:
            self.do("client", url=server.url, **options)

    def _read(self):
        for line in self._popen.stdout:
            event = exact_json.loads_canonical(line)
            with self._changed:
                self.events.append(event)

    def do(self, command, **arguments):
        self._popen.stdin.write(exact_json.dumps({"do": command, **arguments}) + "\n")

    def seen(self, event=None, since=0, **members):
        """The events of a kind so far."""
        with self._changed:
            events = self.events[since:]
        return [
            one
            for one in events
            if (event is None or one["event"] == event) and all(one.get(name) == value for name, value in members.items())
        ]

    def mark(self):
        with self._changed:
            return len(self.events)

    def wait_for(self, event, since=0, **members):
        """The first such event, waited for."""

        def found():
            self._alive()
            return self.seen(event, since, **members)

        return wait_until(found, what=lambda: f"{event} {members}; the last events: {self.events[-8:]}\nits coming")[0]

    def wait_until(self, condition):
        wait_until(lambda: self._alive() or condition(), what=lambda: f"the last events: {self.events[-8:]}\nthe condition")

    def show(self, portfolio_id):
        since = self.mark()
        self.do("show", id=portfolio_id)
        return self.wait_for("shown", since, id=portfolio_id)

    def settle(self, server, *portfolio_ids):
        """Waits until the SDK shows exactly what the server says that each portfolio is now."""
        for portfolio_id in portfolio_ids:

            def is_same(portfolio_id=portfolio_id):
                valued = server.json("GET", f"/portfolios/{portfolio_id}/valuation")
                shown = self.show(portfolio_id)
                return shown["document"] == valued["data"] and shown["cursor"] == valued["cursor"] and shown

            wait_until(is_same, what=lambda portfolio_id=portfolio_id: f"{self.show(portfolio_id)}\nas the server says")

    def _alive(self):
        if self._popen.poll() is not None:
            for reader in self._readers:
                reader.join()
            raise AssertionError(f"the SDK's process ended with {self._popen.returncode}:\n{''.join(self._errors)}")

    def stop(self):
        """Ends it; it must end by itself when nothing is left to do, without a word of complaint."""
        try:
            if self._popen.poll() is None:
                self.do("end")
            wait_until(lambda: self._popen.poll() is not None, what="the end of the SDK's process")
        finally:
            self._popen.kill()
            self._popen.wait()
            for reader in self._readers:
                reader.join()
            for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
                pipe.close()
        assert self._popen.returncode == 0 and not self._errors, "".join(self._errors)


def put_prices(server, portfolio_id, **prices):
    """Until the server counts with them: it is answered when they are published, and the bus brings them to it."""
    for symbol, price in prices.items():
        server.put_price(symbol, price)

    def are_there():
        positions = server.json("GET", f"/portfolios/{portfolio_id}/valuation")["data"]["positions"]
        return all(positions[symbol].get("current_price") == price for symbol, price in prices.items())

    wait_until(are_there, what=f"{prices} in the valuation")


def growth_portfolio(server):
    """Ten of what cost 100 and is at 110."""
    portfolio_id = server.create_portfolio(name="Growth")
    server.create_investment(portfolio_id, "AAPL", 10, 100)
    put_prices(server, portfolio_id, AAPL=110)
    return portfolio_id


def sdk_factory():
    """The body of a fixture: start(server, **options) is a client, ended after the test."""
    build_sdk()
    started = []

    def start(*arguments, **options):
        started.append(Sdk(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop()
