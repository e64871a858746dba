import { wrong } from "../errors.ts";
import { bearer } from "./authorize.ts";
import type { Provider } from "../public.ts";

const RUNTIME = "https://bedrock-runtime.{region}.amazonaws.com";
const MANTLE = "https://bedrock-mantle.{region}.api.aws";

/** `aws-bedrock/{service}/{region}/…`: service and region are the host. The client's signature covers the rest. */
export const bedrock: Provider = {
  base: RUNTIME,
  authorize: bearer,
  locate(path, base) {
    const [, service, region, rest] = /^(bedrock-runtime|bedrock-mantle)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (!region || !rest) {
      throw wrong("endpoint", "bedrock-runtime/{region}/… or bedrock-mantle/{region}/…");
    }
    const own = service === "bedrock-mantle" && base === RUNTIME ? MANTLE : base;
    return { path: rest, base: own, parts: { region } };
  },
};
