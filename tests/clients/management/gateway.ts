import { manage, type SettingsStore } from "../../../adapters/management.ts";
import type { Gateway, LogStore, Price, Settings } from "../../../src/index.ts";

/** What administrators carry. */
export const ADMIN = "admin-token";
/** What callers of a gateway with authentication carry. */
export const CALLER = "caller-token";
/** A key that a gateway of code has. */
export const CODE_KEY = "sk-key-of-the-code-0001";
/** A gateway that is given in code. */
export const FIXED = "fixed";

/** USD of tokens, that of a model `free` unknown; sums of it are exact. */
export const price: Price = (_provider, model, { input = 0, output = 0 }) =>
  model === "free" ? undefined : (input + 2 * output) / 1024;

/** Where a backend keeps things. */
export interface Kept {
  readonly logs: LogStore;
  /** @default in memory */
  readonly gateways?: SettingsStore;
}

/**
 * A managed gateway. `/binding/{gateway}/{log}` is answered by its binding, as a program of its own process would
 * use it: GET by `getLog`, PATCH by `patchLog`.
 */
export function managedGateway(settings: Settings, kept: Kept): Gateway {
  const gateways = { [FIXED]: { cacheTtl: 60, maxAttempts: 2, keys: { openai: CODE_KEY } } };
  const gateway = manage({ ...settings, price, gateways }, {
    token: ADMIN,
    common: { tokens: [CALLER] },
    ...kept,
  });
  return { ...gateway, handle: (request, host) => bound(gateway, request) ?? gateway.handle(request, host) };
}

function bound(gateway: Gateway, request: Request): Promise<Response> | undefined {
  const [, id, log] = /\/binding\/([^/]+)\/([^/]+)$/.exec(request.url) ?? [];
  return id && log ? answer(gateway, { id, log, request }) : undefined;
}

interface Bound {
  readonly id: string;
  readonly log: string;
  readonly request: Request;
}

async function answer(gateway: Gateway, { id, log, request }: Bound): Promise<Response> {
  const binding = gateway.gateway(id);
  if (request.method === "GET") return Response.json({ log: await binding.getLog(log) ?? null });
  try {
    await binding.patchLog(log, await request.json());
    return Response.json({ done: true });
  } catch (error) {
    return Response.json({ code: (error as { code?: string }).code });
  }
}
