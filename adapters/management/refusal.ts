/** What can be wrong with a request, with the number and the status that Cloudflare's API gives it. */
const table = {
  unauthorized: [10000, 401],
  invalid: [7001, 400],
  read_only: [7001, 403],
  wrong_method: [7001, 405],
  too_large: [7001, 413],
  missing: [7002, 404],
  no_path: [7003, 404],
  internal: [7000, 500],
  unavailable: [7009, 503],
  bad_slug: [1002, 400],
  slug_taken: [1003, 409],
  no_provider: [1004, 404],
} as const;

/** Names of what can be wrong. */
export type RefusalCode = keyof typeof table;

/** One thing that is wrong. */
export interface Complaint {
  /** What was expected; never a value that came, never a secret. */
  readonly message: string;
  /** Where, such as `["body", "cache_ttl"]`. */
  readonly path?: readonly string[];
}

/** Why the API does not do as it was told. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** HTTP status of the answer. */
  readonly status: number;
  /** Cloudflare's number. */
  readonly number: number;
  readonly complaints: readonly Complaint[];
  /** Methods that would have been right, for `wrong_method`. */
  readonly allow: readonly string[];

  constructor(code: RefusalCode, complaints: string | readonly Complaint[], allow: readonly string[] = []) {
    const list = typeof complaints === "string" ? [{ message: complaints }] : complaints;
    super(list[0]?.message);
    [this.number, this.status] = table[code];
    this.complaints = list;
    this.allow = allow;
  }
}
