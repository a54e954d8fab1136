// Owns a client that another program drives: a JSON command a line in, a JSON event a line out.
// Integration tests start it against the real server. Documents are told as exact JSON.
//
//   {"do":"client","url":…,"token":…}      the client; {"do":"token","token":…} changes what its source answers
//   {"do":"register","url":…,…}             opens an account; a client that follows has its session's tokens
//   {"do":"subscribe","id":…,"options":{}} {"do":"update",…} {"do":"resync","id":…} {"do":"unsubscribe","id":…}
//   {"do":"show","id":…}                    answers {"event":"shown",…}
//   {"do":"connect"} {"do":"close"} {"do":"rest","method":…,"path":…,"request":{}} {"do":"end"}
import { createInterface } from "node:readline";
import { parseExact, PortfolioClient, RestClient, Session, stringifyExact } from "@portfolio-stream/client";
import WebSocket from "ws";

const subscriptions = new Map();
let client = null;
let api = null;
let token = null;
let session = null;

const say = (event) => process.stdout.write(`${stringifyExact(event)}\n`);

/** The class of ws, telling each message of the client on its way. */
class HeardSocket extends WebSocket {
  send(text) {
    const { type } = JSON.parse(text);
    say({ event: "sent", type });
    super.send(text);
  }
}

const shown = ({ portfolioId, document, cursor, asOf, status }) => ({
  id: portfolioId,
  document,
  cursor,
  as_of: asOf,
  feed: status,
});

const commands = {
  client({ url, token: first = null }) {
    token = first;
    const source = (previous) => {
      say({ event: "token_asked", previous });
      return session ? session.token(previous) : token;
    };
    client = new PortfolioClient({ url, token: source, WebSocket: HeardSocket });
    api = new RestClient({ url, token: source });
    client.on("connection", ({ state, closeCode, error, retryAt }) =>
      say({
        event: "connection",
        state,
        close_code: closeCode ?? 0,
        error: error?.code ?? "",
        is_retrying: retryAt !== null,
      }),
    );
    client.on("error", ({ code, detail }) => say({ event: "client_error", problem: code, detail }));
  },
  async register({ url, name, email, password }) {
    session = new Session({ url });
    session.on("change", (user) => say({ event: "user", email: user?.email ?? "" }));
    const { customer_id: customerId } = await session.register(name, email, password);
    say({ event: "registered", customer_id: customerId });
  },
  token(command) {
    token = command.token;
  },
  subscribe({ id, options = {}, is_telling_states: isTelling = true }) {
    const subscription = client.subscribe(id, options);
    subscriptions.set(id, subscription);
    if (isTelling) {
      subscription.on("state", ({ changed }) =>
        say({ event: "state", ...shown(subscription), changed: changed && [...changed] }),
      );
    }
    subscription.on("status", (status) => say({ event: "status", id, feed: status }));
    subscription.on("error", ({ code, retryable }) => say({ event: "error", id, problem: code, retryable }));
    subscription.on("end", (error) => say({ event: "end", id, problem: error?.code ?? "" }));
  },
  update: ({ id, options }) => subscriptions.get(id).update(options),
  resync: ({ id }) => subscriptions.get(id).resync(),
  unsubscribe: ({ id }) => subscriptions.get(id).unsubscribe(),
  show: ({ id }) => say({ event: "shown", ...shown(subscriptions.get(id)) }),
  connect: () => client.connect(),
  close: () => client.close(),
  async rest({ method, path, request }) {
    try {
      const { status: answered, data } = await api[method](path, request);
      say({ event: "answer", answered, data: data ?? null });
    } catch (problem) {
      say({ event: "problem", answered: problem.status, problem: problem.code, errors: problem.errors });
    }
  },
  end() {
    client?.close();
    input.close();
    process.stdin.destroy();
  },
};

const input = createInterface({ input: process.stdin });
input.on("line", (line) => void commands[parseExact(line).do](parseExact(line)));
