// Owns what tests give a client instead of the world: a clock, sockets, and a wait until
// everything that needs no time has happened.
import type { SocketLike, Timers } from "../src/index.js";

/** Lets all promises that are ready run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Due {
  at: number;
  order: number;
  action: () => void;
}

/** A clock that goes only when it is told to. */
export class FakeClock implements Timers {
  private time = 1_700_000_000_000;
  private order = 0;
  private readonly due = new Set<Due>();

  now(): number {
    return this.time;
  }

  setTimeout(action: () => void, delayMs: number): unknown {
    if (!(delayMs < 2 ** 31)) throw new RangeError(`No host waits ${delayMs} ms: it would be done at once`);
    const due = { at: this.time + Math.max(0, delayMs), order: (this.order += 1), action };
    this.due.add(due);
    return due;
  }

  clearTimeout(timer: unknown): void {
    this.due.delete(timer as Due);
  }

  get pending(): number {
    return this.due.size;
  }

  /** Goes on, appointment by appointment. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const [next] = [...this.due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.time = next.at;
      this.due.delete(next);
      next.action();
      await settled();
    }
    this.time = until;
    await settled();
  }
}

export type Sent = Record<string, unknown> & { type: string };

/** A socket whose server is the test. */
export class FakeSocket implements SocketLike {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: Sent[] = [];
  /** What the client closed it with; null: with nothing; undefined: it did not. */
  closedWith: number | null | undefined;

  constructor(
    readonly url: string,
    readonly protocols: string | string[] | undefined,
  ) {}

  send(text: string): void {
    if (this.readyState !== 1) throw new Error("Sent on a socket that is not open");
    this.sent.push(JSON.parse(text) as Sent);
  }

  close(code?: number): void {
    this.closedWith ??= code ?? null;
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  receive(data: unknown): void {
    this.onmessage?.({ data } as never);
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as never);
  }
}

/** The class to give a client, and the sockets that it made. */
export const socketFactory = (): {
  WebSocket: new (url: string, protocols?: string | string[]) => FakeSocket;
  sockets: FakeSocket[];
} => {
  const sockets: FakeSocket[] = [];
  class Socket extends FakeSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  return { WebSocket: Socket, sockets };
};
