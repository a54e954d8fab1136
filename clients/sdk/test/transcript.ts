// Owns running one conformance transcript (protocol/conformance/README.md) on the SDK.
import assert from "node:assert/strict";
import {
  Decimal,
  type Field,
  parseExact,
  PortfolioClient,
  type SelectedDocument,
  type Subscription,
} from "../src/index.js";
import { FakeClock, type FakeSocket, type Sent, settled, socketFactory } from "./support.js";

type Asked = { portfolio_id: string; max_rate?: number; fields?: Field[] };

/** The same for equal documents: members in order, numbers by their texts. */
const canonical = (value: unknown): unknown => {
  if (value instanceof Decimal) return `number ${value.text}`;
  if (typeof value === "number") return `number ${value}`;
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  const members = Object.keys(value)
    .sort()
    .map((name) => [name, canonical((value as Record<string, unknown>)[name])]);
  return { members };
};

const withoutId = (message: Sent): unknown => {
  const { id: _, ...rest } = message;
  const fields = Array.isArray(rest["fields"]) ? { fields: [...(rest["fields"] as string[])].sort() } : {};
  return canonical({ ...rest, ...fields });
};

export class TranscriptRun {
  private readonly clock = new FakeClock();
  private readonly ids = new Map<string, unknown>();
  private readonly subscriptions = new Map<string, Subscription<SelectedDocument>>();
  private readonly factory = socketFactory();
  private readonly client: PortfolioClient;
  private token: string | null = null;
  private accepted = 0;
  private read = 0;

  constructor(random: number) {
    this.client = new PortfolioClient({
      url: "http://localhost:8080/",
      token: () => this.token,
      WebSocket: this.factory.WebSocket,
      timers: this.clock,
      random: () => random,
      lifecycle: null,
    });
  }

  async run(text: string): Promise<void> {
    for (const [index, line] of text.split("\n").entries()) {
      if (line === "" || line.startsWith("#")) continue;
      const space = line.indexOf(" ");
      const word = space < 0 ? line : line.slice(0, space);
      try {
        await this.step(word, space < 0 ? "" : line.slice(space + 1));
      } catch (error) {
        throw new Error(`line ${index + 1}: ${line.slice(0, 160)}`, { cause: error });
      }
    }
    this.nothingSent();
  }

  private async step(word: string, rest: string): Promise<void> {
    await settled();
    switch (word) {
      case "app":
        this.app(rest);
        break;
      case "token":
        this.token = rest === "none" ? null : rest;
        break;
      case "opens":
        this.opens();
        break;
      case "<":
        this.receive(rest);
        break;
      case ">":
        this.sent(rest);
        break;
      case "quiet":
        this.nothingSent();
        break;
      case "=":
        this.shows(rest);
        break;
      case "status":
        assert.equal(this.subscriptions.get(rest.slice(0, 36))?.status, rest.slice(37));
        break;
      case "drops":
        this.socket.end(Number(rest));
        break;
      case "closes":
        assert.notEqual(this.socket.closedWith, undefined, "the client has not closed");
        break;
      case "advance":
        await this.clock.advance(Number(rest));
        break;
      case "waits":
        await this.waits(rest);
        break;
      case "gives":
        assert.equal(this.client.state, "closed");
        assert.equal(this.clock.pending, 0, "something is still to come");
        break;
      default:
        assert.fail(`there is no step ${word}`);
    }
    await settled();
  }

  private get socket(): FakeSocket {
    const socket = this.factory.sockets[this.accepted - 1];
    assert.ok(socket, "there is no connection");
    return socket;
  }

  private app(rest: string): void {
    const [, verb, json] = /^(\w+) (.*)$/.exec(rest) ?? [];
    const { portfolio_id: id, max_rate: maxRate, fields } = JSON.parse(json ?? "") as Asked;
    const options = { ...(maxRate !== undefined && { maxRate }), ...(fields && { fields }) };
    if (verb === "subscribe") this.subscriptions.set(id, this.client.subscribe(id, options));
    else if (verb === "update") this.subscriptions.get(id)?.update(options);
    else if (verb === "resync") this.subscriptions.get(id)?.resync();
    else if (verb === "unsubscribe") this.subscriptions.get(id)?.unsubscribe();
    else assert.fail(`the application cannot ${verb}`);
  }

  private opens(): void {
    assert.equal(this.factory.sockets.length, this.accepted + 1, "the client opens one connection");
    this.accepted += 1;
    this.read = 0;
    assert.equal(this.socket.url, "ws://localhost:8080/stream");
    this.socket.accept();
  }

  private receive(rest: string): void {
    if (rest.startsWith("text ")) return this.socket.receive(rest.slice(5));
    if (rest.startsWith("binary ")) return this.socket.receive(Buffer.from(rest.slice(7), "hex"));
    const frame = rest.replace(/"id":"(\*\w*)"/g, (_, label: string) => {
      assert.ok(this.ids.has(label), `no message had the id ${label}`);
      return `"id":${JSON.stringify(this.ids.get(label))}`;
    });
    this.socket.receive(frame);
  }

  private sent(rest: string): void {
    const expected = JSON.parse(rest) as Sent;
    const message = this.socket.sent[this.read];
    assert.ok(message, "the client has not sent it");
    this.read += 1;
    assert.deepEqual(withoutId(message), withoutId(expected));
    if (expected["id"] === undefined) return;
    assert.notEqual(message["id"], undefined, "the message has no id");
    this.ids.set(String(expected["id"]), message["id"]);
  }

  private nothingSent(): void {
    if (this.accepted > 0) assert.deepEqual(this.socket.sent.slice(this.read), []);
  }

  private shows(rest: string): void {
    if (rest.endsWith(" none")) return assert.equal(this.subscriptions.get(rest.slice(0, 36))?.document, null);
    const expected = parseExact(rest) as { portfolio_id: string };
    const shown = this.subscriptions.get(expected.portfolio_id)?.document;
    assert.deepEqual(canonical(shown), canonical(expected));
  }

  private async waits(range: string): Promise<void> {
    const [from = NaN, to = NaN] = range.split("..").map(Number);
    if (from === 0 && this.factory.sockets.length > this.accepted) return; // no time at all
    const { state, retryAt } = this.client.connection;
    assert.equal(state, "waiting");
    assert.notEqual(retryAt, null);
    const delayMs = Number(retryAt) - this.clock.now();
    assert.ok(delayMs >= from && delayMs <= to, `waits ${delayMs}`);
    await this.clock.advance(delayMs);
  }
}
