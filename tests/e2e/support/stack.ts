// The servers of a test: PostgreSQL, Redis and portfoliod, driven through stack.py, a line of JSON each way.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Person {
  email: string;
  password: string;
  user_id: string;
  customer_id: string | null;
  token: string;
}

/** Ticker, quantity, price and, perhaps, the date of a purchase. */
export type Lot = [ticker: string, quantity: number, price: number, date?: string];

export interface Answer {
  status: number;
  body: unknown;
}

export type Settings = Record<string, string | number>;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const ROOT = process.env["PF_ROOT"] ?? ".";

export class Stack {
  url = "";
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private errors = "";

  private constructor() {
    this.child = spawn("/usr/bin/python3", [join(ROOT, "tests/e2e/stack.py")], { stdio: "pipe" });
    this.child.stderr.on("data", (text: Buffer) => {
      this.errors = (this.errors + text.toString()).slice(-20000);
    });
    createInterface(this.child.stdout).on("line", (line) => this.take(line));
    this.child.on("close", () => {
      for (const { reject } of this.waiting.values()) reject(new Error(`stack.py ended\n${this.errors}`));
      this.waiting.clear();
    });
  }

  static async start(settings: Settings = {}): Promise<Stack> {
    const stack = new Stack();
    try {
      const { url } = (await stack.ask("start", { settings })) as { url: string };
      stack.url = url;
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  private take(line: string): void {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${error}\n${this.errors}`));
  }

  /** Anything that stack.py can do, by its name there. */
  ask(what: string, more: object = {}): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ id, do: what, ...more })}\n`);
    });
  }

  async user(more: { email?: string; name?: string } = {}): Promise<Person> {
    return (await this.ask("user", more)) as Person;
  }

  async enter(role: "admin" | "advisor" | "service" | "user"): Promise<Person> {
    return (await this.ask("enter", { role })) as Person;
  }

  async portfolio(owner: Person, name: string, lots: Lot[] = [], more: object = {}): Promise<string> {
    const made = await this.ask("portfolio", { email: owner.email, name, lots, ...more });
    return (made as { portfolio_id: string }).portfolio_id;
  }

  async lot(owner: Person, portfolioId: string, lot: Lot): Promise<string> {
    const [ticker, quantity, price, date] = lot;
    const more = { ticker, quantity, price, ...(date === undefined ? {} : { date }) };
    const made = await this.ask("lot", { email: owner.email, portfolio_id: portfolioId, ...more });
    return (made as { investment_id: string }).investment_id;
  }

  async price(symbol: string, price: number, more: object = {}): Promise<void> {
    await this.ask("price", { symbol, price, ...more });
  }

  /** As the administrator, unless somebody else is named. */
  async rest(method: string, path: string, body: object | null = null, who?: Person): Promise<Answer> {
    return (await this.ask("rest", { method, path, body, ...(who ? { email: who.email } : {}) })) as Answer;
  }

  async sql(text: string, parameters: unknown[] = []): Promise<unknown[][]> {
    return (await this.ask("sql", { text, parameters })) as unknown[][];
  }

  async metric(name: string): Promise<number> {
    return Number(await this.ask("metric", { name }));
  }

  async killServer(): Promise<void> {
    await this.ask("kill_server");
  }

  async stopServer(): Promise<void> {
    await this.ask("stop_server");
  }

  async startServer(settings: Settings = {}): Promise<void> {
    await this.ask("start_server", { settings });
  }

  async kill(store: "postgres" | "redis"): Promise<void> {
    await this.ask("kill", { store });
  }

  async revive(store: "postgres" | "redis"): Promise<void> {
    await this.ask("revive", { store });
  }

  /** The orderly end; fails when the server did not end well or a sanitizer reported. */
  async end(): Promise<void> {
    try {
      await this.ask("end");
    } finally {
      await this.close();
    }
  }

  private async close(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once("close", resolve));
    this.child.stdin.end();
    await closed;
  }
}
