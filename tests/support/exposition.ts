/** A sample of the text format. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g;

/**
 * Reads metrics in the text format 0.0.4, as strictly as it is written: help and type before the samples of a metric,
 * all samples of one together, none twice.
 *
 * @throws {Error} at the first line that is wrong
 */
export function readExposition(text: string): ReadSample[] {
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line does not end");
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const samples: ReadSample[] = [];
  let current = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const [, about, name = "", what = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (about === "HELP") {
      if (types.has(name)) throw new Error(`twice: ${line}`);
      current = name;
    } else if (about === "TYPE") {
      if (name !== current || !/^(counter|histogram)$/.test(what)) throw new Error(`out of place: ${line}`);
      types.set(name, what);
    } else samples.push(readSample(line, current, types.get(current), seen));
  }
  return samples;
}

function readSample(line: string, family: string, type: string | undefined, seen: Set<string>): ReadSample {
  const [, name, pairs = "", number = ""] = SAMPLE.exec(line) ?? [];
  const own = type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => family + end) : [family];
  if (name === undefined || type === undefined || !own.includes(name)) {
    throw new Error(`out of place: ${line}`);
  }
  const labels = Object.fromEntries(
    Array.from(pairs.matchAll(LABEL), ([, label, text]) => [label!, unescape(text!)]),
  );
  const key = JSON.stringify([name, labels]);
  if (seen.has(key)) throw new Error(`twice: ${line}`);
  seen.add(key);
  if (!Number.isFinite(Number(number))) throw new Error(`no number: ${line}`);
  return { name, labels, value: Number(number) };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, letter) => letter === "n" ? "\n" : letter);
}
