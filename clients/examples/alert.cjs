// Says when a portfolio's gain leaves a range: node alert.cjs URL PORTFOLIO_ID LOW HIGH
// In CommonJS. Compares exactly: no amount becomes a binary fraction on the way.
const { Decimal, PortfolioClient } = require("@portfolio-stream/client");
const WebSocket = require("ws");

const [url, portfolioId, low, high] = process.argv.slice(2);
const [least, most] = [Decimal.from(low), Decimal.from(high)];
const client = new PortfolioClient({ url, token: process.env.PORTFOLIO_TOKEN, WebSocket });
process.once("SIGINT", () => client.close());

// Who waits for an alert has to hear that none will come. What can be tried again is.
const fail = ({ detail, retryable }) => {
    console.error(detail);
    if (!retryable) process.exitCode = 1;
};
client.on("error", fail);

let said = "";
const subscription = client.subscribe(portfolioId, { fields: ["gain_loss"] });
subscription.on("end", (error) => {
    if (error) fail(error);
    client.close();
});
subscription.on("state", ({ document, asOf }) => {
    const gain = document.totals?.gain_loss;
    if (!gain) return;
    const word = gain.compare(least) < 0 ? "below" : gain.compare(most) > 0 ? "above" : "within";
    if (word !== said) console.log(`${asOf} ${word}: ${gain}`);
    said = word;
});
