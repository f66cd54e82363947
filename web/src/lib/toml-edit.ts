// Edits of TOML text: each replaces the characters it is about; comments, order and blanks stay as they stand.
import { fieldsOf, type Entry, type Field, type Toml } from './toml';
import type { AST } from 'toml-eslint-parser';

/** A replacement: from, to, by. */
type Splice = [number, number, string];

/** Applies replacements that do not overlap, whatever their order. */
function spliced(text: string, splices: Splice[]): string {
  return splices
    .toSorted((a, b) => b[0] - a[0] || b[1] - a[1])
    .reduce((held, [from, to, by]) => held.slice(0, from) + by + held.slice(to), text);
}

const newline = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
};
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
/** The start of the line after, or the end of the text. */
const nextLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
};

/** A text as TOML writes it. */
export const quoted = (text: string): string => JSON.stringify(text).replace(/\u007f/g, '\\u007f');
/** A list of texts as TOML writes it. */
export const listed = (texts: string[]): string => `[${texts.map(quoted).join(', ')}]`;

/** Sets a key of a table; a new one comes after those that stand before it in `order`, null takes it away. */
export function setField(
  toml: Toml,
  entry: Entry,
  key: string,
  value: string | null,
  order: readonly string[] = [],
): string {
  const { text } = toml;
  const known = entry.fields.get(key);
  if (value === null) {
    if (!known) return text;
    return spliced(text, [[lineStart(text, known.whole[0]), nextLine(text, known.whole[1]), '']]);
  }
  if (known) return spliced(text, [[...known.range, value]]);
  const place = order.indexOf(key);
  const before = [...entry.fields.values()].filter((one) => place < 0 || order.indexOf(one.key) < place);
  const top = entry.name === '' ? -1 : headerEnd(text, entry);
  const at = Math.max(top, ...before.map((one) => lineEnd(text, one.whole[1])));
  const row = `${key} = ${value}`;
  return at < 0 ? row + newline(text) + text : spliced(text, [[at, at, newline(text) + row]]);
}

