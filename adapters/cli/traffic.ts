import type { Gateway, LogRecord } from "../../src/index.ts";
import { lineOf, type RequestLine, tellDollars } from "./request-line.ts";

/** Everything that passes a gateway. */
export interface Traffic {
  /** Is told of each request that is over, as `onEnd` is. */
  end(record: LogRecord): void;
  /** The same gateway, with whose requests that never got to a provider are told, too. */
  watch(gateway: Gateway): Gateway;
  /** What has passed so far, on one line. */
  summary(): string;
}

/** Counts requests, and tells each of them once. */
export function createTraffic(tell: (line: RequestLine) => void): Traffic {
  let begun = 0;
  let over = 0;
  let failed = 0;
  let tokens = 0;
  let cost = 0;

  function finish(line: RequestLine): void {
    over++;
    if (line.status >= 400 || line.error) failed++;
    tokens += (line.tokens_in ?? 0) + (line.tokens_out ?? 0);
    cost += line.cost ?? 0;
    tell(line);
  }

  return {
    end(record) {
      if (!isRefusal(record.status_code, record.attempts.length > 0)) finish(lineOf(record));
    },
    watch: (gateway) => ({
      ...gateway,
      async handle(request, host) {
        begun++;
        const began = performance.now();
        const time = new Date().toISOString();
        const response = await gateway.handle(request, host);
        const { status, headers } = response;
        const known = headers.has("cf-aig-log-id");
        if (known && !isRefusal(status, headers.has("waygate-trail"))) return response;
        const path = pathOf(request.url);
        const id = headers.get("cf-aig-log-id");
        // Who watches over a server asks all the time.
        if (!known && status === 200) begun--;
        else {
          finish({
            time,
            method: request.method,
            path,
            status,
            ms: performance.now() - began,
            ...(id !== null && { id }),
          });
        }
        return response;
      },
    }),
    summary() {
      const spent = cost > 0 ? `, ${tellDollars(cost)}` : "";
      return `${over} requests, ${failed} failed, ${begun - over} in flight, ${tokens} tokens${spent}`;
    },
  };
}

/** Whether nobody was asked: such a request is told when it is answered, all others when their last byte has passed. */
function isRefusal(status: number, tried: boolean): boolean {
  return status >= 400 && !tried;
}

/** Without the query, which may hold a key. */
function pathOf(url: string): string {
  const at = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  return url.slice(at).replace(/[?#].*$/s, "");
}
