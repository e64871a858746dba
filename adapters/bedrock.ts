import { AwsV4Signer } from "aws4fetch";
import { GatewayError } from "../src/index.ts";
import type { Call, Fields, Provider } from "../src/index.ts";
import { hexDigest } from "./hex-digest.ts";

/** Takes keys of AWS, as JSON, and of Bedrock, as they are: `providers: { "aws-bedrock": bedrock }`. */
export const bedrock: Partial<Provider> = {
  authorize: (key, call) => key.startsWith("{") ? sign(readKey(key), call) : carry(key, call),
};

/** An access key of AWS. */
interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary one. */
  readonly sessionToken?: string;
  /** Where the host of the call does not tell it. */
  readonly region?: string;
}

function readKey(json: string): AwsKey {
  const { accessKeyId, secretAccessKey, sessionToken, region } = parse(json);
  if (!isWord(accessKeyId) || !isWord(secretAccessKey)) {
    throw unusable("Expected accessKeyId and secretAccessKey");
  }
  if (sessionToken !== undefined && !isWord(sessionToken)) throw unusable("sessionToken: Expected a token");
  if (region !== undefined && !isWord(region)) throw unusable("region: Expected a name, such as us-east-1");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), ...(region && { region }) };
}

/** What a parser says of a text may quote it, so that it is not told. */
function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json);
  } catch {
    throw unusable("Expected JSON");
  }
}

/** Whether it may stand in a header field. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/**
 * A signature over the host, the body and what speaks to AWS alone, so that every other field may still change.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
async function sign(key: AwsKey, { url, method, headers, bytes }: Call): Promise<Fields> {
  const { service, region = key.region } = readHost(url);
  if (!region) throw unusable("region: Expected one, because the base does not tell it");
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  const hash = { "x-amz-content-sha256": await hexDigest(await bytes()) };
  const signer = new AwsV4Signer({
    ...key,
    url,
    method,
    headers: { ...Object.fromEntries(own), ...hash },
    service,
    region,
  });
  return Object.fromEntries((await signer.sign()).headers);
}

/** What a host is called in a signature. */
function readHost(url: string): { readonly service: string; readonly region?: string } {
  const { hostname } = new URL(url);
  const [, name, region] = /(?:^|\.)bedrock-(runtime|mantle)(?:-fips)?\.([a-z\d-]+)\./.exec(hostname) ?? [];
  return { service: name === "mantle" ? "bedrock-mantle" : "bedrock", ...(region && { region }) };
}

/**
 * A key of Bedrock alone, in the way of the API that a path belongs to.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html
 */
function carry(key: string, { url }: Call): Fields {
  const anthropic = new URL(url).pathname.startsWith("/anthropic/");
  return anthropic ? { "x-api-key": key } : { authorization: `Bearer ${key}` };
}

function unusable(why: string): GatewayError {
  return new GatewayError("key_unavailable", `The gateway's key for AWS cannot be used: ${why}`);
}
