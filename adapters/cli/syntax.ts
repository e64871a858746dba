import { createScanner, type ParseError, printParseErrorCode } from "jsonc-parser";

/** Most objects and lists within each other: whatever reads deeper ones may come to the end of its stack. */
const DEEPEST = 100;

/** What a parser expected, by its word for not having found it. */
const words: Readonly<Record<string, string>> = {
  InvalidSymbol: "true, false, null or a text in double quotes",
  InvalidNumberFormat: "a number",
  PropertyNameExpected: "a name in double quotes",
  ValueExpected: "a value in its place",
  ColonExpected: "a : before it",
  CommaExpected: "a , before it",
  CloseBraceExpected: "a } before it",
  CloseBracketExpected: "a ] before it",
  EndOfFileExpected: "the end of the file",
  UnexpectedEndOfComment: "the end of a comment",
  UnexpectedEndOfString: "the end of a text",
  UnexpectedEndOfNumber: "digits",
  InvalidUnicode: "four hexadecimal digits",
  InvalidEscapeCharacter: "an escape such as \\n",
  InvalidCharacter: "an escape in place of a control character",
};

/** What should have stood where a text is no JSON with comments. */
export function tellSyntax({ error }: ParseError): string {
  return `Expected JSON with comments: here ${words[printParseErrorCode(error)] ?? "something else"}`;
}

/** Offset of the first bracket that is too deep; undefined where none is. */
export function findTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const at = scanner.getTokenOffset();
    const first = text[at];
    if (first === "{" || first === "[") depth++;
    if (first === "}" || first === "]") depth--;
    if (depth > DEEPEST) return at;
  }
  return undefined;
}
