import type { Gateway } from "../../src/index.ts";

/** An answer that was read to its end. */
export interface Heard {
  readonly response: Response;
  /** Whether it was kept from before, as its header says. */
  readonly status: string | null;
  readonly text: string;
}

/** What a gateway answers, and whether it had it; whatever it does because of it is done then. */
export async function hear(gateway: Pick<Gateway, "handle">, request: Request): Promise<Heard> {
  const work: Promise<unknown>[] = [];
  const response = await gateway.handle(request, { waitUntil: (promise) => work.push(promise) });
  const text = await response.text();
  await Promise.all(work);
  return { response, status: response.headers.get("cf-aig-cache-status"), text };
}
