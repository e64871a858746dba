/** What nobody sees, and a terminal may obey. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A stranger's text on one line, without what a terminal would obey. */
export function plain(text: string): string {
  return text.replace(UNSEEN, "?");
}

/** The same of a text whose own lines shall stay. */
export function plainLines(text: string): string {
  return text.split("\n").map(plain).join("\n");
}

/** JSON in which what a terminal would obey is escaped; its own line breaks stay. */
export function plainJson(json: string): string {
  return json.replace(UNSEEN, (found) => found === "\n" ? found : escape(found));
}

function escape(text: string): string {
  return text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
