import * as v from "valibot";
import { HOP_BY_HOP } from "../headers.ts";
import { plainObject } from "../validate.ts";

/** Most collectors of one gateway id: each has a queue of its own. */
const MOST = 10;
/** Fields that the runtime writes: what others say there is untrue, or makes no request at all. */
const WRITTEN: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "content-encoding",
  "content-length",
  "expect",
  "host",
]);

/** What a header field may hold. The text itself is never told, it may be a key. */
const fieldValue = v.pipe(v.string(), v.check(isFieldValue, "Expected the value of a header field"));

const targetSchema = v.pipe(
  plainObject,
  v.strictObject({
    url: v.pipe(
      v.string(),
      v.check(isPlace, "Expected an absolute http or https URL without credentials, query or fragment"),
    ),
    headers: v.optional(
      v.pipe(
        plainObject,
        v.check(areFields, "Expected names and values of header fields"),
        v.check(areFree, "Expected no fields that the connection writes, such as content-length"),
      ),
    ),
    authorization: v.optional(fieldValue),
    content_type: v.optional(
      v.custom<"json">((value) => value === "json", "Expected json, because protobuf is not spoken"),
    ),
  }),
);

/** The collectors of a gateway id. */
export const otelSchema: v.GenericSchema<unknown, object[]> = v.pipe(
  v.array(targetSchema),
  v.maxLength(MOST, `Expected at most ${MOST} collectors`),
);

/** URLs are shown: what opens a collector is to be in a header field. */
function isPlace(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !/[?#]/.test(text);
}

function isFieldValue(text: string): boolean {
  return areFields({ authorization: text });
}

function areFields(headers: object): boolean {
  if (Object.values(headers).some((value) => typeof value !== "string")) return false;
  try {
    return Boolean(new Headers(headers as Record<string, string>));
  } catch {
    return false;
  }
}

function areFree(headers: object): boolean {
  return Object.keys(headers).every((name) => !WRITTEN.has(name.toLowerCase()));
}
