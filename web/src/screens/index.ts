// Which screen stands at which address. Each is a file of its own, fetched when it is first opened:
// src/screens/FOLDER/index.svelte.
import type { Component } from 'svelte';

export interface ScreenProps {
  /** Named parts of the path, such as `id`. */
  params: Record<string, string>;
}

interface Route {
  pattern: RegExp;
  folder: string;
  /** The period picker makes a difference here. */
  period: boolean;
}

function route(path: string, folder: string, period = false): Route {
  return { pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), folder, period };
}

const ROUTES: Route[] = [
  route('/', 'scorecard', true),
  route('/map', 'map', true),
  route('/measures', 'measures', true),
  route('/measures/:id', 'measure', true),
  route('/journey', 'journey'),
  route('/journey/flow', 'journey/flow'),
  route('/journey/funnel', 'journey/funnel'),
  route('/journey/retention', 'journey/retention'),
  route('/journey/transitions', 'journey/transitions'),
  route('/journey/pains', 'journey/pains'),
  route('/journey/attribution', 'journey/attribution'),
  route('/journey/delivery', 'journey/delivery'),
  route('/customers', 'customers'),
  route('/customers/:id', 'customer'),
  route('/data', 'data'),
  route('/data/import', 'data/import'),
  route('/data/rejects', 'data/rejects'),
  route('/data/identity', 'data/identity'),
  route('/definitions', 'definitions'),
  route('/settings', 'settings'),
  route('/login', 'login'),
  route('/start', 'start'),
];

type Loader = () => Promise<{ default: Component<ScreenProps> }>;
const files = import.meta.glob<{ default: Component<ScreenProps> }>('./**/index.svelte');

export interface Match {
  folder: string;
  params: Record<string, string>;
  period: boolean;
  load: Loader;
}

/** The screen of a path, or null where there is none. */
export function match(path: string): Match | null {
  for (const { pattern, folder, period } of ROUTES) {
    const found = pattern.exec(path);
    const load = files[`./${folder}/index.svelte`];
    if (!found || !load) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]),
    );
    return { folder, params, period, load };
  }
  return null;
}
