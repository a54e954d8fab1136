// What the dashboard is measured beside: a page that renders all of its table anew with each message, as one would
// begin. #PORTFOLIO_ID,ACCESS_TOKEN
"use strict";

const [portfolioId, token] = location.hash.slice(1).split(",");
const columns = ["quantity", "current_price", "day_change_percent", "day_change", "current_value", "gain_loss", "gain_loss_percent"];
const numbers = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 8 });
const times = new Intl.DateTimeFormat("en-US", { timeStyle: "medium" });
let state = null;

function merge(target, patch) {
  if (patch === null || typeof patch !== "object") return patch;
  const result = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

function cell(value) {
  if (value === undefined) return "<td>–</td>";
  const tone = value < 0 ? "down" : "up";
  return `<td class="${tone}">${numbers.format(value)}</td>`;
}

function row([symbol, position]) {
  const time = position.price_as_of ? times.format(new Date(position.price_as_of)) : "–";
  return `<tr><th>${symbol}</th>${columns.map((name) => cell(position[name])).join("")}<td>${time}</td></tr>`;
}

function render() {
  document.getElementById("total").textContent = numbers.format(state.totals.total_value ?? 0);
  document.getElementById("rows").innerHTML = Object.entries(state.positions).map(row).join("");
}

const socket = new WebSocket(`ws://${location.host}/stream`, "portfolio.v1.json");
const say = (message) => socket.send(JSON.stringify(message));

socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.type === "welcome") say({ type: "auth", token });
  else if (frame.type === "authenticated") say({ type: "subscribe", portfolio_id: portfolioId });
  else if (frame.type === "snapshot") state = frame.data;
  else if (frame.type === "delta") state = merge(state, frame.patch);
  if (frame.type === "snapshot" || frame.type === "delta") render();
};
