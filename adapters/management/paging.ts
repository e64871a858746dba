import * as v from "valibot";
import { numeral, type Schema, whole } from "./check.ts";
import type { PageInfo, Reply } from "./envelope.ts";

/** Which part of a list somebody wants. */
export interface Paging {
  /** From 1. @default 1 */
  readonly page?: number;
  /** @default 20 */
  readonly per_page?: number;
}

/** What the query of every list may say. */
export const pagingEntries: { readonly [Name in keyof Required<Paging>]: Schema<number | undefined> } = {
  page: v.optional(numeral(whole(1, 1e9))),
  per_page: v.optional(numeral(whole(1, 100))),
};

/** The part of a list. */
export function paginate(list: readonly unknown[], { page = 1, per_page = 20 }: Paging): Reply {
  const result = list.slice((page - 1) * per_page, page * per_page);
  return { result, info: pageInfo({ page, per_page }, result.length, list.length) };
}

/** What is told beside a part. */
export function pageInfo({ page = 1, per_page = 20 }: Paging, count: number, total: number): PageInfo {
  return { page, per_page, count, total_count: total };
}
