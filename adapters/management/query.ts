/** What a query says; what it says several times is a list. */
export type Query = Readonly<Record<string, unknown>>;

interface Draft {
  key?: string;
  operator?: string;
  readonly value: unknown[];
}

/**
 * Reads a query. `filters` is a list of objects, which clients write in many ways: `filters.key=…&filters.value=…`,
 * where order tells what belongs together, `filters[0][key]=…`, or as JSON.
 */
export function readQuery(search: string): Query {
  const plain: [string, string][] = [];
  const filters = createFilterReader();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!filters.take(name, value)) plain.push([name, value]);
  }
  const names = new Set(plain.map(([name]) => name));
  const entries = [...names].map((name) => {
    const values = plain.filter(([own]) => own === name).map(([, value]) => value);
    return [name, values.length === 1 ? values[0] : values];
  });
  // What is no JSON stays a text that no route takes: with fewer filters, more would be deleted.
  const read = filters.read();
  return { ...(read.length > 0 && { filters: read }), ...Object.fromEntries(entries) };
}

interface FilterReader {
  /** Whether it was part of a filter. */
  take(name: string, value: string): boolean;
  read(): readonly unknown[];
}

function createFilterReader(): FilterReader {
  const list: unknown[] = [];
  const numbered = new Map<string, Draft>();
  let draft: Draft | undefined;
  let latest: string | undefined;

  const begin = (): Draft => {
    const made: Draft = { value: [] };
    list.push(made);
    return made;
  };

  /** The filter that a field belongs to where no number says so: a new one where it would be there twice. */
  function draftFor(field: string): Draft {
    const full = field === "value"
      ? draft?.value.length !== 0 && latest !== "value"
      : Object.hasOwn(draft ?? {}, field);
    if (draft === undefined || full) draft = begin();
    latest = field;
    return draft;
  }

  function numberedDraft(number: string): Draft {
    const known = numbered.get(number) ?? begin();
    numbered.set(number, known);
    return known;
  }

  return {
    take(name, value) {
      const [first, ...parts] = name.split(/[.[\]]+/).filter(Boolean);
      if (first !== "filters") return false;
      if (parts.length === 0) return takeJson(value, list);
      const number = /^\d+$/.test(parts[0]!) ? parts.shift() : undefined;
      const field = parts[0];
      if (field !== "key" && field !== "operator" && field !== "value") return false;
      const own = number === undefined ? draftFor(field) : numberedDraft(number);
      if (field === "value") own.value.push(value);
      else own[field] = value;
      return true;
    },
    read: () => list,
  };
}

function takeJson(text: string, list: unknown[]): boolean {
  try {
    const value: unknown = JSON.parse(text);
    list.push(...Array.isArray(value) ? value : [value]);
    return true;
  } catch {
    return false;
  }
}
