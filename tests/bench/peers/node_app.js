'use strict';
/* A peer of the bench: the dashboard backend as it is usually written with node,
 * `ws` and `redis`. It keeps portfolios in memory, hears the prices on Redis,
 * and on each event sends every watcher its whole portfolio, valued anew. A
 * portfolio is computed and written once for all its watchers. Amounts are
 * doubles, as nearly everybody's are here.
 *
 *     PORT=… REDIS_URL=… PORTFOLIOS=… node node_app.js
 *     ws://127.0.0.1:PORT/portfolios/0 */
const http = require('node:http');
const { createClient } = require('redis');
const { WebSocket, WebSocketServer } = require('ws');

const SYMBOLS = 500;
const POSITIONS = 30;

const symbolOf = (number) => `S${String(number).padStart(3, '0')}`;

// The same holdings as the bench's SEED_SQL.
const portfolios = Array.from({ length: Number(process.env.PORTFOLIOS) }, (_, i) => ({
  id: String(i),
  name: `Bench ${i}`,
  positions: Array.from({ length: POSITIONS }, (__, j) => ({
    symbol: symbolOf((i * POSITIONS + j) % SYMBOLS),
    quantity: 1 + j * 1.25,
    purchasePrice: 100 + j,
  })),
}));

const quotes = new Map(); // symbol -> { price, previous_close, as_of, … }
const watchers = new Map(); // portfolio id -> Set of sockets
let seq = 0; // of the newest event

const money = (amount) => Math.round(amount * 1e8) / 1e8;
const percent = (part, whole) => (whole === 0 ? null : Math.round((part / whole) * 1e6) / 1e4);

function valuePosition(position) {
  const costBasis = position.quantity * position.purchasePrice;
  const row = {
    ticker_symbol: position.symbol,
    quantity: position.quantity,
    average_cost: position.purchasePrice,
    cost_basis: money(costBasis),
    currency: 'USD',
  };
  const quote = quotes.get(position.symbol);
  if (quote) {
    const value = position.quantity * quote.price;
    const previous = position.quantity * quote.previous_close;
    row.current_price = quote.price;
    row.previous_close = quote.previous_close;
    row.current_value = money(value);
    row.gain_loss = money(value - costBasis);
    row.gain_loss_percent = percent(value - costBasis, costBasis);
    row.day_change = money(value - previous);
    row.day_change_percent = percent(value - previous, previous);
    row.price_as_of = quote.as_of;
  }
  return row;
}

function sumOf(rows) {
  let value = 0;
  let costBasis = 0;
  let dayChange = 0;
  let unpriced = 0;
  for (const row of rows) {
    costBasis += row.cost_basis;
    if (row.current_value === undefined) {
      unpriced += 1;
    } else {
      value += row.current_value;
      dayChange += row.day_change;
    }
  }
  return {
    total_value: money(value),
    cost_basis: money(costBasis),
    gain_loss: money(value - costBasis),
    gain_loss_percent: percent(value - costBasis, costBasis),
    day_change: money(dayChange),
    day_change_percent: percent(dayChange, value - dayChange),
    unpriced,
  };
}

function valuePortfolio(portfolio) {
  const positions = portfolio.positions.map(valuePosition);
  return {
    type: 'portfolio',
    seq,
    portfolio_id: portfolio.id,
    portfolio_name: portfolio.name,
    base_currency: 'USD',
    totals: sumOf(positions),
    positions,
  };
}

const render = (portfolio) => Buffer.from(JSON.stringify(valuePortfolio(portfolio)));

function takeEvent(text) {
  const event = JSON.parse(text);
  if (!event.quotes) return; // a hint that holdings changed; here they do not
  for (const quote of event.quotes) quotes.set(quote.symbol, quote);
  seq = event.seq;
  for (const [id, sockets] of watchers) {
    const data = render(portfolios[id]);
    for (const socket of sockets) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: false });
    }
  }
}

const server = http.createServer();
const wss = new WebSocketServer({ server, perMessageDeflate: false });

wss.on('connection', (socket, request) => {
  const id = request.url.split('/')[2];
  socket.on('error', console.error);
  if (!portfolios[id]) {
    socket.close(4404, 'no such portfolio');
    return;
  }
  if (!watchers.has(id)) watchers.set(id, new Set());
  watchers.get(id).add(socket);
  socket.on('close', () => {
    watchers.get(id).delete(socket);
    if (watchers.get(id).size === 0) watchers.delete(id);
  });
  socket.send(render(portfolios[id]), { binary: false });
});

async function main() {
  const redis = createClient({ url: process.env.REDIS_URL });
  redis.on('error', console.error);
  await redis.connect();
  await redis.subscribe('pf:events', takeEvent);
  server.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
