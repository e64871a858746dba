import { parse } from "jsonc-parser";
import { Miniflare } from "miniflare";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "../../adapters/cli/workerd.ts";

/** As much of a `wrangler.jsonc` as is used here. */
interface Wrangler {
  readonly name: string;
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: string[];
  readonly vars: Readonly<Record<string, string>>;
  readonly kv_namespaces: readonly { readonly binding: string; readonly id: string }[];
  readonly d1_databases: readonly { readonly binding: string; readonly database_id: string }[];
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations: readonly { readonly new_sqlite_classes: readonly string[] }[];
}

/** Starts a Worker as its `wrangler.jsonc` tells it, with other `vars`. */
export function startWorker(file: URL, vars: Readonly<Record<string, string>>): Miniflare {
  const told: Wrangler = parse(readFileSync(file, "utf8"));
  const classes = told.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes);
  return new Miniflare({
    name: told.name,
    modules: true,
    script: bundle(fileURLToPath(new URL(told.main, file))),
    compatibilityDate: told.compatibility_date,
    compatibilityFlags: told.compatibility_flags,
    bindings: { ...told.vars, ...vars },
    kvNamespaces: Object.fromEntries(told.kv_namespaces.map(({ binding, id }) => [binding, id])),
    d1Databases: Object.fromEntries(
      told.d1_databases.map(({ binding, database_id }) => [binding, database_id]),
    ),
    durableObjects: Object.fromEntries(told.durable_objects.bindings.map(({ name, class_name }) => [
      name,
      { className: class_name, useSQLite: classes.includes(class_name) },
    ])),
  });
}
