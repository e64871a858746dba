import { type Checked, checkValue } from "./check-value.ts";
import { readSettings } from "./read-settings.ts";
import type { Env } from "./substitute.ts";

/** Checks settings that are written as JSON with comments. */
export function checkText(text: string, env: Env): Checked {
  const { value, complaints, locate } = readSettings(text, env);
  if (value === undefined) return { complaints };
  const checked = checkValue(value);
  const located = checked.complaints.map(({ name = false, ...told }) => ({
    ...told,
    ...locate(told.path, name),
  }));
  const all = [...complaints, ...located].sort((one, other) =>
    one.line! - other.line! || one.column! - other.column!
  );
  return all.length > 0 ? { complaints: all } : checked;
}
