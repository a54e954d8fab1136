// Signs in, buys into the first portfolio, and waits until the stream shows it:
// node buy.mjs URL EMAIL SYMBOL QUANTITY PRICE, with the password in PORTFOLIO_PASSWORD.
import { ApiProblem, Decimal, PortfolioClient, RestClient, Session } from "@portfolio-stream/client";
import WebSocket from "ws";

const [url, email, symbol, quantity, price] = process.argv.slice(2);
const session = new Session({ url });
const api = new RestClient({ url, token: session.token });
const client = new PortfolioClient({ url, token: session.token, WebSocket });

try {
  const user = await session.login(email, process.env.PORTFOLIO_PASSWORD ?? "");
  const { data: portfolios } = await api.get("/portfolios", { query: { limit: 1 } });
  const [portfolio] = portfolios.items;
  if (!portfolio) throw new Error(`${user.email} has no portfolio`);
  const { data: lot } = await api.post("/investments", {
    body: {
      portfolio_id: portfolio.portfolio_id,
      ticker_symbol: symbol,
      quantity: Decimal.from(quantity),
      purchase_price: Decimal.from(price),
      purchase_date: new Date().toISOString().slice(0, 10),
    },
    idempotencyKey: true, // asked again after a lost answer, it is bought once
  });
  console.log(`bought ${lot.quantity} ${lot.ticker_symbol} for ${lot.cost_basis}`);
  const subscription = client.subscribe(portfolio.portfolio_id);
  client.on("error", ({ detail, retryable }) => {
    console.error(detail);
    if (retryable) return;
    process.exitCode = 1;
    subscription.unsubscribe(); // which ends the loop
  });
  subscription.on("end", (error) => {
    if (!error) return;
    console.error(error.detail);
    process.exitCode = 1;
  });
  for await (const { document } of subscription) {
    const position = document.positions[lot.ticker_symbol];
    if (!position) continue;
    console.log(`holds ${position.quantity} ${position.ticker_symbol}`);
    break;
  }
} catch (error) {
  if (!(error instanceof ApiProblem)) throw error;
  console.error(error.detail);
  for (const { field, detail } of error.errors) console.error(`  ${field} ${detail}`);
  process.exitCode = 1;
} finally {
  client.close();
  await session.logout();
}
