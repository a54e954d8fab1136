// The first page: pick a portfolio, watch it move. No build step, no library.
//
// Numbers stay the text that came: nothing here makes money a binary fraction.
"use strict";

const SUBPROTOCOL = "portfolio.v1.json";
const CLOSE_UNAUTHORIZED = 4401;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30000;
const SECTIONS = ["total_value", "gain_loss", "day_change", "cost_basis", "cash_balance"];

// ---- exact JSON: each number becomes its text ----

function parseExact(text) {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g,
    (token) => (token[0] === '"' ? token : `"${token}"`));
  return JSON.parse(quoted);
}

function mergePatch(target, patch) { // RFC 7396
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const isObject = target !== null && typeof target === "object" && !Array.isArray(target);
  const result = Object.assign(Object.create(null), isObject ? target : {});
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

// ---- decimals as text ----

function units(text) { // whole 1e-8, for comparing
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(8, "0").slice(0, 8));
  return text.startsWith("-") ? -value : value;
}

function format(text, leastDecimals, isSigned) {
  if (text === undefined) return "–";
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const decimals = fraction.padEnd(leastDecimals, "0");
  const sign = text.startsWith("-") ? "\u2212" : isSigned && units(text) > 0n ? "+" : "";
  return sign + grouped + (decimals ? "." + decimals : "");
}

function direction(text) {
  if (text === undefined) return "";
  const value = units(text);
  return value > 0n ? "up" : value < 0n ? "down" : "";
}

// ---- showing ----

const element = (id) => document.getElementById(id);
const rows = new Map();

function setText(node, text, className) {
  if (node.textContent !== text) node.textContent = text;
  if (className !== undefined) {
    node.classList.toggle("up", className === "up");
    node.classList.toggle("down", className === "down");
  }
}

function flash(node, before, after) {
  if (before === undefined || after === undefined || before === after) return;
  const name = units(after) > units(before) ? "flash-up" : "flash-down";
  node.classList.remove("flash-up", "flash-down");
  void node.offsetWidth; // starts the animation anew
  node.classList.add(name);
}

function createRow(symbol) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  row.append(head);
  const cells = { head };
  const columns = [["quantity", true], ["current_price"], ["current_value"], ["gain_loss"],
    ["gain_loss_percent"], ["day_change", true], ["cost_basis", true]];
  for (const [name, isMinor] of columns) {
    cells[name] = document.createElement("td");
    cells[name].className = isMinor ? "number minor" : "number";
    row.append(cells[name]);
  }
  const badge = document.createElement("span");
  badge.className = "badge";
  head.append(symbol, badge);
  return { row, cells, badge, shown: {} };
}

function showRow(view, position) {
  const { cells, shown } = view;
  setText(cells.quantity, format(position.quantity, 0));
  setText(cells.current_price, format(position.current_price, 2));
  setText(cells.current_value, format(position.current_value, 2));
  setText(cells.gain_loss, format(position.gain_loss, 2, true), direction(position.gain_loss));
  setText(cells.gain_loss_percent, format(position.gain_loss_percent, 2, true), direction(position.gain_loss));
  setText(cells.day_change, format(position.day_change, 2, true), direction(position.day_change));
  setText(cells.cost_basis, format(position.cost_basis, 2));
  flash(cells.current_price, shown.current_price, position.current_price);
  flash(cells.current_value, shown.current_value, position.current_value);
  const isPriced = position.current_price !== undefined;
  view.badge.hidden = isPriced && !position.stale;
  setText(view.badge, isPriced ? "stale" : "no price");
  view.badge.title = isPriced ? `Last price of ${position.price_as_of}, not confirmed since`
    : "No price is known yet: this position is not in value and gain";
  view.row.classList.toggle("is-stale", isPriced && position.stale);
  view.shown = position;
}

function showPositions(positions) {
  const body = element("positions");
  const symbols = Object.keys(positions).sort();
  for (const [symbol, view] of rows) {
    if (positions[symbol]) continue;
    view.row.remove();
    rows.delete(symbol);
  }
  symbols.forEach((symbol, index) => {
    if (!rows.has(symbol)) rows.set(symbol, createRow(symbol));
    const view = rows.get(symbol);
    if (body.children[index] !== view.row) body.insertBefore(view.row, body.children[index] || null);
    if (view.shown !== positions[symbol]) showRow(view, positions[symbol]);
  });
  element("empty").hidden = symbols.length > 0;
}

