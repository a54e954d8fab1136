// Follows one portfolio and prints a line a state: node watch.mjs URL PORTFOLIO_ID
// PORTFOLIO_TOKEN is an access token or an API key with the scope "stream". Ends with Ctrl-C.
import { PortfolioClient } from "@portfolio-stream/client";
import WebSocket from "ws"; // Node 22 and later have their own

const [url = "http://localhost:8080", portfolioId = ""] = process.argv.slice(2);
const client = new PortfolioClient({ url, token: process.env.PORTFOLIO_TOKEN, WebSocket });

client.on("connection", ({ state, retryAt, error }) => {
  const wait = retryAt === null ? "" : `, again in ${Math.ceil((retryAt - Date.now()) / 1000)} s`;
  console.error(`${state}${wait}${error ? `: ${error.detail}` : ""}`);
  if (state === "closed" && error) giveUp(); // a token that is refused, say
});

// One state a second at most: whoever reads this does not read faster.
const subscription = client.subscribe(portfolioId, { maxRate: 1 });
subscription.on("end", (error) => {
  if (!error) return;
  console.error(`ended: ${error.detail}`); // by the server: the portfolio is gone, say
  process.exitCode = 1;
});
const giveUp = () => {
  process.exitCode = 1;
  subscription.unsubscribe();
};
process.once("SIGINT", () => subscription.unsubscribe()); // which ends the loop

for await (const { document, asOf } of subscription) {
  const { total_value: value, gain_loss: gain, gain_loss_percent: percent } = document.totals;
  console.log(`${asOf} ${document.portfolio_name}: ${value} ${document.base_currency}, ${gain} (${percent ?? "–"} %)`);
}
client.close();
