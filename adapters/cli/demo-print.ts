import process from "node:process";
import { styleText } from "node:util";

/** Heads a part of the demonstration. */
export function title(text: string): void {
  console.log(`\n${styleText("bold", text)}`);
}

/** Says on a line of its own who did what; nobody is named where the line before goes on. */
export function tell(who: string, what: string): void {
  console.log(label(who) + what);
}

/** Writes an answer piece by piece, as it comes, and returns the whole of it. */
export async function tellText(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  process.stdout.write(label("text"));
  for await (const piece of pieces) {
    process.stdout.write(styleText("bold", piece));
    text += piece;
  }
  console.log();
  return text;
}

/** A status, in green or red. */
export function colour(status: number): string {
  return styleText(status < 400 ? "green" : "red", String(status));
}

function label(who: string): string {
  return `   ${styleText("cyan", who.padEnd(8))}`;
}
