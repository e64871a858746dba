import { bearer } from "./authorize.ts";
import type { Provider } from "../public.ts";

/** The region of the host stands in the path: `v1/projects/{project}/locations/{region}/…`; `global` has none. */
export const vertex: Provider = {
  base: "https://{region}aiplatform.googleapis.com",
  authorize: bearer,
  keyParameter: "key",
  locate(path) {
    const region = /(?:^|\/)locations\/([^/]+)/.exec(path)?.[1] ?? "global";
    return { path, parts: { region: region === "global" ? "" : `${region}-` } };
  },
};
