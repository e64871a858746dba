import { isSecret, type Path } from "./secrets.ts";

/** The variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A variable by its name. */
const VARIABLE = /\$\{([^{}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Stands for a secret that is not there, so that nothing else is complained of. */
const UNKNOWN = "0".repeat(64);

/**
 * A text with `${NAME}` replaced by the variable, which is itself not looked through; only secrets may have any.
 *
 * @param complain is told what was expected, never what a variable holds
 */
export function substitute(text: string, path: Path, env: Env, complain: (expected: string) => void): string {
  if (!text.includes("${")) return text;
  if (!isSecret(path)) {
    complain("Expected no ${…}, because only secrets may come out of variables");
    return text;
  }
  const names = [...text.matchAll(VARIABLE)].map(([, name = ""]) => name);
  if (text.replace(VARIABLE, "").includes("${") || !names.every((name) => NAME.test(name))) {
    complain("Expected a variable such as ${OPENAI_API_KEY}");
    return UNKNOWN;
  }
  const missing = new Set(names.filter((name) => !env[name]));
  for (const name of missing) complain(`Expected the variable ${name} to be set`);
  return text.replace(VARIABLE, (_, name: string) => env[name] || UNKNOWN);
}
