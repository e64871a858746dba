/** What Linux tells about processes: their descendants, the time they used, the memory they hold. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Milliseconds of a tick in `/proc/<pid>/stat`; `getconf CLK_TCK` is 100 on every Linux of today. */
const TICK = 10;

/** A process and all its descendants, parents first. */
export function tree(pid: number): number[] {
  return [pid, ...children(pid).flatMap(tree)];
}

/** Milliseconds of CPU, user and system, that a process and its descendants have used. */
export function cpuTime(pid: number): number {
  return tree(pid).map(ticks).reduce((total, next) => total + next, 0) * TICK;
}

/** The process that serves: the last descendant, where a launcher starts another. */
export function server(pid: number): number {
  return tree(pid).at(-1)!;
}

/** Resident memory of a process, in MiB. */
export function resident(pid: number): number {
  return status(pid, "VmRSS");
}

/** Most resident memory since {@linkcode forgetPeak}, in MiB. */
export function peak(pid: number): number {
  return status(pid, "VmHWM");
}

/** Begins a new count of {@linkcode peak}. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function status(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
}

/** Children of every thread; none where the process has ended. */
function children(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number)
    );
  } catch {
    return [];
  }
}

/** User and system time; the name of a program, which may hold anything, stands in parentheses before them. */
function ticks(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
