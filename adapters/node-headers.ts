/** What is set by others must be a field; what Node has parsed is one. */
const NAME = /^[\w!#$%&'*+\-.^`|~]+$/;
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/;
const COOKIES = "set-cookie";

/**
 * Header fields that Node has parsed, as web-standard ones. The runtime's own `Headers` checks each of them once more, and
 * sorts them whenever somebody walks over them; together that costs a request more than its routing.
 */
export class NodeHeaders {
  readonly #fields = new Map<string, string>();
  readonly #cookies: string[] = [];

  /** @param raw names and values by turns */
  static fromRaw(raw: readonly string[]): Headers {
    const headers = new NodeHeaders();
    for (let at = 0; at < raw.length; at += 2) headers.#add(raw[at]!.toLowerCase(), raw[at + 1]!);
    return headers as unknown as Headers;
  }

  /** @param fields by lower-case name */
  static fromFields(fields: Readonly<Record<string, string | string[] | undefined>>): Headers {
    const headers = new NodeHeaders();
    for (const name in fields) {
      const value = fields[name];
      if (typeof value === "string") headers.#add(name, value);
      else for (const one of value ?? []) headers.#add(name, one);
    }
    return headers as unknown as Headers;
  }

  /** Fields of anybody's, which are checked; those of Node's own are not checked once more. */
  static from(init: HeadersInit = {}): Headers {
    const headers = new NodeHeaders();
    const fields = init as Iterable<readonly [string, string]>;
    for (const [name, value] of Symbol.iterator in init ? fields : Object.entries(init)) {
      if (init instanceof NodeHeaders) headers.#add(name, value);
      else headers.append(name, value);
    }
    return headers as unknown as Headers;
  }

  append(name: string, value: string): void {
    this.#add(nameOf(name), valueOf(value));
  }

  delete(name: string): void {
    const own = name.toLowerCase();
    this.#fields.delete(own);
    if (own === COOKIES) this.#cookies.length = 0;
  }

  get(name: string): string | null {
    const own = name.toLowerCase();
    if (own === COOKIES) return this.#cookies.length > 0 ? this.#cookies.join(", ") : null;
    return this.#fields.get(own) ?? null;
  }

  getSetCookie(): string[] {
    return [...this.#cookies];
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  set(name: string, value: string): void {
    const own = nameOf(name);
    if (own === COOKIES) this.#cookies.splice(0, Infinity, valueOf(value));
    else this.#fields.set(own, valueOf(value));
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this.entries()) visit.call(self, value, name, this as unknown as Headers);
  }

  entries(): IterableIterator<[string, string]> {
    return [...this.#fields, ...this.#cookies.map((cookie): [string, string] => [COOKIES, cookie])].values();
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  #add(name: string, value: string): void {
    if (name === COOKIES) return void this.#cookies.push(value);
    const known = this.#fields.get(name);
    this.#fields.set(
      name,
      known === undefined ? value : `${known}${name === "cookie" ? "; " : ", "}${value}`,
    );
  }
}
Object.setPrototypeOf(NodeHeaders.prototype, Headers.prototype);

function nameOf(name: string): string {
  if (NAME.test(name)) return name.toLowerCase();
  throw new TypeError("Expected the name of a header field");
}

function valueOf(value: string): string {
  const text = String(value).replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, "");
  if (VALUE.test(text)) return text;
  throw new TypeError("Expected the value of a header field");
}
