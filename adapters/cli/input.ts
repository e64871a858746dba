import process from "node:process";

/** All of the input. */
export async function readInput(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += piece;
  return text;
}

/** A line that somebody types, without showing it. */
export async function readHidden(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  let line = "";
  try {
    for await (const piece of stdin.setEncoding("utf8")) {
      for (const key of piece as string) {
        if (key === "\r" || key === "\n" || key === "\u0004") return line;
        if (key === "\u0003") process.exit(130);
        line = key === "\u007f" || key === "\b" ? line.slice(0, -1) : line + key;
      }
    }
    return line;
  } finally {
    stdin.setRawMode(false);
    stderr.write("\n");
  }
}
