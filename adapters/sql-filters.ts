import type { LogFilter, LogQuery } from "../src/index.ts";
import type { Bind, SqlDialect } from "./sql-dialect.ts";
import { plain } from "./sql-records.ts";

type Kind = "text" | "number" | "flag" | "time";
type Operator = Exclude<LogFilter["operator"], "neq">;
type Value = LogFilter["value"][number];

/** What is compared, and as what. */
interface Column {
  readonly sql: string;
  readonly kind: Kind;
}

const text = (sql: string): Column => ({ sql, kind: "text" });
const number = (sql: string): Column => ({ sql, kind: "number" });
const flag = (sql: string): Column => ({ sql, kind: "flag" });

const columns: ReadonlyMap<string, Column> = new Map([
  ["id", text("id")],
  ["created_at", { sql: "created", kind: "time" }],
  ["gateway", text("gateway")],
  ["provider", text("provider")],
  ["model", text("model")],
  ["path", text("path")],
  ["status_code", number("status_code")],
  ["success", flag("success")],
  ["cached", flag("cached")],
  ["cost", number("cost")],
  ["tokens", number("coalesce(tokens_in + tokens_out, tokens_in, tokens_out)")],
  ["tokens_in", number("tokens_in")],
  ["tokens_out", number("tokens_out")],
  ["duration", number("duration")],
  ["feedback", number("feedback")],
  ["event_id", text("event_id")],
  ["caller", text("caller")],
  ["user_agent", text("user_agent")],
  ["request_content_type", text("request_content_type")],
  ["response_content_type", text("response_content_type")],
  ["ending", text("ending")],
]);

/** What members that are texts are searched. */
const SEARCHED = ["id", "model", "provider", "path", "event_id"];

/** The condition that all records of a query meet, to stand behind WHERE. */
export function conditionOf(
  { filters = [], search = "" }: Pick<LogQuery, "filters" | "search">,
  dialect: SqlDialect,
  bind: Bind,
): string {
  const conditions = filters.map((filter) => filterOf(filter, dialect, bind));
  if (search !== "") conditions.push(searchOf(plain(search), dialect, bind));
  return conditions.length === 0 ? "1 = 1" : conditions.join(" AND ");
}

/** The column of a member by which records are ordered or grouped. */
export function columnOf(key: string): string {
  const column = columns.get(key);
  if (!column) throw new RangeError(`${key} is no member by which records are found`);
  return column.sql;
}

/** The text of one value of the metadata. */
export function labelOf(key: string, dialect: SqlDialect, bind: Bind): string {
  const name = plain(key.slice("metadata.".length));
  return `(SELECT entry.value FROM ${dialect.texts("labels")} AS entry WHERE entry.key = ${bind(name)})`;
}

function filterOf({ key, operator, value }: LogFilter, dialect: SqlDialect, bind: Bind): string {
  if (operator === "neq") {
    return `NOT coalesce(${filterOf({ key, operator: "eq", value }, dialect, bind)}, FALSE)`;
  }
  const wanted = operator === "lt" || operator === "gt" ? value.slice(0, 1) : value;
  if (key.startsWith("metadata.")) return metadataFilter(key, operator, wanted, dialect, bind);
  if (key === "created_at" && operator === "contains") {
    return comparison(text("created_at"), operator, wanted, dialect, bind);
  }
  return comparison({ sql: columnOf(key), kind: columns.get(key)!.kind }, operator, wanted, dialect, bind);
}

/** Values are compared as texts; their order is that of numbers where a number is asked for. */
function metadataFilter(
  key: string,
  operator: Operator,
  wanted: readonly Value[],
  dialect: SqlDialect,
  bind: Bind,
): string {
  const name = key.slice("metadata.".length);
  const ordered = typeof wanted[0] === "number" && (operator === "lt" || operator === "gt");
  const isNumber = ordered && name !== "key";
  const table = isNumber ? dialect.numbers("metadata") : dialect.texts("labels");
  const values = ordered ? wanted : wanted.map((value) => value === null ? null : String(value));
  const named = name === "key" || name === "value" ? "" : `entry.key = ${bind(plain(name))} AND `;
  const compared = (isNumber ? number : text)(name === "key" ? "entry.key" : "entry.value");
  return `EXISTS (SELECT 1 FROM ${table} AS entry WHERE ${named}${
    comparison(compared, operator, values, dialect, bind)
  })`;
}

function comparison(
  { sql, kind }: Column,
  operator: Operator,
  wanted: readonly Value[],
  dialect: SqlDialect,
  bind: Bind,
): string {
  const values = wanted.map((value) => boundAs(value, kind)).filter((value) => value !== undefined);
  const [first] = values;
  if (first === undefined) return "1 = 0";
  if (operator === "contains") return kind === "text" ? containsOf(sql, values, dialect, bind) : "1 = 0";
  if (operator === "lt" || operator === "gt") {
    return kind === "flag" ? "1 = 0" : `${sql} ${operator === "lt" ? "<" : ">"} ${bind(first)}`;
  }
  if (values.length === 1) return `${sql} = ${bind(first)}`;
  const list = dialect.wanted(bind(JSON.stringify(values)));
  const value = kind === "text" ? "wanted.value" : "CAST(wanted.value AS DOUBLE PRECISION)";
  return `${sql} IN (SELECT ${value} FROM ${list})`;
}

/** What a value of a filter is bound as; undefined where nothing of that kind can be equal to it. */
function boundAs(value: Value, kind: Kind): string | number | undefined {
  if (kind === "number") return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  if (kind === "flag") return typeof value === "boolean" ? Number(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (kind === "text") return plain(value);
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function containsOf(
  sql: string,
  values: readonly (string | number)[],
  { position, wanted }: SqlDialect,
  bind: Bind,
): string {
  const list = wanted(bind(JSON.stringify(values.map((value) => fold(String(value))))));
  return `EXISTS (SELECT 1 FROM ${list} WHERE ${position(`lower(${sql})`, "wanted.value")} > 0)`;
}

function searchOf(search: string, { position }: SqlDialect, bind: Bind): string {
  const part = bind(fold(search));
  const escaped = bind(JSON.stringify(fold(search)).slice(1, -1));
  const found = SEARCHED.map((name) => `${position(`lower(${name})`, part)} > 0`);
  return `(${[...found, `${position("lower(metadata)", escaped)} > 0`].join(" OR ")})`;
}

/** The same in lower case, as far as it is ASCII. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
