// What every spec begins and ends with: a stack, a browser, the people at it.
import { after, before } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { Visitor, openBrowser } from "./browser";
import { type Person, type Settings, Stack } from "./stack";

export class Scene {
  private openedBrowser: Browser | undefined;
  private startedStack: Stack | undefined;

  /** For the tests of a spec, all of them with the same servers. */
  static prepare(settings: Settings = {}): Scene {
    const scene = new Scene();
    before(() => scene.begin(settings));
    after(() => scene.end());
    return scene;
  }

  get stack(): Stack {
    if (!this.startedStack) throw new Error("the stack has not been started");
    return this.startedStack;
  }

  private async begin(settings: Settings): Promise<void> {
    try {
      this.startedStack = await Stack.start(settings);
      this.openedBrowser = await openBrowser();
    } catch (error) {
      await this.end().catch(() => undefined); // the first failure is the one to show
      throw error;
    }
  }

  private async end(): Promise<void> {
    await this.openedBrowser?.close();
    await this.startedStack?.end();
    this.openedBrowser = this.startedStack = undefined;
  }

  /** A browser window of its own; with somebody, signed in. */
  async visit(hash = "", person: Person | null = null, options: BrowserContextOptions = {}): Promise<Visitor> {
    if (!this.openedBrowser) throw new Error("the browser has not been started");
    const visitor = await Visitor.open(this.openedBrowser, this.stack, options, hash);
    if (person) await visitor.signIn(person);
    return visitor;
  }
}
