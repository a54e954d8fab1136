"""Conversations as fixtures: tests/transcripts/*.jsonl, compared frame by frame.

A line is one of
    {"do": "portfolio", "name": …, "lots": [[symbol, quantity, price, date, fee], …], "as": "growth"}
    {"do": "price", "symbol": …, "price": …, "previous_close": …}
    {"do": "buy", "portfolio": "growth", "lot": […], "as": "lot"}   {"do": "sell", "lot": "lot"}
    {"do": "settle", "portfolio": "growth"}   until the server's last pass has all of the above
    {"do": "connect", "as": "a"}   {"do": "drop", "of": "a"}
    {"do": "person", "as": "ada"}  {"do": "revoke", "of": "ada"}   with AUTH=on; then portfolios may say whose ("of": "ada")
    {"client": message}            {"server": frame}
    {"note": "…"}                  why the next lines are there
client and server lines may say which connection ("of": "a").

In messages "<growth>" stands for the portfolio's id, "<ada>" for her API key. In frames what differs
from run to run is replaced before the comparison: times by "<time>", texts
for people by "<text>", and each cursor by a name in the order of appearance.
PF_TRANSCRIPTS=record writes the server's lines anew; read the difference.
"""

import os

from support import exact_json
from support.stream_client import StreamClient, cursor_parts
from support.waiting import wait_until

_TIMES = {"server_time", "as_of", "price_as_of", "expires_at"}
_TEXTS = {"help", "detail"}
_CURSORS = {"cursor", "base", "resume"}


class Names:
    """Names for what differs: the portfolios given, the cursors as they appear."""

    def __init__(self):
        self.portfolios = {}
        self.tokens = {}
        self._cursors = {}

    def normalise(self, value, member=None):
        if isinstance(value, dict):
            return {self._portfolio(name): self.normalise(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.normalise(item) for item in value]
        if value is None:
            return None
        if member in _TIMES:
            return "<time>"
        if member in _TEXTS:
            return "<text>"
        if member in _CURSORS:
            return self._cursors.setdefault(value, f"<cursor {len(self._cursors) + 1}>")
        return self._portfolio(value)

    def _portfolio(self, value):
        for name, portfolio_id in self.portfolios.items():
            if value == portfolio_id:
                return f"<{name}>"
        return value

    def fill_in(self, message):
        text = exact_json.dumps(message)
        for name, portfolio_id in self.portfolios.items():
            text = text.replace(f"<{name}>", portfolio_id)
        for name, token in self.tokens.items():
            text = text.replace(f"<{name}>", token)
        for cursor, name in self._cursors.items():
            text = text.replace(name, cursor)
        return text


class Player:
    """identities: of a server that asks who somebody is."""

    def __init__(self, server, identities=None):
        self._identities = identities
        self._people = {}
        self._server = identities.admin().at(server) if identities else server
        self._names = Names()
        self._clients = {}
        self._lots = {}
        self._seq = 0
        self._left = {}
        self._welcomes = {}
        self._customer = self._server.create_customer()

    def play(self, path):
        with open(path, encoding="utf-8") as file:
            lines = [exact_json.loads(line) for line in file if line.strip()]
        is_recording = os.environ.get("PF_TRANSCRIPTS") == "record"
        played = []
        try:
            for number, line in enumerate(lines, 1):
                played.append(self._play_line(line, f"{os.path.basename(path)}:{number}", is_recording))
        finally:
            for client in self._clients.values():
                client.close()
        if is_recording:
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(exact_json.dumps(line, ", ", ": ") + "\n" for line in played)

    def _play_line(self, line, where, is_recording):
        if "do" in line:
            getattr(self, "_do_" + line["do"])(line)
        elif "client" in line:
            self._send(self._clients[line.get("of", "a")], line["client"])
        elif "server" in line:
            client = self._clients[line.get("of", "a")]
            frame = self._names.normalise(self._welcomes.pop(client, None) or client.recv())
            if is_recording:
                return {**line, "server": frame}
            assert frame == line["server"], f"{where}:\n got {exact_json.dumps(frame)}\n not {exact_json.dumps(line['server'])}"
        else:
            assert "note" in line, f"{where}: {line}"
        return line

    def _do_portfolio(self, line):
        customer_id = self._people[line["of"]].customer_id if "of" in line else self._customer
        self._names.portfolios[line["as"]] = self._server.create_portfolio(customer_id, line["name"])
        for lot in line.get("lots", []):
            self._buy(line["as"], lot)

    def _buy(self, portfolio, lot):
        symbol, quantity, price, *more = lot
        named = dict(zip(("purchase_date", "fee"), more))
        return self._server.create_investment(self._names.portfolios[portfolio], symbol, quantity, price, **named)

    def _do_buy(self, line):
        self._lots[line["as"]] = self._buy(line["portfolio"], line["lot"])

    def _do_sell(self, line):
        self._server.json("DELETE", f"/investments/{self._lots[line['lot']]}", expect=204)

    def _do_price(self, line):
        more = {name: line[name] for name in ("previous_close",) if name in line}
        self._seq = self._server.put_price(line["symbol"], line["price"], **more)["seq"]

    def _do_settle(self, line):
        path = f"/portfolios/{self._names.portfolios[line['portfolio']]}"

        def is_settled():
            _, seq, version = cursor_parts(self._server.json("GET", path + "/valuation")["cursor"])
            return seq >= self._seq and version == self._server.json("GET", path)["version"]

        wait_until(is_settled, what="a valuation of the last change")

    def _send(self, client, message):
        """A message, or a text as it is."""
        if isinstance(message, str):
            client.send_text(message)
            return
        message = exact_json.loads(self._names.fill_in(message))
        if "resume" in message:
            client.expect_subscribed(message["portfolio_id"], self._left.get(message["portfolio_id"]))
        client.send(message)

    def _do_connect(self, line):
        client = StreamClient(self._server.ws_url)
        self._clients[line.get("as", "a")] = client
        # The client has taken it; in the transcript it is the first frame.
        self._welcomes[client] = client.welcome

    def _do_person(self, line):
        person = self._identities.user(self._identities.customer())
        person.of_transcript = person.key()
        self._people[line["as"]] = person
        self._names.tokens[line["as"]] = person.of_transcript.text

    def _do_revoke(self, line):
        self._people[line["of"]].of_transcript.revoke()

    def _do_drop(self, line):
        client = self._clients[line.get("of", "a")]
        self._left.update({name: view.resume_point() for name, view in client.views.items()})
        client.drop()
