// Reading and changing the column lines of a suggested layout, leaving everything else of the text as it stands.

export interface Mapping {
  /** Line of the text. */
  line: number;
  /** Standard column. */
  target: string;
  /** Column of the file, where the line names one. */
  source: string | null;
  /** How it is read: the rest of the line. */
  how: string;
}

export interface Part {
  table: string;
  /** Line of `[record.columns]`. */
  line: number;
  mappings: Mapping[];
}

const ASSIGN = /^\s*([A-Za-z_][\w]*)\s*=\s*(.+?)\s*$/;
const PLAIN = /^"((?:[^"\\]|\\.)*)"/;
const NAMED = /\bcolumn\s*=\s*"((?:[^"\\]|\\.)*)"/;

const unquote = (text: string) => text.replace(/\\(["\\])/g, '$1');
const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

function mapping(text: string, line: number): Mapping | null {
  const assign = ASSIGN.exec(text);
  if (!assign) return null;
  const [, target, rest] = assign;
  const plain = PLAIN.exec(rest);
  if (plain) return { line, target, source: unquote(plain[1]), how: 'as it is' };
  const named = NAMED.exec(rest);
  if (!named) return { line, target, source: null, how: rest };
  const how = rest
    .replace(NAMED, '')
    .replace(/^\{\s*,?\s*|\s*\}\s*(#.*)?$/g, '')
    .replace(/^,\s*/, '');
  return { line, target, source: unquote(named[1]), how };
}

/** The records of a layout with their columns. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let table = '';
  let part: Part | null = null;
  text.split('\n').forEach((row, line) => {
    const bare = row.trim();
    if (bare === '[record.columns]') {
      part = { table, line, mappings: [] };
      found.push(part);
    } else if (bare.startsWith('[')) part = null;
    else if (part && !bare.startsWith('#')) {
      const one = mapping(row, line);
      if (one) part.mappings.push(one);
    } else if (/^table\s*=/.test(bare)) table = PLAIN.exec(bare.replace(/^table\s*=\s*/, ''))?.[1] ?? '';
  });
  return found;
}

/** The text with another source column on a line; null takes the line away. */
export function remap(text: string, one: Mapping, source: string | null): string {
  const rows = text.split('\n');
  if (source === null) rows.splice(one.line, 1);
  else {
    const row = rows[one.line] ?? '';
    const start = row.indexOf('=') + 1;
    const rest = row.slice(start);
    const named = NAMED.test(rest);
    const changed = named
      ? rest.replace(NAMED, () => `column = ${quote(source)}`)
      : rest.replace(/"((?:[^"\\]|\\.)*)"/, () => quote(source));
    rows[one.line] = row.slice(0, start) + changed;
  }
  return rows.join('\n');
}

/** The text with one more column, read as it is. */
export function include(text: string, part: Part, target: string, source: string): string {
  const rows = text.split('\n');
  const last = part.mappings.at(-1)?.line ?? part.line;
  rows.splice(last + 1, 0, `${target} = ${quote(source)}`);
  return rows.join('\n');
}
