import * as v from "valibot";
import { plainObject } from "../validate.ts";

/** Most collectors of one gateway id: each has a queue of its own. */
const MOST = 10;

/** What a header field may hold. The text itself is never told, it may be a key. */
const fieldValue = v.pipe(v.string(), v.check(isFieldValue, "Expected the value of a header field"));

const targetSchema = v.pipe(
  plainObject,
  v.strictObject({
    url: v.pipe(
      v.string(),
      v.check(isPlace, "Expected an absolute http or https URL without credentials or fragment"),
    ),
    headers: v.optional(
      v.pipe(plainObject, v.check(areFields, "Expected names and values of header fields")),
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

function isPlace(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !hash;
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
