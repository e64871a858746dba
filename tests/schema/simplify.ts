import * as v from "valibot";
import { breakerSchema } from "../../src/settings/breaker.ts";
import { callable, layersSchema } from "../../src/settings/schemas.ts";
import { plainObject } from "../../src/validate.ts";

/** As much of any schema as is looked at here. */
interface Shape {
  readonly kind: string;
  readonly type: string;
  readonly reference: unknown;
  readonly message?: unknown;
  readonly requirement?: unknown;
  readonly pipe?: readonly Shape[];
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly key?: Shape;
  readonly value?: Shape;
  readonly wrapped?: Shape;
  readonly options?: readonly Shape[];
  readonly getter?: (value: unknown) => Shape;
}

/** Values by which is found out what a schema becomes that depends on its value. */
const SAMPLES = ["", {}, true];

/** The same schema without transformations and code, in words that JSON Schema has, too. */
export function simplify(schema: v.GenericSchema<unknown, unknown>): v.GenericSchema {
  return simple(schema as unknown as Shape) as unknown as v.GenericSchema;
}

/** Whether a member takes what no file can hold. */
function isCode(schema: Shape): boolean {
  if (schema.wrapped) return isCode(schema.wrapped);
  return [callable, layersSchema].some((code) => schema as unknown === code) ||
    /^Expected an object with /.test(String(schema.message));
}

function simple(schema: Shape): Shape {
  const { type, pipe, wrapped, item, options, entries } = schema;
  if (schema as unknown === breakerSchema) return either([shape(v.boolean()), simplePipe(schema)]);
  if (pipe) return simplePipe(schema);
  if (type === "lazy") return either(SAMPLES.map((sample) => schema.getter!(sample)).map(simple));
  if (type === "custom") return told(schema);
  if (wrapped) return { ...schema, wrapped: simple(wrapped) };
  if (item) return { ...schema, item: simple(item) };
  if (type === "record") return { ...schema, key: simple(schema.key!), value: simple(schema.value!) };
  if (options && type !== "picklist") return { ...schema, options: options.map(simple) };
  return entries ? { ...schema, entries: simpleEntries(entries) } : schema;
}

function simpleEntries(entries: NonNullable<Shape["entries"]>): NonNullable<Shape["entries"]> {
  const kept = Object.entries(entries).filter(([, entry]) => !isCode(entry));
  return Object.fromEntries(kept.map(([name, entry]) => [name, simple(entry)]));
}

/** Of the schemas in a pipe the last counts; a first one that names fields of its own takes those, too. */
function simplePipe(schema: Shape): Shape {
  const pipe = schema.pipe ?? [];
  const [start, ...others] = pipe.filter(({ kind }) => kind === "schema");
  const first = simple(start!);
  const last = bound(others.length > 0 ? simple(others.at(-1)!) : first, pipe);
  if (start!.type === "unknown" && last.type === "array") return oneOrMany(schema, last.item!);
  if (first.entries && last.entries) return { ...last, entries: { ...first.entries, ...last.entries } };
  const rules = pipe.filter(({ kind, type }) => kind === "validation" && type !== "check");
  // JSON Schema knows no expression that cases do not matter to.
  const tellable = rules.filter(({ requirement }) => !(requirement instanceof RegExp && requirement.flags));
  return tellable.length > 0 ? { ...last, pipe: [last, ...tellable] } : last;
}

/** What takes a list, or one of its items alone; some take a text for an item, too. */
function oneOrMany(schema: Shape, item: Shape): Shape {
  const takesText = v.is(schema as unknown as v.GenericSchema, "x");
  const one = takesText ? [shape(v.string()), item] : [item];
  return either([...one, shape(v.array(either(one) as unknown as v.GenericSchema))]);
}

/** Bounds that a rule tells in its message alone. */
function bound(schema: Shape, pipe: readonly Shape[]): Shape {
  const messages = pipe.map(({ message }) => String(message)).join("\n");
  const least = /whole number of at least (\d+)/.exec(messages)?.[1];
  if (least !== undefined) return shape(v.pipe(v.number(), v.integer(), v.minValue(Number(least))));
  const most = /above 0 and up to (\S+)/.exec(messages)?.[1];
  if (most !== undefined) return shape(v.pipe(v.number(), v.gtValue(0), v.maxValue(Number(most))));
  return schema;
}

/** What a test of code expects can only be told. */
function told(schema: Shape): Shape {
  if (schema as unknown === plainObject) return shape(v.looseObject({}));
  const description = String(schema.message);
  return shape(v.pipe(v.any(), v.description(description)));
}

function either(schemas: readonly Shape[]): Shape {
  const different = schemas.filter((one, index) =>
    schemas.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index
  );
  return different.length === 1 ? different[0]! : shape(v.union(different as unknown as v.GenericSchema[]));
}

function shape(schema: v.GenericSchema): Shape {
  return schema as unknown as Shape;
}
