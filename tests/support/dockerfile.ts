/** An instruction of a `Dockerfile`. */
export interface Instruction {
  readonly name: string;
  readonly words: string;
}

/** The instructions of a `Dockerfile`: comments left out, continued lines joined. */
export function readDockerfile(text: string): readonly Instruction[] {
  const lines = text.replace(/^#.*\n/gm, "").replace(/\\\n\s*/g, "").split("\n").filter(Boolean);
  return lines.map((line) => {
    const [name = "", ...words] = line.split(" ");
    return { name, words: words.join(" ") };
  });
}

/** The list that the last instruction of a name holds, such as `ENTRYPOINT`. */
export function listOf(instructions: readonly Instruction[], name: string): readonly string[] {
  const { words = "" } = instructions.findLast((instruction) => instruction.name === name) ?? {};
  return JSON.parse(words.slice(words.indexOf("[")));
}

/** What is copied out of the project. */
export function copied(instructions: readonly Instruction[]): readonly string[] {
  return instructions
    .filter(({ name, words }) => name === "COPY" && !words.startsWith("--from"))
    .flatMap(({ words }) => words.split(" ").slice(0, -1));
}