let shownTotals = {};

function showTotals(data) {
  const { totals } = data;
  const node = (name) => document.querySelector(`[data-total="${name}"]`);
  for (const name of SECTIONS) {
    const isGain = name === "gain_loss" || name === "day_change";
    setText(node(name), format(totals[name], 2, isGain), isGain ? direction(totals[name]) : undefined);
    flash(node(name), shownTotals[name], totals[name]);
  }
  for (const name of ["gain_loss_percent", "day_change_percent"]) {
    const text = totals[name] === undefined ? "" : `${format(totals[name], 2, true)} %`;
    setText(node(name), text, direction(totals[name]));
  }
  setText(node("base_currency"), `in ${data.base_currency}`);
  const unpriced = element("unpriced");
  unpriced.hidden = totals.unpriced === "0";
  const rowsText = totals.unpriced === "1" ? "1 position has" : `${totals.unpriced} positions have`;
  setText(unpriced, `${rowsText} no price: counted in cost, not in value and gain.`);
  shownTotals = totals;
}

function showConnection(state, text) {
  const node = element("connection");
  node.dataset.state = state;
  setText(node, text || state);
}

function showNotice(text) {
  element("notice").hidden = !text;
  setText(element("notice"), text || "");
}

let isShowing = false;

function show() {
  if (isShowing) return;
  isShowing = true;
  requestAnimationFrame(() => {
    isShowing = false;
    if (!stream.data) return;
    showTotals(stream.data);
    showPositions(stream.data.positions);
    setText(element("as-of"), `As of ${stream.asOf}`);
  });
}

function forget() {
  rows.forEach((view) => view.row.remove());
  rows.clear();
  shownTotals = {};
  document.querySelectorAll("[data-total]").forEach((node) => setText(node, "", ""));
}

// ---- the stream: the client's whole rule ----

const stream = {
  socket: null, portfolioId: null, data: null, cursor: null, asOf: "",
  attempts: 0, waitMs: null, isWelcomed: false, isEnded: false, silenceMs: 45000, timers: {},
};

function after(name, delayMs, action) {
  clearTimeout(stream.timers[name]);
  stream.timers[name] = setTimeout(action, delayMs);
}

function send(message) {
  if (stream.socket && stream.socket.readyState === WebSocket.OPEN) stream.socket.send(JSON.stringify(message));
}

function connect() {
  clearTimeout(stream.timers.connect);
  showConnection(stream.attempts ? "reconnecting" : "connecting");
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/stream`;
  const socket = new WebSocket(url, SUBPROTOCOL);
  Object.assign(stream, { socket, waitMs: null, isWelcomed: false });
  socket.onmessage = (event) => {
    if (socket !== stream.socket) return;
    after("silence", stream.silenceMs, giveUp);
    const frame = parseExact(event.data);
    (handlers[frame.type] || (() => {}))(frame);
  };
  socket.onclose = (event) => {
    if (socket !== stream.socket) return;
    if (event.code === CLOSE_UNAUTHORIZED) { // a new token, or the form
      stream.isEnded = false;
      account.expiresAt = 0;
    }
    reconnect();
  };
  after("silence", stream.silenceMs, giveUp);
}

// Nothing came for too long: a peer that is gone would not answer a close either.
function giveUp() {
  const socket = stream.socket;
  reconnect();
  if (socket) socket.close();
}

// Exponential with full jitter; what the server asked for comes first.
function reconnect() {
  stream.socket = null;
  clearTimeout(stream.timers.silence);
  if (stream.isEnded) return showConnection("closed");
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** stream.attempts);
  const delayMs = stream.waitMs === null ? Math.random() * ceiling : stream.waitMs;
  stream.attempts += 1;
  showConnection("reconnecting");
  after("connect", delayMs, connect);
}

// Once a connection: the list may come before the welcome or after it.
function subscribe() {
  if (!stream.portfolioId || !stream.isWelcomed) return;
  const message = { type: "subscribe", portfolio_id: stream.portfolioId };
  if (stream.cursor) message.resume = stream.cursor;
  send(message);
}

function choose(portfolioId) {
  if (portfolioId === stream.portfolioId) return;
  if (stream.portfolioId) send({ type: "unsubscribe", portfolio_id: stream.portfolioId });
  Object.assign(stream, { portfolioId, data: null, cursor: null });
  history.replaceState(null, "", `#${portfolioId}`);
  showNotice("");
  forget();
  subscribe();
}

