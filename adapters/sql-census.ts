import type { GatewayRetention, LogEntry } from "../src/index.ts";
import { type Bound, boundsOf, heldStatement } from "./sql-bounds.ts";
import type { SqlDialect, SqlRow, SqlStatement } from "./sql-dialect.ts";

/** Most records that a gateway is given before it is counted again; below, a hundredth of what there is room for. */
const SLACK = 1000;
const SHARE = 100;
/** How long a gateway is taken to be full that was found so, in ms. */
const FULL = 10_000;

/** What is to be done with some entries. */
export interface Reckoned {
  /** Those whose gateway takes more. */
  readonly wanted: readonly LogEntry[];
  /** The bounds that have to be looked after now. */
  readonly due: readonly Bound[];
}

/** Knows when gateways have to be counted, which takes the longer, the more they have. */
export interface Census {
  reckon(entries: readonly LogEntry[], bounds: ReadonlyMap<string, GatewayRetention>): Promise<Reckoned>;
  /** Counts anew, because some records are gone. */
  forget(): void;
}

/** What is known of a gateway. */
interface Known {
  readonly bound: Bound;
  /** Records that it may be given before it is counted. */
  left: number;
  /** Until when it takes no more, in ms since the epoch. */
  fullUntil: number;
}

/**
 * @param read asks the database
 * @param most records of all gateways together
 * @param now the clock, in ms since the epoch
 */
export function createCensus(
  dialect: SqlDialect,
  read: (statement: SqlStatement) => Promise<readonly SqlRow[]>,
  most: number,
  now: () => number,
): Census {
  const known = new Map<string, Known>();

  function find(bound: Bound): Known {
    const found = known.get(bound.gateway);
    if (found?.bound.most === bound.most && found.bound.stops === bound.stops) return found;
    const fresh = { bound, left: 0, fullUntil: -Infinity };
    known.set(bound.gateway, fresh);
    return fresh;
  }

  async function count(some: readonly Known[]): Promise<void> {
    if (some.length === 0) return;
    const rows = await read(heldStatement(dialect, some.map(({ bound }) => bound)));
    const held = new Map(rows.map((row) => [row.gateway, Number(row.held)]));
    for (const one of some) {
      const { gateway, most, stops } = one.bound;
      const room = most - (held.get(gateway) ?? 0);
      // What cannot go at once goes with the next entries.
      one.left = stops ? slackOf(room) : room < -SLACK ? 0 : slackOf(most);
      // What would go again is not written first, for bodies are large.
      if (stops && room <= 0) one.fullUntil = now() + FULL;
    }
  }

  return {
    async reckon(entries, bounds) {
      const own = boundsOf(entries, bounds, most).map(find);
      if (own.length === 0) return { wanted: entries, due: [] };
      const isFull = ({ fullUntil }: Known) => fullUntil > now();
      const due = own.filter((one) => !isFull(one) && one.left < countOf(entries, one.bound));
      await count(due);
      for (const one of own) one.left = Math.max(0, one.left - countOf(entries, one.bound));
      const full = new Set(own.filter(isFull).map(({ bound }) => bound.gateway));
      return {
        wanted: full.size > 0 ? entries.filter(({ record }) => !full.has(record.gateway)) : entries,
        due: due.filter((one) => !isFull(one)).map(({ bound }) => bound),
      };
    },
    forget: () => known.clear(),
  };
}

function slackOf(room: number): number {
  return Math.max(0, Math.min(SLACK, Math.floor(room / SHARE)));
}

function countOf(entries: readonly LogEntry[], { gateway }: Bound): number {
  return entries.filter(({ record }) => record.gateway === gateway).length;
}
