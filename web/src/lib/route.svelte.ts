// The address is the state of a view: path and query, nothing else. A tiny router over the history API.
import { SvelteURLSearchParams } from 'svelte/reactivity';

/** Questions every screen keeps when it links to another one. */
export const GLOBAL = ['period', 'as_of', 'linking', 'working'] as const;

export type Params = Record<string, string | number | boolean | null | undefined>;

interface Place {
  path: string;
  query: URLSearchParams;
  hash: string;
}

function here(): Place {
  return {
    path: location.pathname.replace(/\/+$/, '') || '/',
    query: new SvelteURLSearchParams(location.search),
    hash: decodeURIComponent(location.hash.slice(1)),
  };
}

let place = $state.raw<Place>(here());
let moves = 0;
const scrolls = new Map<string, number>();

/** Where the person is. Reading a field inside a component or `$derived` follows it. */
export const route = {
  get path() {
    return place.path;
  },
  get query() {
    return place.query;
  },
  get hash() {
    return place.hash;
  },
  /** One parameter of the query, or null. */
  param(name: string): string | null {
    return place.query.get(name);
  },
};

/** The global questions as they stand in the address. */
export function globals(): Params {
  return Object.fromEntries(GLOBAL.map((name) => [name, place.query.get(name)]));
}

/** Query text of parameters; those without a value are left out. */
export function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '' && value !== false)
      query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** An address inside the page that keeps period, as-of and linking. */
export function href(path: string, params: Params = {}, hash = ''): string {
  return `${path}${queryOf({ ...globals(), ...params })}${hash ? `#${encodeURIComponent(hash)}` : ''}`;
}

/** The present address with some parameters changed (null takes one away). */
export function hrefWith(params: Params): string {
  const all: Params = Object.fromEntries(place.query);
  return `${place.path}${queryOf({ ...all, ...params })}`;
}

/** Goes to an address. `replace` leaves no step in the browser's history. */
export function go(to: string, options: { replace?: boolean } = {}): void {
  const before = place.path;
  keepScroll();
  const state = { key: options.replace ? currentKey() : `${Date.now()}-${(moves += 1)}` };
  if (options.replace) history.replaceState(state, '', to);
  else history.pushState(state, '', to);
  place = here();
  if (place.path !== before && !place.hash) window.scrollTo(0, 0);
  if (place.hash) showHash();
}

/** Changes parameters of the present view: a filter, a tab, a sort order. */
export function setQuery(params: Params, options: { replace?: boolean } = {}): void {
  go(hrefWith(params), options);
}

function currentKey(): string {
  return (history.state as { key?: string } | null)?.key ?? 'first';
}

function keepScroll(): void {
  scrolls.set(currentKey(), window.scrollY);
}

/** Brings the target of a hash into view once it is there; screens load lazily. */
export function showHash(tries = 40): void {
  if (!place.hash) return;
  const target = document.getElementById(place.hash);
  if (target) target.scrollIntoView({ block: 'start' });
  else if (tries > 0) setTimeout(() => showHash(tries - 1), 50);
}

function restoreScroll(y: number, tries = 40): void {
  if (y === 0 || document.documentElement.scrollHeight >= y + window.innerHeight || tries === 0) {
    window.scrollTo(0, y);
  } else setTimeout(() => restoreScroll(y, tries - 1), 50);
}

function ownLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element | null)?.closest('a');
  if (!link?.href || link.target || link.hasAttribute('download')) return null;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return null;
  return link;
}

/** Takes clicks on links of the page and the browser's back and forward. Returns what undoes it. */
export function startRouter(): () => void {
  let key = currentKey();
  history.scrollRestoration = 'manual';
  const onclick = (event: MouseEvent) => {
    const link = ownLink(event);
    if (!link) return;
    event.preventDefault();
    go(link.href);
    key = currentKey();
  };
  const onpop = () => {
    scrolls.set(key, window.scrollY);
    key = currentKey();
    place = here();
    restoreScroll(scrolls.get(key) ?? 0);
  };
  addEventListener('click', onclick);
  addEventListener('popstate', onpop);
  return () => {
    removeEventListener('click', onclick);
    removeEventListener('popstate', onpop);
  };
}
