// Which recorded answer belongs to which question. Add a line to READS for a new one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem, type Asked, type Told } from '../mock.ts';
import * as rooms from './rooms.ts';

type Json = Record<string, unknown>;
type Read = (asked: Asked, parts: string[], read: (name: string) => Json | null) => Json | null;

const by = (asked: Asked, name: string, grouped: string) => (asked.query.get('by') ? grouped : name);

/** Questions that only read, by their path; a group of the pattern is handed on. */
const READS: [RegExp, Read][] = [
  ...rooms.READS,
  [/^\/workspace$/, (_, __, read) => workspace(read)],
  [/^\/scorecard$/, (_, __, read) => read('scorecard')],
  [/^\/scorecard\/moved$/, (_, __, read) => read('scorecard-moved')],
  [/^\/measures\/([^/]+)\/moved$/, (_, [id], read) => read(`moved-${id}`) ?? read('moved-nps')],
  [/^\/map$/, (_, __, read) => read('map')],
  [/^\/measures$/, (_, __, read) => read('measures')],
  [/^\/measures\/([^/]+)\/explain$/, (_, [id], read) => read(`explain-${id}`) ?? read('explain-nps')],
  [/^\/measures\/([^/]+)\/notes$/, (_, [id]) => ({ notes: notes.filter((note) => note.measure === id) })],
  [
    /^\/measures\/([^/]+)$/,
    (asked, [id], read) =>
      read(by(asked, `measure-${id}`, `measure-${id}-by`)) ?? read(`measure-${id}`) ?? read('measure-nps'),
  ],
  [
    /^\/journey$/,
    (asked, _, read) => read(by(asked, 'journey', `journey-by-${asked.query.get('by')}`)) ?? read('journey'),
  ],
  [/^\/journey\/(\w+)$/, (asked, [question], read) => journey(asked, question, read)],
  [/^\/customers$/, (asked, _, read) => customers(asked, read)],
  [/^\/customers\/([^/]+)$/, (_, __, read) => read('customer')],
  [/^\/(sources|rejects|revisions|identity)$/, (_, [name], read) => read(name)],
  [/^\/identity\/conflicts$/, (_, __, read) => read('conflicts')],
  [/^\/jobs$/, () => ({ jobs: [] })],
];

/** The most particular recording of a question about journeys: compared, told, by something, by other steps. */
function journey(asked: Asked, question: string, read: (name: string) => Json | null): Json | null {
  const { query } = asked;
  const names = [
    query.has('compare') && 'compare',
    query.has('show') && 'show',
    query.has('by') && `by-${query.get('by')}`,
    query.has('steps') && query.get('steps'),
  ];
  for (const name of names) {
    const found = name ? read(`${question}-${name}`) : null;
    if (found) return found;
  }
  return read(question);
}

interface Kept {
  number: number;
  measure: string;
  at: string;
  text: string;
  who: string;
  written_at: string;
}

const notes: Kept[] = [];

function workspace(read: (name: string) => Json | null): Json | null {
  const card = read('scorecard');
  if (!card) return null;
  const list = (name: string) => (card[name] as Json[] | undefined) ?? [];
  const measures = list('perspectives').flatMap((one) =>
    (one.objectives as Json[]).flatMap((objective) => objective.measures as Json[]),
  );
  const history = (measures[0]?.history as Json[] | undefined) ?? [];
  const latest = card.period as Json;
  return {
    name: card.name,
    zone: card.zone,
    currency: card.currency,
    version: '0.0.0-mock',
    data_version: 1,
    known_until: '2026-06-30T21:56:31Z',
    imported_at: latest.end,
    has_data: true,
    every: latest.grain,
    latest_period: latest.label,
    periods: history.map((point) => periodOf(String(point.period))).reverse(),
    perspectives: list('perspectives').map(({ id, name }) => ({ id, name })),
    stages: list('grid').map(({ stage, name }) => ({ id: stage, name })),
    login: { required: false, user: null },
  };
}

function periodOf(label: string): Json {
  const [year, month] = label.split('-').map(Number);
  const at = (of: number) => new Date(Date.UTC(year, of, 1)).toISOString();
  return { label, grain: 'month', start: at(month - 1), end: at(month) };
}

function customers(asked: Asked, read: (name: string) => Json | null): Json | null {
  const recorded = read('customers');
  if (recorded) return recorded;
  const one = read('customer');
  const id = String(one?.customer_id ?? '');
  const text = (asked.query.get('search') ?? '').toLowerCase();
  const fits = id !== '' && id.toLowerCase().includes(text);
  const row = { customer_id: id, names: [], known: true, segment: null, region: null };
  const seen = { first_order_at: null, orders: 1, last_seen_at: null };
  return { customers: fits ? [{ ...row, ...seen }] : [], more: false };
}

function write(asked: Asked): Told {
  const note = /^\/measures\/([^/]+)\/notes$/.exec(asked.path);
  const body = () => JSON.parse(asked.body.toString() || '{}') as Json;
  if (asked.method === 'POST' && note) {
    const { at, text } = body() as { at: string; text: string };
    const number = notes.length + 1;
    const kept = { number, measure: note[1], at, text, who: 'local', written_at: '2026-07-01T08:00:00Z' };
    notes.push(kept);
    return { status: 201, body: kept };
  }
  if (asked.method === 'DELETE' && asked.path.startsWith('/notes/')) {
    const place = notes.findIndex((one) => one.number === Number(asked.path.slice(7)));
    if (place >= 0) notes.splice(place, 1);
    return { body: null };
  }
  if (asked.path === '/session' && asked.method === 'POST') {
    return body().password === 'right'
      ? { body: { user: { name: body().name, role: 'admin' } } }
      : problem(
          401,
          'unauthenticated',
          'Name or password is wrong.',
          'Try again, or ask an admin for a new one.',
        );
  }
  if (asked.path === '/session') return { body: null };
  return problem(404, 'not_found', `The mock has no answer to ${asked.method} ${asked.path}.`);
}

export function answer(folder: string | undefined, asked: Asked): Told {
  const read = (name: string): Json | null => {
    const file = folder ? join(folder, `${name.replaceAll('/', '-')}.json`) : '';
    return file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : null;
  };
  if (asked.method !== 'GET') return rooms.write(asked) ?? write(asked);
  for (const [pattern, how] of READS) {
    const parts = pattern.exec(asked.path);
    const found = parts && how(asked, parts.slice(1).map(decodeURIComponent), read);
    if (found) return { body: found };
  }
  const hint = folder ? `Nothing is recorded for it in ${folder}.` : 'Set THROUGHLINE_FIXTURES to a folder.';
  return problem(404, 'not_found', `There is no answer to ${asked.path}.`, hint);
}
