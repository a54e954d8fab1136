"""Portfolios and prices that exist twice: on the server, and in the model.

Each change is made over REST and noted, so that at any time `expected` says
what every subscriber must come to see.
"""

import datetime
from decimal import Decimal
from urllib.parse import quote

from support.model import Lot, Portfolio, Quote, differences
from support.waiting import DEADLINE_S


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def matches(expected, data):
    """Equal in all digits; price_as_of counts where the model knows it."""
    if data is None:
        return False
    positions = {
        symbol: {
            name: value
            for name, value in row.items()
            if name != "price_as_of" or "price_as_of" in expected["positions"].get(symbol, {})
        }
        for symbol, row in data["positions"].items()
    }
    return {**data, "positions": positions} == expected


class Scenario:
    def __init__(self, server):
        self.server = server
        self.quotes = {}
        self.currencies = {}  # of assets, since their first price
        self._customer = server.create_customer()
        self._lot_ids = {}

    def portfolio(self, *lots, name="Growth", base_currency="USD"):
        """lots: (symbol, quantity, purchase_price[, purchase_date[, fee[, fx_rate]]])."""
        portfolio_id = self.server.create_portfolio(self._customer, name, base_currency=base_currency)
        portfolio = Portfolio(portfolio_id, name, base_currency)
        for lot in lots:
            self.buy(portfolio, *lot)
        return portfolio

    def buy(self, portfolio, symbol, quantity, purchase_price, purchase_date="2020-01-02", fee=0, fx_rate=None):
        lot = Lot(Decimal(str(quantity)), Decimal(str(purchase_price)), purchase_date, Decimal(str(fee)))
        more = {"fee": lot.fee}
        if fx_rate is not None:
            lot.fx_rate = more["fx_rate"] = Decimal(str(fx_rate))
        investment_id = self.server.create_investment(
            portfolio.portfolio_id, symbol, lot.quantity, lot.purchase_price, purchase_date, **more
        )
        portfolio.lots.setdefault(symbol, []).append(lot)
        self._lot_ids[id(lot)] = investment_id
        return lot

    def remove(self, portfolio, symbol, lot):
        self.server.json("DELETE", f"/investments/{self._lot_ids[id(lot)]}", expect=204)
        portfolio.lots[symbol].remove(lot)

    def rename(self, portfolio, name):
        portfolio.portfolio_name = name
        body = {"portfolio_name": name, "portfolio_type": "BROKERAGE", "base_currency": portfolio.base_currency}
        self.server.json("PUT", f"/portfolios/{portfolio.portfolio_id}", body, expect=200)

    def put_price(self, symbol, price, previous_close=None, currency=None):
        price = Decimal(str(price))
        more = {"currency": currency} if currency else {}
        if previous_close is not None:
            more["previous_close"] = Decimal(str(previous_close))
        return self.note_price(symbol, self.server.put_price(quote(symbol, safe=""), price, **more))

    def note_price(self, symbol, answer):
        """Keeps what the server answered to a price by hand."""
        self.currencies.setdefault(symbol, answer["currency"])
        self.quotes[symbol] = Quote(
            Decimal(answer["price"]), answer.get("previous_close"), answer["session"], answer["as_of"], answer["currency"]
        )
        return answer

    def publish(self, symbol, price, previous_close=None):
        """By `portfoliod publish`; its time is not known to us."""
        text = f"{symbol}={price}" + (f"/{previous_close}" if previous_close is not None else "")
        answer = self.server.publish(text)
        previous = Decimal(str(previous_close)) if previous_close is not None else None
        if previous is None and symbol in self.quotes:
            previous = self.quotes[symbol].previous_close
        self.quotes[symbol] = Quote(Decimal(str(price)), previous, today())
        return answer

    def expected(self, portfolio):
        return portfolio.value(self.quotes, self.currencies)

    def settle(self, client, *portfolios, timeout=DEADLINE_S):
        """Takes frames until the client sees each portfolio as the model has it."""
        for portfolio in portfolios:
            view = client.view(portfolio.portfolio_id)
            client.run_until(
                lambda view=view, portfolio=portfolio: matches(self.expected(portfolio), view.data),
                timeout,
                lambda view=view, portfolio=portfolio: "the model's state; "
                + "\n".join(differences(self.expected(portfolio), view.data)[:20]),
            )
