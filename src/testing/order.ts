/** What a request asks for: a fault and its settings. */
export interface Order {
  readonly fault: string;
  readonly settings: ReadonlyMap<string, string>;
  /** The fault as it was named, settings included. */
  readonly text: string;
}

/** The members of a JSON body that matter; none, when it is no object. */
export interface Query {
  readonly model: string | undefined;
  readonly stream: boolean;
  /** Whether `stream_options.include_usage` is true. */
  readonly usage: boolean;
}

/** Finds the fault in the path (`/fault/{fault}/` or `fault:{fault}`), else in the model. */
export function findOrder(pathname: string, model = ""): Order | undefined {
  const text = /(?:^|\/)fault[/:]([^/:]+)/.exec(decode(pathname))?.[1] ??
    /(?:^|\/)fault:(.+)$/.exec(model)?.[1];
  return text === undefined ? undefined : readOrder(text);
}

/** Reads a fault as it is named, settings included. */
export function readOrder(text: string): Order {
  const [fault = "", ...pairs] = text.split(";").map((part) => part.trim());
  const settings = new Map(
    pairs.filter((pair) => pair !== "").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, "1"] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
  return { fault, settings, text };
}

/** Reads the body, whatever it is. */
export function readQuery(body: string): Query {
  let query: unknown;
  try {
    query = JSON.parse(body);
  } catch {
    query = undefined;
  }
  const { model, stream, stream_options: options } = membersOf(query);
  return {
    model: typeof model === "string" ? model : undefined,
    stream: stream === true,
    usage: membersOf(options)["include_usage"] === true,
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
