import { hash } from "node:crypto";
import type { Digest } from "../src/types.ts";

/** SHA-256 at once, where the web's own takes a turn of the event loop: some 2 µs in place of 30. */
export const sha256: Digest = (data) => hash("sha256", data, "hex");