/** The end of the line `[[name]]`. */
function headerEnd(text: string, entry: Entry): number {
  let at = entry.span[0];
  while (/^\s*#/.test(text.slice(at, lineEnd(text, at)))) at = nextLine(text, at);
  return lineEnd(text, at);
}

/** Adds a table: after the one given, else after the last of its name, else at the end of the text. */
export function addEntry(toml: Toml, name: string, rows: [string, string][], after?: Entry): string {
  const { text } = toml;
  const line = newline(text);
  const block = [`[[${name}]]`, ...rows.map(([key, value]) => `${key} = ${value}`)].join(line);
  const at = (after ?? toml.entries(name).at(-1))?.span[1];
  if (at !== undefined) return spliced(text, [[at, at, line + line + block]]);
  const held = text.trimEnd();
  return held + (held ? line + line : '') + block + line;
}

/** Takes a table away with the comment that speaks of it; a heading above it stays, for those that follow. */
export function removeEntry(toml: Toml, entry: Entry): string {
  const { text } = toml;
  const from = entry.span[0];
  let to = nextLine(text, entry.span[1]);
  const next = toml.entries(entry.name)[entry.place + 1];
  const blank = (at: number) => at < text.length && text.slice(at, lineEnd(text, at)).trim() === '';
  const eaten = !entry.headed || (next !== undefined && text.slice(to, next.span[0]).trim() === '');
  while (eaten && blank(to)) to = nextLine(text, to);
  const rest = text.slice(to);
  // The last table of a file takes the blank line above it along.
  const head = rest === '' ? text.slice(0, from).trimEnd() + newline(text) : text.slice(0, from);
  return head + rest;
}

/** Changes places with the one before (-1) or after (1), each with its own comment. */
export function moveEntry(toml: Toml, entry: Entry, by: -1 | 1): string {
  const other = toml.entries(entry.name)[entry.place + by];
  if (!other) return toml.text;
  const part = (one: Entry) => toml.text.slice(...one.span);
  return spliced(toml.text, [
    [...entry.span, part(other)],
    [...other.span, part(entry)],
  ]);
}

/** Replaces one text wherever it stands as a value of such keys: an objective that is called otherwise now. */
export function renameEverywhere(toml: Toml, where: [string, string][], from: string, to: string): string {
  const fields = where.flatMap(([name, key]) =>
    toml.entries(name).flatMap((entry) => entry.fields.get(key) ?? []),
  );
  const hits = fields.filter((field) => field.value === from);
  return spliced(
    toml.text,
    hits.map((field) => [...field.range, quoted(to)]),
  );
}

const elements = (field: Field): AST.TOMLContentNode[] =>
  field.node.type === 'TOMLArray' ? field.node.elements : [];

/** The place after an element and its comma, if it has one. */
function behind(text: string, node: AST.TOMLContentNode): { comma: boolean; end: number } {
  const found = /^(?:\s|#.*(?=[\r\n]))*,/.exec(text.slice(node.range[1]));
  return found ? { comma: true, end: node.range[1] + found[0].length } : { comma: false, end: node.range[1] };
}

/** Adds an element to a list, in the way the list is written: on one line, or each on its own. */
export function addItem(toml: Toml, field: Field, value: string): string {
  const { text } = toml;
  const all = elements(field);
  const last = all.at(-1);
  if (!last) {
    const at = field.range[0] + 1;
    return spliced(text, [[at, at, value]]);
  }
  const { comma, end } = behind(text, last);
  const close = field.range[1] - 1;
  if (!text.slice(end, close).includes('\n')) {
    return spliced(text, [[end, end, comma ? ` ${value}` : `, ${value}`]]);
  }
  const indent = /^\s*/.exec(text.slice(lineStart(text, last.range[0])))?.[0] ?? '  ';
  const at = lineEnd(text, end);
  const row = newline(text) + indent.replace(/[\r\n]/g, '') + value + (comma ? ',' : '');
  if (comma) return spliced(text, [[at, at, row]]);
  return spliced(text, [[end, at, `,${text.slice(end, at)}${row}`]]);
}

/** Takes elements out of a list; one that has a line of its own takes the line along. */
export function removeItems(toml: Toml, field: Field, places: number[]): string {
  const { text } = toml;
  const all = elements(field);
  const kept = all.filter((_, place) => !places.includes(place));
  const tail = kept.at(-1);
  const splices = places.flatMap((place): Splice[] => {
    const node = all[place];
    if (!node) return [];
    const { comma, end } = behind(text, node);
    const from = lineStart(text, node.range[0]);
    const alone = text.slice(from, node.range[0]).trim() === '';
    const rest = text.slice(end, lineEnd(text, end));
    if (alone && /^\s*(#.*)?$/.test(rest)) return [[from, nextLine(text, end), '']];
    const gap = comma ? (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0) : 0;
    return [[node.range[0], end + gap, '']];
  });
  // What is the last one now has a comma too many, unless the list is written with one at its end.
  const final = all.at(-1);
  if (tail && final && tail !== final && !behind(text, final).comma) {
    const { comma, end } = behind(text, tail);
    const next = all[all.indexOf(tail) + 1];
    if (comma && next) {
      const gap = /^[ \t]*/.exec(text.slice(end, next.range[0]))?.[0].length ?? 0;
      splices.push([end - 1, end + gap, '']);
    }
  }
  return spliced(text, splices);
}

/** Makes a list of texts hold these: what is missing goes, what is new comes at its end. */
export function setTexts(
  toml: Toml,
  entry: Entry,
  key: string,
  texts: string[],
  again: (text: string) => [Toml, Entry] | null,
  order: readonly string[] = [],
): string {
  const field = entry.fields.get(key);
  const wanted = [...new Set(texts)];
  if (wanted.length === 0) return setField(toml, entry, key, null, order);
  if (!field || !Array.isArray(field.value)) return setField(toml, entry, key, listed(wanted), order);
  const held = field.value as unknown[];
  const gone = held.flatMap((one, place) => (wanted.includes(String(one)) ? [] : [place]));
  let text = gone.length > 0 ? removeItems(toml, field, gone) : toml.text;
  for (const one of wanted.filter((word) => !held.includes(word))) {
    const [now, place] = again(text) ?? [];
    const list = place?.fields.get(key);
    if (!now || !list) return setField(toml, entry, key, listed(wanted), order);
    text = addItem(now, list, quoted(one));
  }
  return text;
}

/** Sets a key of an element `{ … }` of a list; an element that is a text becomes `{ id = "…" }` first. */
export function setInItem(
  toml: Toml,
  field: Field,
  place: number,
  key: string,
  value: string | null,
): string {
  const { text } = toml;
  const node = elements(field)[place];
  if (!node) return text;
  if (node.type !== 'TOMLInlineTable') {
    if (value === null) return text;
    return spliced(text, [[...node.range, `{ id = ${text.slice(...node.range)}, ${key} = ${value} }`]]);
  }
  const rows = [...fieldsOf(text, node.body).values()];
  const at = rows.findIndex((one) => one.key === key);
  const known = rows[at];
  if (known && value !== null) return spliced(text, [[...known.range, value]]);
  if (known) {
    const from = at > 0 ? (rows[at - 1]?.whole[1] ?? 0) : known.whole[0];
    const to = at > 0 ? known.whole[1] : (rows[1]?.whole[0] ?? known.whole[1]);
    return spliced(text, [[from, to, '']]);
  }
  const end = rows.at(-1)?.whole[1] ?? node.range[0] + 1;
  return value === null
    ? text
    : spliced(text, [[end, end, `${rows.length > 0 ? ', ' : ' '}${key} = ${value}`]]);
}
