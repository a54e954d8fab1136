// Owns as much of a DOM as react-dom needs to show elements and texts; no parser, no styles, no events.

class MiniNode {
  childNodes: MiniNode[] = [];
  parentNode: MiniNode | null = null;
  nodeValue = "";
  readonly namespaceURI = "http://www.w3.org/1999/xhtml";
  readonly style = {};

  constructor(
    readonly nodeType: number,
    readonly nodeName: string,
    readonly ownerDocument: MiniNode | null,
  ) {}

  get tagName(): string {
    return this.nodeName;
  }

  get firstChild(): MiniNode | null {
    return this.childNodes[0] ?? null;
  }

  get lastChild(): MiniNode | null {
    return this.childNodes.at(-1) ?? null;
  }

  get nextSibling(): MiniNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  get textContent(): string {
    return this.nodeType === 3 ? this.nodeValue : this.childNodes.map((node) => node.textContent).join("");
  }

  set textContent(text: string) {
    this.childNodes = [];
    if (text !== "") this.appendChild(Object.assign(new MiniNode(3, "#text", this.ownerDocument), { nodeValue: text }));
  }

  get data(): string {
    return this.nodeValue;
  }

  appendChild(node: MiniNode): MiniNode {
    return this.insertBefore(node, null);
  }

  insertBefore(node: MiniNode, before: MiniNode | null): MiniNode {
    node.parentNode?.removeChild(node);
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }

  removeChild(node: MiniNode): MiniNode {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
    return node;
  }

  contains(): boolean {
    return false;
  }

  addEventListener(): void {}
  removeEventListener(): void {}
  setAttribute(): void {}
  removeAttribute(): void {}

  createElement(name: string): MiniNode {
    return new MiniNode(1, name.toUpperCase(), this);
  }

  createTextNode(text: string): MiniNode {
    return Object.assign(new MiniNode(3, "#text", this), { nodeValue: text });
  }
}

/** Makes `window` and `document`, and gives an element to show something in. */
export const miniDom = (): MiniNode => {
  const document = new MiniNode(9, "#document", null);
  const body = document.createElement("body");
  document.appendChild(body);
  class Nothing {}
  const window = {
    document,
    event: undefined,
    top: null,
    addEventListener() {},
    removeEventListener() {},
    HTMLIFrameElement: Nothing,
  };
  Object.assign(document, { documentElement: body, body, activeElement: body, defaultView: window, hidden: false });
  Object.assign(globalThis, { window, document, HTMLIFrameElement: Nothing, IS_REACT_ACT_ENVIRONMENT: true });
  return body.appendChild(document.createElement("div"));
};
