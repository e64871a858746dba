import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { type Checked, checkValue, tellComplaint } from "./check-value.ts";
import { prepare } from "./equip.ts";
import { tellModuleTrouble } from "./module-trouble.ts";
import { need } from "./need.ts";
import { Stop } from "./stop.ts";

/** Where settings are when nobody says so. */
const USUAL = "waygate.jsonc";
/** What somebody may take for it. */
const ALIKE = "waygate.json";

/** Where settings come from. */
export interface Source {
  /** The file, as the user calls it; none where there are no settings. */
  readonly file: string | undefined;
  /** Reads it, anew each time. */
  read(): Promise<Checked>;
}

/**
 * The settings of a file, of `waygate.jsonc` in the working directory, or none.
 *
 * @throws {Stop} where `waygate.json` lies in its place: nobody shall believe that it counts
 */
export function openSource(named: string | undefined): Source {
  const file = named ?? (existsSync(USUAL) ? USUAL : undefined);
  if (file === undefined && existsSync(ALIKE)) {
    throw new Stop(`${ALIKE}: Expected the name ${USUAL}, or --config ${ALIKE}`);
  }
  if (file === undefined) return { file, read: () => Promise.resolve(checkValue({})) };
  let turn = 0;
  const read = () => /\.[cm]?[jt]s$/.test(file) ? readModule(file, turn++) : readText(file);
  return {
    file,
    read: async () => isFolder(file) ? failed("Expected a file, but it is a folder") : await read(),
  };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * What there is to serve.
 *
 * @throws {Stop} that tells all that is wrong, with file, line and column
 */
export async function readGood({ file = "settings", read }: Source): Promise<Required<Checked>> {
  const checked = await read();
  if (checked.complaints.length > 0) throw new Stop(tellAll(file, checked), 1, "");
  return checked as Required<Checked>;
}

/** All that is wrong with a file, one line each. */
export function tellAll(file: string, { complaints }: Checked): string {
  return complaints.map((complaint) => tellComplaint(file, complaint)).join("\n");
}

async function readText(file: string): Promise<Checked> {
  const { checkText } = await need("jsonc-parser", () => import("./check-settings.ts"));
  try {
    return await prepared(checkText(await readFile(file, "utf8"), process.env));
  } catch (error) {
    return failed(`Expected a file that can be read (${(error as { code?: string }).code ?? "failed"})`);
  }
}

/** A module is kept by its URL, so each turn has one of its own; what it imports is read once. */
async function readModule(file: string, turn: number): Promise<Checked> {
  const { href } = pathToFileURL(resolve(file));
  try {
    const { default: told } = await import(turn === 0 ? href : `${href}?turn=${turn}`);
    if (told === undefined) {
      return failed("Expected a default export: settings, or a function of the environment");
    }
    return await prepared(checkValue(typeof told === "function" ? await told(process.env) : told));
  } catch (error) {
    return { complaints: [tellModuleTrouble(file, error)] };
  }
}

/** The same, if all is there that they need. */
async function prepared(checked: Checked): Promise<Checked> {
  const missing = checked.written && await prepare(checked.written);
  return missing === undefined ? checked : { complaints: [{ path: ["price"], expected: missing }] };
}

function failed(expected: string): Checked {
  return { complaints: [{ path: [], expected }] };
}
