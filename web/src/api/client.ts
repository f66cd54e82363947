// Asking the server: one place for addresses, caching by ETag, problems and the header that writes carry.
import { go, href, queryOf, route, type Params } from '$lib/route.svelte';

const BASE = '/api/v1';
const KEEP = 80;
/** For so many seconds after an import by others, the answer of before will do until the new one is there. */
const MAY_BE_OLD = 60;

export type FailureKind =
  | 'input'
  | 'definition'
  | 'damaged'
  | 'busy'
  | 'internal'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'too_many'
  | 'offline';

/** What went wrong, in words for people. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    readonly status: number,
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** Any thrown thing as a Failure, so that screens show one kind of error. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new Failure('internal', 0, 'Something on this page went wrong.', text);
}

interface Kept {
  etag: string | null;
  data: unknown;
}

const kept = new Map<string, Kept>();
let wrote = -Infinity;

/** Forgets all answers, after something was written: who wrote wants to see it. */
export function forgetAnswers(): void {
  kept.clear();
  wrote = performance.now();
}

/** The address of an API question; also right for links to CSV (`format: 'csv'`). */
export function apiUrl(path: string, params: Params = {}): string {
  const sorted = Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${BASE}${path}${queryOf(sorted)}`;
}

/** An answer that is in memory already, to be shown while the server is asked again. */
export function peek<T>(path: string, params: Params = {}): T | null {
  return (kept.get(apiUrl(path, params))?.data as T | undefined) ?? null;
}

function keep(url: string, answer: Kept): void {
  kept.delete(url);
  kept.set(url, answer);
  const oldest = kept.keys().next();
  if (kept.size > KEEP && !oldest.done) kept.delete(oldest.value);
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Failure(
      'offline',
      0,
      'The server does not answer.',
      'Look whether `throughline serve` is still running, then try again.',
    );
  }
}

function toLogin(): void {
  if (route.path === '/login') return;
  go(href('/login', { next: location.pathname + location.search }), { replace: true });
}

const PLAIN: Record<number, [FailureKind, string]> = {
  401: ['unauthenticated', 'You are not signed in.'],
  403: ['forbidden', 'Your role does not allow this.'],
  404: ['not_found', 'There is nothing at this address.'],
  409: ['busy', 'Somebody else is at work in this workspace.'],
  429: ['too_many', 'Too many requests in a short time.'],
};

async function failureOf(response: Response): Promise<Failure> {
  const [kind, text] = PLAIN[response.status] ?? ['internal', 'The server could not answer.'];
  if (response.status === 401) toLogin();
  try {
    const problem = (await response.json()) as Record<string, string | null>;
    const message = problem.detail ?? problem.title ?? text;
    return new Failure(
      (problem.error as FailureKind) ?? kind,
      response.status,
      message,
      problem.hint ?? null,
    );
  } catch {
    return new Failure(kind, response.status, text, `HTTP status ${response.status}.`);
  }
}

/** Reads an answer. What is unchanged on the server comes back as the very same object. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return (await read<T>(path, params, signal, {})).data;
}

/** Reads an answer without waiting: right after an import by others it may be the one of before, which `old` says. */
export async function getSoon<T>(
  path: string,
  params: Params = {},
  signal?: AbortSignal,
): Promise<{ data: T; old: boolean }> {
  const minds = performance.now() - wrote < 1000 * MAY_BE_OLD;
  return read<T>(path, params, signal, minds ? {} : { 'Cache-Control': `max-stale=${MAY_BE_OLD}` });
}

async function read<T>(
  path: string,
  params: Params,
  signal: AbortSignal | undefined,
  more: Record<string, string>,
): Promise<{ data: T; old: boolean }> {
  const url = apiUrl(path, params);
  const known = kept.get(url);
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  if (known?.etag) headers['If-None-Match'] = known.etag;
  const response = await ask(url, { headers, signal: signal ?? null, cache: 'no-store' });
  const old = response.headers.has('Age');
  if (response.status === 304 && known) {
    keep(url, known);
    return { data: known.data as T, old };
  }
  if (!response.ok) throw await failureOf(response);
  const data = (await response.json()) as T;
  keep(url, { etag: response.headers.get('ETag'), data });
  return { data, old };
}

/** Writes. A body that is a Blob or text goes as it is, anything else as JSON; `more` are further headers. */
export async function send<T = null>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  params: Params = {},
  more: Record<string, string> = {},
): Promise<T> {
  const raw = body instanceof Blob || typeof body === 'string';
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Throughline': '1', ...more };
  if (body !== undefined) headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
  const payload = body === undefined ? null : raw ? body : JSON.stringify(body);
  const response = await ask(apiUrl(path, params), { method, headers, body: payload });
  if (!response.ok) throw await failureOf(response);
  forgetAnswers();
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}
