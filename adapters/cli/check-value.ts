import { inspectSettings, type Settings } from "../../src/index.ts";
import { equip, unequip } from "./equip.ts";
import { plain } from "./plain.ts";
import type { Complaint } from "./read-settings.ts";
import { mask, type Path } from "./secrets.ts";

/** Settings, or all that is wrong with them. */
export interface Checked {
  /** What `createGateway` takes; only where there are no complaints. */
  readonly settings?: Settings;
  /** The same without what code adds to them. */
  readonly written?: Settings;
  /** What they come to, as everybody may see it. */
  readonly effective?: unknown;
  readonly complaints: readonly Complaint[];
}

/** Checks settings that code has made. */
export function checkValue(value: unknown): Omit<Checked, "complaints"> & {
  readonly complaints: readonly (Complaint & { readonly name?: boolean })[];
} {
  const written = value as Settings;
  const settings = equip(written);
  const { problems, effective } = inspectSettings(settings);
  return problems.length > 0
    ? { complaints: problems }
    : { settings, written, effective: mask(unequip(effective!, written)), complaints: [] };
}

/** A complaint as a line: file, line, column, place, and what was expected there. */
export function tellComplaint(file: string, { line, column, path, expected }: Complaint): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return plain(path.length > 0 ? `${place}: ${tellPath(path)}: ${expected}` : `${place}: ${expected}`);
}

function tellPath(path: Path): string {
  return path.reduce<string>((told, part) => {
    if (typeof part === "number") return `${told}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${told}[${JSON.stringify(part)}]`;
    return told ? `${told}.${part}` : part;
  }, "");
}
