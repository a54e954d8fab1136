// Writes each state of a portfolio as a line of JSON, all digits kept: node record.mjs URL PORTFOLIO_ID FILE
// FILE.state remembers where it was: started again, it goes on from there with one delta.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseExact, PortfolioClient, stringifyExact } from "@portfolio-stream/client";
import WebSocket from "ws";

const [url, portfolioId, file] = process.argv.slice(2);
const kept = existsSync(`${file}.state`) ? parseExact(readFileSync(`${file}.state`, "utf8")) : undefined;
const client = new PortfolioClient({ url, token: process.env.PORTFOLIO_TOKEN, WebSocket });
process.once("SIGINT", () => client.close());

const subscription = client.subscribe(portfolioId, { resume: kept });
subscription.on("state", ({ document, cursor, asOf }) => {
  appendFileSync(file, `${stringifyExact({ asOf, cursor, document })}\n`);
  writeFileSync(`${file}.state.new`, stringifyExact({ cursor, asOf, document }));
  renameSync(`${file}.state.new`, `${file}.state`);
});
const fail = ({ detail, retryable }) => {
  console.error(detail);
  if (!retryable) process.exitCode = 1; // else it goes on by itself
};
client.on("error", fail);
subscription.on("end", (error) => {
  if (error) fail(error);
  client.close();
});
