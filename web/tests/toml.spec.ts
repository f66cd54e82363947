// Edits of TOML: what is asked for changes, everything else stays to the letter.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { isBroken, readToml, textOf, textsOf, type Entry, type Toml } from '../src/lib/toml.ts';
import * as edit from '../src/lib/toml-edit.ts';

const catalog = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../catalog/${path}`, import.meta.url)), 'utf8');
function read(text: string): Toml {
  const toml = readToml(text);
  if (isBroken(toml)) throw new Error(`line ${toml.line}: ${toml.message}`);
  return toml;
}
function pick(toml: Toml, name: string, place: number): Entry {
  const entry = toml.entries(name).at(place);
  if (!entry) throw new Error(`no ${name} ${place}`);
  return entry;
}
const comments = (text: string) => text.split('\n').filter((row) => row.includes('#'));
const order = ['id', 'name', 'perspective', 'owner', 'weight', 'measures'];

test('a text without an edit is read as it stands, places and all', () => {
  const toml = read(catalog('starter/scorecard.toml'));
  expect(toml.entries('objective')).toHaveLength(11);
  const first = pick(toml, 'objective', 0);
  expect(toml.text.split('\n')[first.line - 1]).toBe('[[objective]]');
  expect(textOf(first, 'owner')).toBe('managing director');
  expect(toml.text.slice(...first.span)).toMatch(/^\[\[objective\]\]\n[\s\S]*\n\]$/);
  const chat = toml.entries('target').find((one) => one.fields.has('segment'));
  expect(chat?.fields.get('segment')?.value).toEqual({ channel: 'chat' });
  expect(readToml('a = 1\nb =\n')).toMatchObject({ line: 2 });
});

test('a value, a key more, a key less', () => {
  const toml = read('# ours\n[[o]] # it\nid = "a" # the id\nweight = 2 # heavy\n\n# next\n[[o]]\nid = "b"\n');
  const [first, second] = [pick(toml, 'o', 0), pick(toml, 'o', 1)];
  expect(edit.setField(toml, first, 'weight', '3')).toBe(toml.text.replace('= 2', '= 3'));
  expect(edit.setField(toml, first, 'name', edit.quoted('A "b"'), order)).toBe(
    toml.text.replace('# the id\n', '# the id\nname = "A \\"b\\""\n'),
  );
  expect(edit.setField(toml, second, 'weight', '1', order)).toBe(`${toml.text}weight = 1\n`);
  expect(edit.setField(toml, first, 'weight', null)).toBe(toml.text.replace('weight = 2 # heavy\n', ''));
  expect(edit.setField(toml, toml.root, 'x', 'true')).toBe(`x = true\n${toml.text}`);
  const dos = read('[[o]]\r\nid = "a"\r\n');
  expect(edit.setField(dos, pick(dos, 'o', 0), 'weight', '1')).toBe('[[o]]\r\nid = "a"\r\nweight = 1\r\n');
});

test('a table comes after its like, and goes with its own comment; headings stay', () => {
  const toml = read(catalog('starter/scorecard.toml'));
  const added = edit.addEntry(toml, 'link', [['cause', '"a"'], ['effect', '"b"']]); // prettier-ignore
  expect(added).toContain(
    'effect = "spend_wisely"\nunit = "ticket"\nlag = "30d"\n\n[[link]]\ncause = "a"\neffect = "b"\n\n# ---- What',
  );
  const headless = edit.removeEntry(toml, pick(toml, 'link', 0));
  expect(comments(headless)).toEqual(comments(toml.text));
  expect(headless).toContain('hypothesis. ----------------\n[[link]]\ncause = "skilled_people"');
  const chat = toml.entries('target').find((one) => one.fields.has('segment'));
  const without = edit.removeEntry(toml, chat ?? toml.root);
  expect(without).toBe(toml.text.replace(/# People who chat[^]*?floor = "2h"\n\n/, () => ''));
  const last = edit.removeEntry(toml, pick(toml, 'initiative', -1));
  expect(last.endsWith('status = "done"\n')).toBe(true);
  const starter = read(catalog('starter/journey.toml'));
  const ruled = edit.addEntry(starter, 'rule', [['stage', '"support"']]);
  expect(ruled).toBe(`${starter.text}\n[[rule]]\nstage = "support"\n`);
});

test('tables change places with their comments', () => {
  const toml = read('# ---- A ----\n[[r]]\nx = 1 # one\n\n# of two\n[[r]]\nx = 2\n# below two\n\n[[s]]\n');
  const moved = edit.moveEntry(toml, pick(toml, 'r', 1), -1);
  expect(moved).toBe('# ---- A ----\n# of two\n[[r]]\nx = 2\n# below two\n\n[[r]]\nx = 1 # one\n\n[[s]]\n');
  expect(edit.moveEntry(toml, pick(toml, 'r', 1), 1)).toBe(toml.text);
  const shipped = read(catalog('journey.toml'));
  for (let place = 1; place < shipped.entries('rule').length; place += 1) {
    const there = edit.moveEntry(shipped, pick(shipped, 'rule', place), -1);
    expect(comments(there).toSorted()).toEqual(comments(shipped.text).toSorted());
    expect(textsOf(pick(read(there), 'rule', place - 1), 'kinds')).toEqual(
      textsOf(pick(shipped, 'rule', place), 'kinds'),
    );
  }
});

test('tables below a table move with it', () => {
  const toml = read('[[t]]\na = 1\n[t.segment]\nc = "x"\n\n[[t]]\na = 2\n');
  expect(pick(toml, 't', 0).nested).toBe(true);
  expect(edit.moveEntry(toml, pick(toml, 't', 1), -1)).toBe(
    '[[t]]\na = 2\n\n[[t]]\na = 1\n[t.segment]\nc = "x"\n',
  );
});

test('lists keep the way they are written', () => {
  const text =
    '[[o]]\nm = [\n  { id = "a", weight = 2 }, # big\n  { id = "b" },\n  "c" # last\n]\nk = ["x", "y", "z"]\ne = []\n';
  const toml = read(text);
  const entry = pick(toml, 'o', 0);
  const field = (key: string) => entry.fields.get(key)!;
  expect(edit.addItem(toml, field('m'), '{ id = "d" }')).toBe(
    text.replace('"c" # last', '"c", # last\n  { id = "d" }'),
  );
  expect(edit.removeItems(toml, field('m'), [1])).toBe(text.replace('  { id = "b" },\n', ''));
  expect(edit.removeItems(toml, field('m'), [2])).toBe(
    text.replace('{ id = "b" },\n  "c" # last', '{ id = "b" }'),
  );
  expect(edit.setInItem(toml, field('m'), 0, 'weight', '3')).toBe(text.replace('weight = 2', 'weight = 3'));
  expect(edit.setInItem(toml, field('m'), 1, 'weight', '3')).toBe(text.replace('"b" }', '"b", weight = 3 }'));
  expect(edit.setInItem(toml, field('m'), 2, 'weight', '3')).toBe(
    text.replace('"c" #', '{ id = "c", weight = 3 } #'),
  );
  expect(edit.setInItem(toml, field('m'), 0, 'weight', null)).toBe(text.replace(', weight = 2', ''));
  expect(edit.addItem(toml, field('e'), '"n"')).toBe(text.replace('[]', '["n"]'));
  for (const [gone, rest] of [
    [[0], '["y", "z"]'],
    [[1], '["x", "z"]'],
    [[2], '["x", "y"]'],
    [[1, 2], '["x"]'],
    [[0, 1, 2], '[]'],
  ] as const)
    expect(edit.removeItems(toml, field('k'), [...gone])).toBe(text.replace('["x", "y", "z"]', rest));
});

test('a list of words loses and gains only what changed', () => {
  const toml = read(catalog('journey.toml'));
  const rule = pick(toml, 'rule', 0);
  const again = (text: string): [Toml, Entry] => [read(text), pick(read(text), 'rule', 0)];
  const kinds = textsOf(rule, 'kinds').filter((one) => one !== 'ad');
  const next = edit.setTexts(toml, rule, 'kinds', [...kinds, 'radio'], again);
  expect(textsOf(pick(read(next), 'rule', 0), 'kinds')).toEqual([...kinds, 'radio']);
  expect(next.split('\n').filter((row) => !toml.text.includes(row))).toHaveLength(2);
  expect(edit.setTexts(toml, rule, 'kinds', [], again)).not.toContain('"advertisement"');
});

test('an objective that is called otherwise is so wherever it is named', () => {
  const toml = read(catalog('starter/scorecard.toml'));
  const where: [string, string][] = [['objective', 'id'], ['link', 'cause'], ['link', 'effect'], ['initiative', 'objective']]; // prettier-ignore
  const next = edit.renameEverywhere(toml, where, 'skilled_people', 'able_people');
  expect(next).toBe(toml.text.replaceAll('"skilled_people"', '"able_people"'));
});

test('a thousand edits in any order lose no comment and change only what they say', () => {
  let seed = 7;
  const any = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  const told = (toml: Toml, name: string) =>
    toml.entries(name).map((one) => JSON.stringify([...one.fields.values()].map((it) => [it.key, it.value])));
  const start = ['starter/scorecard.toml', 'journey.toml'].map((path) => read(catalog(path)));
  const names = ['objective', 'link', 'target', 'initiative', 'rule', 'stage'];
  for (let round = 0, toml = start[0] as Toml; round < 1000; round += 1) {
    if (round % 20 === 0) toml = start[(round / 20) % 2] as Toml;
    const all = names.filter((name) => toml.entries(name).length > 1);
    const name = all[any(all.length)] ?? '';
    const entry = pick(toml, name, any(toml.entries(name).length - 1));
    const before = told(toml, name);
    const wanted = [...before];
    const list = [...entry.fields.values()].find((one) => Array.isArray(one.value));
    let text: string;
    if (round % 3 === 0) {
      text = edit.moveEntry(toml, entry, 1);
      [wanted[entry.place], wanted[entry.place + 1]] = [
        before[entry.place + 1] ?? '',
        before[entry.place] ?? '',
      ];
    } else if (round % 3 === 1 && list) {
      text = edit.addItem(toml, list, '"more"');
      const value = [...(list.value as unknown[]), 'more'];
      wanted[entry.place] = JSON.stringify(
        [...entry.fields.values()].map((one) => [one.key, one === list ? value : one.value]),
      );
    } else {
      text = edit.addEntry(toml, name, [['id', '"new"']], entry);
      wanted.splice(entry.place + 1, 0, JSON.stringify([['id', 'new']]));
    }
    const next = read(text);
    expect(told(next, name)).toEqual(wanted);
    expect(comments(text).toSorted()).toEqual(comments(toml.text).toSorted());
    for (const other of names.filter((one) => one !== name))
      expect(told(next, other)).toEqual(told(toml, other));
    toml = next;
  }
});
