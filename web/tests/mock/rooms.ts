// Answers for customers, data, definitions and people: what is written is remembered until the mock ends.
import type { Asked, Told } from '../mock.ts';

type Json = Record<string, unknown>;
type Read = (asked: Asked, parts: string[], read: (name: string) => Json | null) => Json | null;

const saved = new Map<string, string>();
const mended = new Set<string>();
const uploads = new Map<string, { name: string; bytes: number }>();
const jobs = new Map<string, { asked: number; dry: boolean }>();
const over = new Map<string, Json>();
const tokens: Json[] = [];

const list = (of: Json | null, name: string) =>
  ((of?.[name] as Json[] | undefined) ?? []).map((one) => ({ ...one }));

function done(kind: string, result: Json): Json {
  const id = `d${over.size + 1}`;
  const at = '2026-07-01T08:00:00Z';
  const told = {
    id,
    kind,
    state: 'done',
    progress: null,
    result,
    problem: null,
    who: 'local',
    started_at: at,
    ended_at: at,
  };
  over.set(id, told);
  return told;
}

function job(id: string, read: (name: string) => Json | null): Json | null {
  const ended = over.get(id);
  if (ended) return ended;
  const one = jobs.get(id);
  if (!one) return list(read('jobs'), 'jobs').find((known) => known.id === id) ?? null;
  one.asked += 1;
  const ends = one.asked > 2;
  return {
    id,
    kind: 'import',
    state: ends ? 'done' : 'running',
    progress: ends ? null : { text: 'Reading rows', done: one.asked * 400, of: 1200 },
    result: ends ? { ...read('import-report'), dry_run: one.dry } : null,
    problem: null,
    who: 'local',
    started_at: '2026-07-01T08:00:00Z',
    ended_at: ends ? '2026-07-01T08:00:03Z' : null,
  };
}

function definitions(read: (name: string) => Json | null): Json | null {
  const files = list(read('definitions'), 'files').map((file) => {
    const text = saved.get(String(file.path));
    return text === undefined ? file : { ...file, text, etag: `saved-${text.length}` };
  });
  return { ...read('definitions'), files, ...(saved.size > 0 ? { changed: true } : {}) };
}

function rejects(asked: Asked, read: (name: string) => Json | null): Json | null {
  const only = asked.query.get('replayed') === 'true';
  const all = list(read('rejects'), 'rejects').filter((one) => mended.has(String(one.reject_id)) === only);
  const file = asked.query.get('file');
  const shown = file ? all.filter((one) => String(one.file).includes(file)) : all;
  return {
    rejects: shown.map((one) => ({ ...one, replayed_at: only ? 'import-000003' : null })),
    more: !only,
  };
}

function found(asked: Asked, read: (name: string) => Json | null): Json | null {
  const text = (asked.query.get('search') ?? '').toLowerCase();
  const answer = read('customers');
  if (!answer) return null;
  const fits = list(answer, 'customers').filter((one) => JSON.stringify(one).toLowerCase().includes(text));
  return { customers: fits.slice(0, Number(asked.query.get('limit') ?? 50)), more: fits.length > 20 };
}

export const READS: [RegExp, Read][] = [
  [/^\/customers$/, (asked, _, read) => found(asked, read)],
  [
    /^\/measures\/([^/]+)$/,
    (asked, [id], read) => (asked.query.get('by') ? read(`measure-${id}-by-${asked.query.get('by')}`) : null),
  ],
  [
    /^\/rejects\/export$/,
    (asked) => ({
      files: [{ name: 'rows.csv', file: asked.query.get('file'), text: 'reject_id,rest\n' }],
      left_out: 0,
    }),
  ],
  [/^\/rejects$/, (asked, _, read) => rejects(asked, read)],
  [/^\/identity\/conflicts$/, (_, __, read) => read('conflicts')],
  [/^\/identity\/([^/]+)$/, (_, __, read) => read('identity-one')],
  [
    /^\/uploads\/([^/]+)\/preview$/,
    (_, [id], read) => read(id.includes('known') ? 'preview-known' : 'preview'),
  ],
  [/^\/jobs$/, (_, __, read) => read('jobs')],
  [/^\/jobs\/([^/]+)$/, (_, [id], read) => job(id, read)],
  [/^\/definitions$/, (_, __, read) => definitions(read)],
  [/^\/plan$/, (_, __, read) => read('plan')],
  [/^\/users$/, (_, __, read) => read('users')],
  [/^\/tokens$/, (_, __, read) => ({ tokens: [...tokens, ...list(read('tokens'), 'tokens')] })],
  [/^\/audit$/, (_, __, read) => read('audit')],
];

