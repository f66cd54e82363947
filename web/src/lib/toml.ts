// Reading TOML with its places: what each value says, and where it stands, so that an edit touches nothing else.
import { getStaticTOMLValue, parseTOML, ParseError, type AST } from 'toml-eslint-parser';

/** `key = value`, within a table or within `{ … }`. */
export interface Field {
  key: string;
  value: unknown;
  /** The value as it is written. */
  raw: string;
  /** First and last line, counted from 1. */
  line: number;
  last: number;
  /** The value's place in the text. */
  range: [number, number];
  /** The place of key and value together. */
  whole: [number, number];
  node: AST.TOMLContentNode;
}

/** One of `[[name]]`, or the top of the file. */
export interface Entry {
  name: string;
  /** Which one of its name, counted from 0. */
  place: number;
  /** Line of its header, and the last line that is its own. */
  line: number;
  last: number;
  fields: Map<string, Field>;
  /** From the comment that speaks of it to the end of its last line. */
  span: [number, number];
  /** A comment that heads a part of the file stands right above: it stays where it is. */
  headed: boolean;
  /** It has tables of its own below it, which forms do not know. */
  nested: boolean;
}

export interface Toml {
  text: string;
  /** What stands before the first table. */
  root: Entry;
  /** All tables of a name, in order. */
  entries: (name: string) => Entry[];
}

/** Text that is no TOML: where, and what is wrong. */
export interface Broken {
  line: number;
  message: string;
}

/** A drawn line makes a comment the heading of a part: `# ---- Links ----`. */
const HEADING = /[-=*~_─]{4,}/;

/** Reads a text; one that is no TOML says where it breaks. */
export function readToml(text: string): Toml | Broken {
  try {
    return placed(text, parseTOML(text, { tomlVersion: '1.0' }));
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // What is missing at the end of a line is told at the beginning of the next one.
    const late = error.lineNumber > 1 && text[error.index - 1] === '\n';
    return { line: error.lineNumber - (late ? 1 : 0), message: error.message };
  }
}

export const isBroken = (toml: Toml | Broken): toml is Broken => 'message' in toml;

/** Starts of lines, and what comments and blanks stand on them. */
class Lines {
  readonly starts: number[] = [0];
  constructor(
    readonly text: string,
    comments: AST.Comment[],
  ) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
    for (const one of comments)
      if (this.of(one.loc.start.line).trim().startsWith('#')) this.#comments.add(one.loc.start.line);
  }
  readonly #comments = new Set<number>();

  start = (line: number): number => this.starts[line - 1] ?? this.text.length;
  /** The end of a line, before its line break. */
  end = (line: number): number => {
    const end = line < this.starts.length ? this.start(line + 1) - 1 : this.text.length;
    return this.text[end - 1] === '\r' ? end - 1 : end;
  };
  of = (line: number): string => this.text.slice(this.start(line), this.end(line));
  isComment = (line: number): boolean => this.#comments.has(line);
  isBlank = (line: number): boolean => line > this.starts.length || this.of(line).trim() === '';
}

function placed(text: string, program: AST.TOMLProgram): Toml {
  const lines = new Lines(text, program.comments);
  const top = program.body[0];
  const tables = top.body.filter((one) => one.type === 'TOMLTable');
  const found = new Map<string, Entry[]>();
  tables.forEach((table, at) => {
    const [name, place, ...below] = table.resolvedKey;
    if (table.kind !== 'array' || typeof place !== 'number' || below.length > 0) return;
    const next = tables.slice(at + 1);
    const own = next.findIndex((other) => other.resolvedKey[0] !== name || other.resolvedKey[1] !== place);
    const parts = [table, ...(own < 0 ? next : next.slice(0, own))];
    const nested = tables.some((one) => one !== table && isBelow(one, String(name), place));
    const entry = { ...spanOf(lines, parts), name: String(name), place, nested };
    const fields = fieldsOf(text, table.body);
    found.set(entry.name, [...(found.get(entry.name) ?? []), { ...entry, fields }]);
  });
  const rows = top.body.filter((one) => one.type === 'TOMLKeyValue');
  const last = rows.at(-1)?.loc.end.line ?? 1;
  const root = { name: '', place: 0, line: 1, last, headed: false, nested: false };
  return {
    text,
    root: { ...root, fields: fieldsOf(text, rows), span: [0, lines.end(last)] },
    entries: (name) => found.get(name) ?? [],
  };
}

const isBelow = (table: AST.TOMLTable, name: string, place: number): boolean =>
  table.resolvedKey.length > 2 && table.resolvedKey[0] === name && table.resolvedKey[1] === place;

/** Where a table begins and ends, with the comments that are its own. */
function spanOf(lines: Lines, parts: AST.TOMLTable[]): Pick<Entry, 'line' | 'last' | 'span' | 'headed'> {
  const line = parts[0]?.loc.start.line ?? 1;
  let first = line;
  while (lines.isComment(first - 1)) first -= 1;
  const above = Array.from({ length: line - first }, (_, place) => lines.of(first + place));
  const headed = above.some((comment) => HEADING.test(comment));
  let last = line;
  for (const part of parts)
    last = Math.max(last, part.key.loc.end.line, ...part.body.map((row) => row.loc.end.line));
  let after = last;
  while (lines.isComment(after + 1)) after += 1;
  // Comments that go on to the next table without a blank line speak of that one.
  if (lines.isBlank(after + 1)) last = after;
  return { line, last, headed, span: [lines.start(headed ? line : first), lines.end(last)] };
}

export function fieldsOf(text: string, rows: AST.TOMLKeyValue[]): Map<string, Field> {
  return new Map(rows.map((row) => [keyOf(row), fieldOf(text, row)]));
}

const keyOf = (row: AST.TOMLKeyValue): string =>
  row.key.keys.map((one) => (one.type === 'TOMLBare' ? one.name : one.value)).join('.');

const fieldOf = (text: string, row: AST.TOMLKeyValue): Field => ({
  key: keyOf(row),
  value: getStaticTOMLValue(row.value),
  raw: text.slice(...row.value.range),
  line: row.loc.start.line,
  last: row.loc.end.line,
  range: row.value.range,
  whole: row.range,
  node: row.value,
});

/** The text of a field, or none where it holds something else. */
export const textOf = (entry: Entry, key: string): string | null => {
  const value = entry.fields.get(key)?.value;
  return typeof value === 'string' ? value : null;
};

/** The texts of a list. */
export const textsOf = (entry: Entry, key: string): string[] => {
  const value: unknown = entry.fields.get(key)?.value;
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

/** A value for people: a text without its quotes, anything else as it is written. */
export const bareText = (entry: Entry, key: string): string =>
  textOf(entry, key) ?? entry.fields.get(key)?.raw ?? '';
