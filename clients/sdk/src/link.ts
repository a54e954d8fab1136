// Owns one WebSocket from its opening to its end: frames as objects, and a watchdog that asks
// whether the server is there when nothing comes. Refuses frames that are not the protocol's:
// such a peer is left. Tells its end exactly once.
import type { ExactValue } from "./exact_json.js";
import { parseExact } from "./exact_json.js";
import { Alarm, type Timers } from "./timers.js";
import type { ClientMessage, ServerFrame } from "./messages.js";

export const SUBPROTOCOL = "portfolio.v1.json";
/** Nobody answered, or what came was no answer. */
export const LOST = 1006;
const PROTOCOL_ERROR = 4400;
const WELCOME_WITHIN_MS = 15_000;
const PONG_WITHIN_MS = 5_000;
const OPEN = 1;

/** What the SDK needs of a WebSocket: browsers, React Native, Node 22 and the package ws have it. */
export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}
export type SocketClass = new (url: string, protocols?: string | string[]) => SocketLike;

export interface LinkListener {
  frame(frame: ServerFrame): void;
  gone(closeCode: number): void;
}

export class Link {
  readonly #socket: SocketLike;
  readonly #silence: Alarm;
  #silenceMs = WELCOME_WITHIN_MS;
  #isOver = false;
  #isAsked = false;

  readonly #listener: LinkListener;

  constructor(Socket: SocketClass, url: string, protocols: string[], timers: Timers, listener: LinkListener) {
    this.#listener = listener;
    this.#silence = new Alarm(timers);
    this.#socket = new Socket(url, protocols);
    this.#socket.onmessage = (event: { data: unknown }) => this.#take(event.data);
    this.#socket.onclose = (event: { code: number }) => this.#end(event.code);
    this.#socket.onerror = () => {}; // onclose follows
    this.#silence.set(this.#silenceMs, () => this.drop());
  }

  /** From now on a silence of two heartbeats and a second is one to ask about. */
  welcomed(heartbeatMs: number): void {
    this.#silenceMs = 2 * heartbeatMs + 1000;
    this.#heard();
  }

  send(message: ClientMessage): void {
    if (!this.#isOver && this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Asks whether the server is still there; without an answer soon the socket is left. */
  check(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.send({ type: "ping" });
    this.#silence.set(PONG_WITHIN_MS, () => this.drop());
  }

  /** Leaves the socket, which may not even be able to say goodbye. */
  drop(closeCode?: number): void {
    if (this.#isOver) return;
    this.close(closeCode);
    this.#listener.gone(LOST);
  }

  /** The same, and nobody is told. */
  close(closeCode?: number): void {
    if (this.#isOver) return;
    this.#over();
    this.#socket.close(closeCode);
  }

  /** From here on the socket tells us nothing. */
  #over(): void {
    this.#isOver = true;
    this.#silence.clear();
    this.#socket.onmessage = this.#socket.onclose = null;
  }

  #end(closeCode: number): void {
    this.#over();
    this.#listener.gone(closeCode);
  }

  #heard(): void {
    this.#isAsked = false;
    this.#silence.set(this.#silenceMs, () => this.check());
  }

  #take(data: unknown): void {
    this.#heard();
    try {
      const frame = typeof data === "string" ? parseExact(data) : null;
      const type = (frame as { [name: string]: ExactValue } | null)?.["type"];
      if (typeof type !== "string") throw new TypeError();
      this.#listener.frame(frame as unknown as ServerFrame);
    } catch {
      this.drop(PROTOCOL_ERROR);
    }
  }
}
