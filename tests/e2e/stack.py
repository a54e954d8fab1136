#!/usr/bin/python3
"""The stack of a browser test: PostgreSQL, Redis and portfoliod with AUTH=on, by lines of JSON.

A line in, `{"id": 1, "do": "price", "symbol": "AAPL", "price": 160}`; a line out, `{"id": 1, "result": …}` or
`{"id": 1, "error": "…"}`, in their order. Numbers keep their digits. The end of the input ends the stack.
What can be done: the methods of Stack that begin with `do_`.
"""

import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from support import callers, exact_json, haproxy, history
from support.postgres import Postgres
from support.process import ScratchDirectory
from support.publisher import Publisher
from support.redis_server import Redis
from support.server import Server, migrate
from support.ticks import Ticks


class Stack:
    def __init__(self):
        self.cluster = self.postgres = self.redis = self.server = self.scratch = None
        self.publisher = self.ticks = self.proxy = None
        self.people = {}  # e-mail -> Caller

    # --- the servers ---

    def do_start(self, settings=None, redis=True):
        """Everything, with these settings of portfoliod."""
        self.scratch = ScratchDirectory("e2e")
        keys = os.path.join(self.scratch.path, "keys")
        os.mkdir(keys, 0o700)
        self.cluster = Postgres()
        self.postgres = self.cluster.create_database(migrate)
        self.redis = Redis() if redis else None
        defaults = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url if self.redis else None,
            "PROVIDERS": "none",
            "STATIC_DIR": os.environ["PF_SITE"],
            "KEY_DIR": keys,
            "HEARTBEAT_MS": 1000,
            "RECONNECT_WINDOW_MS": 300,
            **callers.AUTH_ON,
        }
        self.server = Server(**{**defaults, **(settings or {})})
        self.people["admin"] = callers.enter(self.server, self.postgres, "admin")
        return {"url": self.server.url}

    def do_kill_server(self):
        self.server.kill()

    def do_stop_server(self):
        self.server.stop()

    def do_start_server(self, settings=None):
        """Again, on the same port."""
        self.server.settings.update(settings or {})
        self.server.start()

    def do_kill(self, store):
        """postgres or redis."""
        if store == "redis":
            self._stop_publisher()  # its connection ends; the next batch has another
        self._store(store).kill()

    def do_revive(self, store):
        self._store(store).start()

    def _store(self, name):
        return {"postgres": self.cluster, "redis": self.redis}[name]

    def do_proxy(self, prefix):
        """HAProxy with the project's configuration in front of it, below a path."""
        self.proxy = haproxy.HAProxy([self.server] * 3, prefix=prefix)
        return {"url": self.proxy.url + prefix}

    def do_metric(self, name):
        return self.people["admin"].metric(name)

    def do_log(self):
        return self.server.log

    # --- people and what is theirs ---

    def do_user(self, email=None, name="Ada"):
        """Somebody who registers, with a customer of her own."""
        caller = callers.register(self.server, email, name=name)
        self.people[caller.user["email"]] = caller
        return {"email": caller.user["email"], "password": callers.PASSWORD, **self._ids(caller)}

    def do_enter(self, role, email=None):
        """Somebody of another role."""
        caller = callers.enter(self.server, self.postgres, role, email)
        self.people[caller.user["email"]] = caller
        return {"email": caller.user["email"], "password": callers.PASSWORD, **self._ids(caller)}

    @staticmethod
    def _ids(caller):
        return {"user_id": caller.user["user_id"], "customer_id": caller.user.get("customer_id"), "token": caller.token}

    def do_portfolio(self, email, name, lots=(), **more):
        """lots: [[ticker, quantity, price, date], …], the date may be left out."""
        caller = self.people[email]
        body = {"portfolio_name": name, "portfolio_type": "OTHER", "customer_id": caller.user["customer_id"], **more}
        portfolio_id = caller.json("POST", "/portfolios", body, expect=201)["portfolio_id"]
        for lot in lots:
            self.do_lot(email, portfolio_id, *lot)
        return {"portfolio_id": portfolio_id}

    def do_lot(self, email, portfolio_id, ticker, quantity, price, date="2024-01-02"):
        investment_id = self.people[email].create_investment(portfolio_id, ticker, quantity, price, date)
        return {"investment_id": investment_id}

    def do_import(self, email, portfolio_id, csv):
        path = f"/portfolios/{portfolio_id}/investments/import"
        status, _, body = self.people[email].request("POST", path, body=csv, headers={"Content-Type": "text/csv"})
        assert status in (200, 201), body[:500]

    def do_rest(self, method, path, body=None, email="admin"):
        status, headers, answer = self.people[email].request(method, path, json=body)
        is_json = "json" in headers.get("content-type", "")
        return {"status": status, "body": exact_json.loads_canonical(answer.decode()) if is_json and answer else None}

    def do_sql(self, text, parameters=()):
        return [list(row) for row in self.postgres.execute(text, *parameters)]

    # --- prices ---

    def do_price(self, symbol, price, **more):
        self.people["admin"].put_price(symbol, price, **more)

    def do_history(self, symbols, lines):
        """Bars, splits and dividends of these symbols, as tests/support/history_writer.c reads them."""
        history.add_assets(self.postgres, *symbols)
        history.write_lines(self.postgres, lines)

    def do_publish(self, quotes):
        """One batch: [{symbol, price, previous_close, …}, …]."""
        if self.publisher is None:
            self.publisher = Publisher(self.redis.url)
        return self.publisher.publish(quotes)

    def _stop_publisher(self):
        if self.publisher:
            self.publisher.stop()
            self.publisher = None

    def do_ticks(self, symbols, per_second, batches_per_second=50):
        """Prices go up and down until do_still."""
        self.ticks = Ticks(self.redis.url, symbols, per_second, batches_per_second)

    def do_still(self):
        published_n, prices = self.ticks.stop()
        self.ticks = None
        return {"published": published_n, "prices": prices}

    # --- the end ---

    def do_end(self):
        """Orderly: fails when the server did not end well, or a sanitizer has something to say."""
        if self.ticks:
            self.do_still()
        self._stop_publisher()
        if self.server:
            self.server.stop()

    def destroy(self):
        for it in (self.proxy and self.proxy.stop, self.server and self.server.discard, self.redis and self.redis.destroy,
                   self.cluster and self.cluster.destroy, self.scratch and self.scratch.remove):  # fmt: skip
            if it:
                it()


def answer(stack, line):
    question = exact_json.loads(line)
    number, what = question.pop("id"), question.pop("do")
    try:
        return {"id": number, "result": getattr(stack, f"do_{what}")(**question)}
    except BaseException as failure:  # the test's to judge
        traceback.print_exc(file=sys.stderr)
        return {"id": number, "error": f"{what}: {type(failure).__name__}: {failure}"}


def main():
    stack = Stack()
    try:
        for line in sys.stdin:
            print(exact_json.dumps(answer(stack, line)), flush=True)
    finally:
        stack.destroy()


if __name__ == "__main__":
    main()