function upload(asked: Asked): Told {
  const name = asked.query.get('name') ?? 'file';
  const id = `u${uploads.size + 1}${name.includes('feedback') ? '-known' : ''}`;
  uploads.set(id, { name, bytes: asked.body.length });
  return { status: 201, body: { upload: id, name, bytes: asked.body.length } };
}

function start(dry: boolean): Told {
  const id = `m${jobs.size + 1}`;
  jobs.set(id, { asked: 0, dry });
  return { status: 202, body: job(id, () => null) };
}

/** What these rooms answer to a write, or null where it is not theirs. */
export function write(asked: Asked): Told | null {
  const { method, path } = asked;
  const body = () => JSON.parse(asked.body.toString() || '{}') as Json;
  if (path === '/uploads' && method === 'POST') return upload(asked);
  if (path.startsWith('/uploads/')) return { body: null };
  if (path === '/imports') return start(body().dry_run === true);
  if (path.startsWith('/jobs/')) return { body: null };
  if (path === '/rejects/replay') {
    const files = body().files as { text: string }[];
    const lines = files.flatMap((file) => file.text.trim().split('\n').slice(1));
    lines.forEach((line) =>
      line
        .split(',')[0]
        .split('+')
        .forEach((id) => mended.add(id)),
    );
    const report = { replayed: lines.length, known: 0, open: [], import: null };
    return { status: 202, body: done('replay', report) };
  }
  if (path.startsWith('/definitions/') && method === 'PUT') {
    const file = decodeURIComponent(path.slice('/definitions/'.length));
    saved.set(file, String(body().text));
    return { body: { path: file, etag: `saved-${String(body().text).length}`, problems: [] } };
  }
  if (path === '/definitions/apply') {
    const revision = { number: 2, content: 'a1', at: '2026-07-01T09:00:00Z', who: 'local', why: body().why };
    return { body: { changed: true, revision: { ...revision, from: '2026-07-01T00:00:00Z' } } };
  }
  if (path === '/identity/links' || path === '/identity/unlinks') {
    const { alias, customer_id = 'C00008137' } = body();
    const change = { alias, customer_id, at: '2026-07-01T09:00:00Z', import_id: 'import-000004' };
    return { body: { ...change, before: null, after: null } };
  }
  if (path === '/tokens' && method === 'POST') {
    const made = { ...body(), created_by: 'local', created_at: '2026-07-01T09:00:00Z' };
    const token = { expires_at: null, last_used_at: null, revoked_at: null, ...made };
    tokens.unshift(token);
    return { status: 201, body: { secret: 'tl_0123456789abcdef', token } };
  }
  if (/^\/(users|tokens)(\/|$)/.test(path)) return { body: method === 'DELETE' ? null : body() };
  if (path === '/sql') {
    const names =
      'order_id customer_ref ordered_at paid_at status currency goods discount shipping tax cost channel coupon';
    const columns = ['column_name', 'data_type', 'is_nullable'].map((name) => ({ name, kind: 'text' }));
    return { body: { columns, rows: names.split(' ').map((name) => [name, 'Utf8', 'YES']), cut_off: false } };
  }
  return null;
}
