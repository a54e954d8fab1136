"""A peer of the bench: the dashboard backend as it is usually written with FastAPI.

It keeps portfolios in memory, hears the prices on Redis, and on each event sends
every watcher its whole portfolio, valued anew. The connection manager is that of
FastAPI's documentation, by portfolio, so that each is computed and written once
for all its watchers; who comes joins it after its first document. Money is Decimal. With DOCUMENTS=models what is sent is declared
as models, as in that documentation, checked and written by them; with DOCUMENTS=dicts
it is plain dictionaries through json.dumps, the leanest that Python has.

    REDIS_URL=… PORTFOLIOS=… DOCUMENTS=models python3 -m uvicorn fastapi_app:app
    ws://127.0.0.1:PORT/portfolios/0
"""

import asyncio
import json
import os
from decimal import Decimal
from typing import List, Optional

import redis.asyncio as redis
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel
from websockets.exceptions import ConnectionClosed

SYMBOLS = 500
POSITIONS = 30
PERCENT = Decimal("0.0001")
# What sending to a connection that is closing or closed raises.
GONE = (RuntimeError, WebSocketDisconnect, ConnectionClosed)

app = FastAPI()


class PositionModel(BaseModel):
    ticker_symbol: str
    quantity: Decimal
    average_cost: Decimal
    cost_basis: Decimal
    currency: str
    current_price: Optional[Decimal] = None
    previous_close: Optional[Decimal] = None
    current_value: Optional[Decimal] = None
    gain_loss: Optional[Decimal] = None
    gain_loss_percent: Optional[Decimal] = None
    day_change: Optional[Decimal] = None
    day_change_percent: Optional[Decimal] = None
    price_as_of: Optional[str] = None


class TotalsModel(BaseModel):
    total_value: Decimal
    cost_basis: Decimal
    gain_loss: Decimal
    gain_loss_percent: Optional[Decimal] = None
    day_change: Decimal
    day_change_percent: Optional[Decimal] = None
    unpriced: int


class PortfolioModel(BaseModel):
    type: str = "portfolio"
    seq: int
    portfolio_id: str
    portfolio_name: str
    base_currency: str
    totals: TotalsModel
    positions: List[PositionModel]


class Position:
    def __init__(self, symbol, quantity, purchase_price):
        self.symbol = symbol
        self.quantity = quantity
        self.purchase_price = purchase_price
        self.cost_basis = quantity * purchase_price


class Portfolio:
    def __init__(self, number):
        """The same holdings as the bench's SEED_SQL."""
        self.portfolio_id = str(number)
        self.name = f"Bench {number}"
        self.positions = [
            Position(f"S{(number * POSITIONS + j) % SYMBOLS:03}", 1 + j * Decimal("1.25"), Decimal(100 + j))
            for j in range(POSITIONS)
        ]


class Market:
    """The newest quote of each symbol and the number of the event that brought it."""

    def __init__(self):
        self.quotes = {}
        self.seq = 0

    def take(self, event):
        for quote in event["quotes"]:
            self.quotes[quote["symbol"]] = quote
        self.seq = event["seq"]


class ConnectionManager:
    def __init__(self):
        self.watchers = {}

    def connect(self, portfolio_id, websocket):
        self.watchers.setdefault(portfolio_id, []).append(websocket)

    def disconnect(self, portfolio_id, websocket):
        self.watchers[portfolio_id].remove(websocket)
        if not self.watchers[portfolio_id]:
            del self.watchers[portfolio_id]

    async def broadcast(self, portfolio_id, message):
        for connection in list(self.watchers.get(portfolio_id, ())):
            try:
                await connection.send_text(message)
            except GONE:
                pass  # its own handler takes it off the list


portfolios = {str(i): Portfolio(i) for i in range(int(os.environ["PORTFOLIOS"]))}
market = Market()
manager = ConnectionManager()


def percent(part, whole):
    return (100 * part / whole).quantize(PERCENT) if whole else None


def value_position(position):
    row = {
        "ticker_symbol": position.symbol,
        "quantity": position.quantity,
        "average_cost": position.purchase_price,
        "cost_basis": position.cost_basis,
        "currency": "USD",
    }
    quote = market.quotes.get(position.symbol)
    if quote:
        price, previous_close = quote["price"], quote["previous_close"]
        value = position.quantity * price
        previous = position.quantity * previous_close
        gain, day_change = value - position.cost_basis, value - previous
        row["current_price"] = price
        row["previous_close"] = previous_close
        row["current_value"] = value
        row["gain_loss"] = gain
        row["gain_loss_percent"] = percent(gain, position.cost_basis)
        row["day_change"] = day_change
        row["day_change_percent"] = percent(day_change, previous)
        row["price_as_of"] = quote["as_of"]
    return row


def sum_of(rows):
    priced = [row for row in rows if "current_value" in row]
    value = sum(row["current_value"] for row in priced)
    cost_basis = sum(row["cost_basis"] for row in rows)
    day_change = sum(row["day_change"] for row in priced)
    return {
        "total_value": value,
        "cost_basis": cost_basis,
        "gain_loss": value - cost_basis,
        "gain_loss_percent": percent(value - cost_basis, cost_basis),
        "day_change": day_change,
        "day_change_percent": percent(day_change, value - day_change),
        "unpriced": len(rows) - len(priced),
    }


def document_of(portfolio):
    rows = [value_position(position) for position in portfolio.positions]
    return {
        "type": "portfolio",
        "seq": market.seq,
        "portfolio_id": portfolio.portfolio_id,
        "portfolio_name": portfolio.name,
        "base_currency": "USD",
        "totals": sum_of(rows),
        "positions": rows,
    }


def render_models(portfolio):
    return PortfolioModel(**document_of(portfolio)).json(exclude_none=True)


def render_dicts(portfolio):
    return json.dumps(document_of(portfolio), default=str)


render = {"models": render_models, "dicts": render_dicts}[os.environ["DOCUMENTS"]]


async def follow_prices():
    """Each event is sent to everybody before the next one is read."""
    async with redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as client:
        async with client.pubsub() as pubsub:
            await pubsub.subscribe("pf:events")
            async for message in pubsub.listen():
                if message["type"] != "message":
                    continue
                event = json.loads(message["data"], parse_float=Decimal)
                if "quotes" not in event:
                    continue  # a hint that holdings changed; here they do not
                market.take(event)
                for portfolio_id in list(manager.watchers):
                    await manager.broadcast(portfolio_id, render(portfolios[portfolio_id]))


@app.on_event("startup")
async def start():
    # Kept, or it could be collected while it runs.
    app.state.prices = asyncio.create_task(follow_prices())


@app.websocket("/portfolios/{portfolio_id}")
async def watch(websocket: WebSocket, portfolio_id: str):
    portfolio = portfolios.get(portfolio_id)
    if portfolio is None:
        await websocket.close(4404)
        return
    await websocket.accept()
    # What is sent now waits for the end of the handshake, and events would overtake it:
    # it joins those who hear of them when it has the newest.
    sent_seq = None
    try:
        while sent_seq != market.seq:
            sent_seq = market.seq
            await websocket.send_text(render(portfolio))
    except GONE:
        return
    manager.connect(portfolio_id, websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        manager.disconnect(portfolio_id, websocket)
