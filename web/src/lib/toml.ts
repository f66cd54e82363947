// Small, careful edits of TOML text: one value on one line, everything else (comments, order, blanks) as it stands.

export interface Block {
  /** Line of `[[target]]`. */
  line: number;
  /** First line after it. */
  end: number;
  /** `key = value` lines: where, and the value with no comment behind it. */
  values: Map<string, { line: number; value: string }>;
}

/** A value and what stands behind it. Strings may hold `#`, brackets may hold anything. */
function split(text: string): [string, string] {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quote) {
      if (letter === '\\' && quote === '"') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '#')
      return [text.slice(0, at).trimEnd(), text.slice(text.slice(0, at).trimEnd().length)];
  }
  return [text.trimEnd(), ''];
}

/** All tables of a name, `[[target]]` say, with their simple values. */
export function blocks(text: string, name: string): Block[] {
  const found: Block[] = [];
  const rows = text.split('\n');
  let block: Block | null = null;
  rows.forEach((row, line) => {
    const bare = row.trim();
    if (/^\[/.test(bare)) {
      if (block) block.end = line;
      block =
        bare.replace(/\s*#.*$/, '') === `[[${name}]]` ? { line, end: rows.length, values: new Map() } : null;
      if (block) found.push(block);
      return;
    }
    const assign = /^\s*([\w-]+)\s*=\s*(.*)$/.exec(row);
    if (block && assign && !bare.startsWith('#'))
      block.values.set(assign[1], { line, value: split(assign[2])[0] });
  });
  return found;
}

/** The text with a value of a block changed; a key that is missing comes after the last one, null takes a line away. */
export function change(text: string, block: Block, key: string, value: string | null): string {
  const rows = text.split('\n');
  const known = block.values.get(key);
  if (value === null) {
    if (known) rows.splice(known.line, 1);
  } else if (known) {
    const row = rows[known.line] ?? '';
    const start = row.indexOf('=') + 1;
    const rest = row.slice(start);
    const lead = /^\s*/.exec(rest)?.[0] ?? ' ';
    const [, tail] = split(rest.slice(lead.length));
    rows[known.line] = row.slice(0, start) + (lead || ' ') + value + tail;
  } else {
    const last = Math.max(block.line, ...[...block.values.values()].map((one) => one.line));
    rows.splice(last + 1, 0, `${key} = ${value}`);
  }
  return rows.join('\n');
}

/** A TOML string without its quotes, anything else as it stands. */
export const bare = (value: string): string => /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1] ?? value;

/** Weights within `measures = [{ id = "nps", weight = 2 }]`: the first mention of the measure within an objective. */
export function measureWeight(text: string, id: string): { line: number; weight: string | null } | null {
  const rows = text.split('\n');
  for (const block of blocks(text, 'objective')) {
    for (let line = block.line; line < block.end; line += 1) {
      const row = rows[line] ?? '';
      const entry = entryOf(row, id);
      if (entry && !row.trim().startsWith('#'))
        return { line, weight: /weight\s*=\s*([\d.]+)/.exec(entry)?.[1] ?? null };
    }
  }
  return null;
}

const entryOf = (row: string, id: string): string | null => {
  const safe = id.replace(/[^\w]/g, '');
  return safe === id ? (new RegExp(`\\{[^{}]*\\bid\\s*=\\s*"${id}"[^{}]*\\}`).exec(row)?.[0] ?? null) : null;
};

/** The text with that weight changed. */
export function setMeasureWeight(text: string, id: string, weight: string): string {
  const known = measureWeight(text, id);
  if (!known) return text;
  const rows = text.split('\n');
  const row = rows[known.line] ?? '';
  const entry = entryOf(row, id);
  if (!entry) return text;
  const next =
    known.weight === null
      ? entry.replace(/\s*\}$/, `, weight = ${weight} }`)
      : entry.replace(/weight\s*=\s*[\d.]+/, `weight = ${weight}`);
  rows[known.line] = row.replace(entry, () => next);
  return rows.join('\n');
}
