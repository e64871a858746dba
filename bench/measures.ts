/** How one target is measured in one scenario, once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./calls.ts";
import { stream, transfer } from "./client.ts";
import { cpuTime, forgetPeak, peak, resident, server } from "./cpu.ts";
import { EVENTS, LARGE } from "./live.ts";
import { load } from "./load.ts";
import type { Mode } from "./modes.ts";
import { freePort, GATEWAY_CORE, start, stop } from "./processes.ts";
import type { Target } from "./targets.ts";

/** What is measured, on whom. */
export interface Measurement {
  readonly target: Target;
  readonly call: Call;
  readonly url: string;
  /** The mock provider. */
  readonly up: string;
  /** The process that was started; undefined where there is none, or none yet. */
  readonly pid: number | undefined;
  readonly mode: Mode;
  /** Seconds of load beforehand. */
  readonly warm: number;
}

/** What came of it; what makes no sense in a scenario is not told. */
export interface Figures {
  /** Requests, events or MB per second. */
  readonly rate?: number;
  /** CPU per request, event or MB, in µs. */
  readonly cpu?: number;
  /** Milliseconds per request, or from an event's sending to its arrival. */
  readonly p50?: number;
  readonly p99?: number;
  /** Milliseconds of a request at one connection, or from a question to the first event. */
  readonly alone?: number;
  /** Resident memory afterwards, in MiB. */
  readonly memory?: number;
  /** Most resident memory on the way, over what it was before, in MiB. */
  readonly growth?: number;
}

/** Connections of a strain, and streams beside each other. */
const CONNECTIONS = 32;
const STREAMS = 16;

/** As many requests as 32 connections carry, then one connection alone. */
export async function strain({ call, url, pid, mode, warm }: Measurement): Promise<Figures> {
  if (warm > 0) await load(url, call, { connections: CONNECTIONS, seconds: warm });
  const before = pid ? cpuTime(pid) : 0;
  const { requests, seconds, p50, p99 } = await load(url, call, {
    connections: CONNECTIONS,
    seconds: mode.seconds,
  });
  const used = pid ? cpuTime(pid) - before : 0;
  const alone = mode.alone > 0 ? await load(url, call, { connections: 1, seconds: mode.alone }) : undefined;
  return {
    rate: requests / seconds,
    p50,
    p99,
    ...(alone && { alone: alone.p50 }),
    ...(pid && { cpu: used * 1000 / requests, memory: resident(server(pid)) }),
  };
}

/** Streams one after the other, for their times, then many beside each other, for what they cost. */
export async function streaming({ call, url, pid, mode, warm }: Measurement): Promise<Figures> {
  if (warm > 0) await load(url, call, { connections: CONNECTIONS, seconds: warm });
  const streams = await stream(url, call, mode.streams);
  const delays = streams.flatMap(({ delays }) => delays);
  const before = pid ? cpuTime(pid) : 0;
  const began = performance.now();
  const times = Math.ceil(mode.streams / 4);
  await Promise.all(Array.from({ length: STREAMS }, () => stream(url, call, times)));
  const events = STREAMS * times * EVENTS;
  return {
    rate: events * 1000 / (performance.now() - began),
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    alone: quantile(streams.map(({ first }) => first), 0.5),
    ...(pid && { cpu: (cpuTime(pid) - before) * 1000 / events, memory: resident(server(pid)) }),
  };
}

/** One large body. */
export async function large({ call, url, pid }: Measurement): Promise<Figures> {
  const serving = pid && server(pid);
  if (serving) forgetPeak(serving);
  const memory = serving && resident(serving);
  const before = pid ? cpuTime(pid) : 0;
  const seconds = await transfer(url, call);
  const megabytes = LARGE / 1024 / 1024;
  return {
    rate: megabytes / seconds,
    ...(pid && { cpu: (cpuTime(pid) - before) * 1000 / megabytes }),
    ...(memory && { memory, growth: peak(serving) - memory }),
  };
}

/** From the start of a process to its first answer. */
export async function cold({ target, call, up }: Measurement): Promise<Figures> {
  if (!target.command) return {};
  const port = await freePort();
  const command = target.command(port, up);
  const began = performance.now();
  const child = start({ ...command, core: GATEWAY_CORE });
  const { method, path, headers, body } = call;
  let answer: Response | undefined;
  while (!answer?.ok && child.exitCode === null) {
    await answer?.body?.cancel();
    await sleep(2);
    answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body }).catch(() => undefined);
  }
  const p50 = performance.now() - began;
  await answer?.body?.cancel();
  const memory = resident(server(child.pid!));
  await stop(child);
  return { p50, memory };
}

/** The value below which a part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)]!;
}
