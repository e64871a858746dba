import { wrong } from "../errors.ts";
import { scheme } from "./authorize.ts";
import type { Provider } from "../public.ts";

const BASE = "https://fal.run";

/** `x-fal-target-url` names the whole URL; it is believed only for fal's own hosts. */
export const fal: Provider = {
  base: BASE,
  authorize: scheme("Key"),
  locate(path, base, { headers }) {
    const target = headers["x-fal-target-url"];
    if (!target) return { path };
    const url = URL.canParse(target) ? new URL(target) : undefined;
    const known = url?.protocol === "https:" && /(^|\.)fal\.(run|ai)$/.test(url.hostname);
    if (!known || url.username || url.password || url.port) {
      throw wrong("x-fal-target-url", "an https URL on fal.run or fal.ai");
    }
    return { path: url.pathname.slice(1), search: url.search, base: base === BASE ? url.origin : base };
  },
};
