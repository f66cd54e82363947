// What the forms of a file share: its text with places, what the server says of it, and the one way to change it.
import type { DefinitionProblem } from '$api';
import { textOf, type Entry, type Field, type Toml } from '$lib/toml';

export interface Form {
  toml: Toml;
  /** Problems at the lines of the present text. */
  problems: DefinitionProblem[];
  readonly: boolean;
  /** The part of the file that is shown, as the address says it. */
  part: string | null;
  /** Puts an edited text in the place of the present one; with words it can be undone from there. */
  change: (text: string, told?: string) => void;
  /** Shows a line of the text. */
  show: (line: number) => void;
}

/** What a table is called where it is listed. */
export const nameOf = (entry: Entry): string =>
  textOf(entry, 'name') ?? textOf(entry, 'id') ?? 'without a name';

/** Words with commas between them. */
export const wordsOf = (typed: string): string[] =>
  typed
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter(Boolean);

/** Problems within a value. */
export const problemsIn = (form: Form, field: Field | undefined): DefinitionProblem[] =>
  field ? form.problems.filter((one) => one.line >= field.line && one.line <= field.last) : [];

/** Problems within a table. */
export const problemsOf = (form: Form, entry: Entry): DefinitionProblem[] =>
  form.problems.filter((one) => one.line >= entry.line && one.line <= entry.last);

/** Problems of a table that none of these fields shows. */
export function problemsLeft(form: Form, entry: Entry, shown: readonly string[]): DefinitionProblem[] {
  const fields = shown.flatMap((key) => entry.fields.get(key) ?? []);
  return problemsOf(form, entry).filter(
    (one) => !fields.some((field) => one.line >= field.line && one.line <= field.last),
  );
}

/** "Answer fast" → "answer_fast", with a number behind it where that is taken; `before` stands before a digit. */
export function idOf(name: string, taken: string[], before = 'o_'): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, before);
  const base = plain || 'new';
  for (let number = 2, id = base; ; number += 1) {
    if (!taken.includes(id)) return id;
    id = `${base}_${number}`;
  }
}
