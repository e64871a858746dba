/** A block of code. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

const BLOCK = /^```(\w+)\n([^]*?)^```$/gm;

/** The blocks of code of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(BLOCK)].map(([, language = "", code = ""]) => ({ language, code }));
}

/** A page's prose: without blocks of code. */
export function proseOf(page: string): string {
  return page.replace(BLOCK, "");
}

/** Where the links of a page lead. */
export function linksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`]*`(?!\])/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** What links to a part of a page call it, as GitHub names headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const name = nameOf(heading);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
  return new Set(anchors);
}

function nameOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
}