// With a token that is still good for a while; without one the server closes.
async function authenticate() {
  const socket = stream.socket;
  try {
    account.expiresAt = stream.isWelcomed ? 0 : account.expiresAt;
    const token = await accountToken();
    if (token && socket === stream.socket) send({ type: "auth", token });
  } catch (error) {
    if (!sessionStorage.getItem(STORED_AS)) location.reload(); // signed out elsewhere: the form
    else after("auth", 2000, authenticate);
  }
}

const isOurs = (frame) => frame.portfolio_id === stream.portfolioId;
const resync = () => send({ type: "resync", portfolio_id: stream.portfolioId });

const handlers = {
  welcome(frame) {
    stream.silenceMs = 2.5 * Number(frame.heartbeat_ms) + 1000;
    if (frame.auth_required === true) return authenticate();
    stream.isWelcomed = true;
    subscribe();
  },
  authenticated() {
    if (stream.isWelcomed) return; // the token was renewed
    stream.isWelcomed = true;
    subscribe();
  },
  auth_expiring: () => authenticate(),
  subscribed(frame) {
    if (!isOurs(frame)) return;
    stream.attempts = 0;
    showNotice("");
    showConnection("live");
  },
  snapshot(frame) {
    if (!isOurs(frame)) return;
    Object.assign(stream, { data: frame.data, cursor: frame.cursor, asOf: frame.as_of });
    show();
  },
  delta(frame) {
    if (!isOurs(frame)) return;
    if (frame.base !== stream.cursor) return resync();
    Object.assign(stream, { data: mergePatch(stream.data, frame.patch), cursor: frame.cursor, asOf: frame.as_of });
    show();
  },
  heartbeat(frame) {
    const mine = frame.subscriptions[stream.portfolioId];
    if (!mine) return;
    if (mine.cursor !== stream.cursor) resync();
    const words = { stale: "stale prices", market_closed: "market closed" };
    showConnection(mine.state === "stale" ? "stale" : "live", words[mine.state] || "live");
  },
  unsubscribed(frame) {
    if (!isOurs(frame) || !frame.code) return;
    Object.assign(stream, { portfolioId: null, data: null, cursor: null });
    forget();
    showNotice("This portfolio is gone.");
    loadPortfolios();
  },
  closing(frame) {
    stream.waitMs = Number(frame.after_ms);
    stream.isEnded = !frame.reconnect;
  },
  error(frame) {
    if (frame.portfolio_id && !isOurs(frame)) return;
    if (frame.retryable) after("retry", Number(frame.retry_after_ms || 2000), subscribe);
    showNotice(`${frame.detail}${frame.retryable ? " — trying again" : ""}`);
  },
};

// ---- the list ----

async function loadPortfolios() {
  const select = element("portfolio");
  try {
    const items = [];
    let next = "";
    do {
      const response = await accountFetch(`/portfolios?limit=200${next}`);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const page = await response.json();
      items.push(...page.items);
      next = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
    } while (next && items.length < 2000);
    const wanted = location.hash.slice(1);
    select.replaceChildren(...items.map((item) => new Option(item.portfolio_name, item.portfolio_id)));
    if (items.length === 0) return showNotice("There is no portfolio yet.");
    if (items.some((item) => item.portfolio_id === wanted)) select.value = wanted;
    choose(select.value);
  } catch (error) {
    showNotice(`The portfolios could not be read: ${error.message}`);
    after("list", 3000, loadPortfolios);
  }
}

element("portfolio").addEventListener("change", (event) => choose(event.target.value));
accountBegin(() => {
  window.addEventListener("online", () => { if (!stream.socket && !stream.isEnded) connect(); });
  connect();
  loadPortfolios();
});
