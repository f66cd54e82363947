import type { IconName } from '$ui/Icon.svelte';

export interface Place {
  path: string;
  label: string;
  /** Where there is no room for more than a word. */
  short?: string;
  icon: IconName;
  /** Other words people may look for in the palette. */
  words?: string;
}

/** The rooms of the page, in the order of the navigation. */
export const PLACES: Place[] = [
  { path: '/', label: 'Scorecard', icon: 'scorecard', words: 'home overview balanced' },
  {
    path: '/map',
    label: 'Strategy map',
    short: 'Strategy',
    icon: 'map',
    words: 'objectives links initiatives',
  },
  { path: '/measures', label: 'Measures', icon: 'measure', words: 'kpi metrics numbers' },
  { path: '/journey', label: 'Journey', icon: 'journey', words: 'stages channels mood' },
  { path: '/customers', label: 'Customers', icon: 'customer', words: 'people search time line' },
  { path: '/data', label: 'Data', icon: 'data', words: 'sources quality freshness' },
  {
    path: '/definitions',
    label: 'Definitions',
    icon: 'definitions',
    words: 'targets weights rules revisions',
  },
];

/** Rooms inside rooms, for the palette. */
export const SUB_PLACES: Place[] = [
  { path: '/journey/flow', label: 'Journey: flow', icon: 'journey', words: 'sankey paths' },
  { path: '/journey/funnel', label: 'Journey: funnel', icon: 'journey', words: 'steps conversion' },
  { path: '/journey/retention', label: 'Journey: retention', icon: 'journey', words: 'cohorts repeat' },
  { path: '/journey/transitions', label: 'Journey: transitions', icon: 'journey', words: 'from to' },
  {
    path: '/journey/pains',
    label: 'Journey: obstacles',
    icon: 'journey',
    words: 'pains problems money at stake',
  },
  {
    path: '/journey/attribution',
    label: 'Journey: attribution',
    icon: 'journey',
    words: 'channels orders rules',
  },
  { path: '/journey/delivery', label: 'Journey: delivery', icon: 'journey', words: 'promise late on time' },
  { path: '/data/import', label: 'Data: import files', icon: 'upload', words: 'drop upload csv' },
  { path: '/data/rejects', label: 'Data: rows set aside', icon: 'data', words: 'rejects errors mend' },
  {
    path: '/data/identity',
    label: 'Data: names and customers',
    icon: 'data',
    words: 'identity links aliases',
  },
  { path: '/settings', label: 'People and tokens', icon: 'settings', words: 'users roles settings audit' },
];

/** Whether a place is the one shown, or holds it. */
export function isHere(place: Place, path: string): boolean {
  return place.path === '/' ? path === '/' : path === place.path || path.startsWith(`${place.path}/`);
}
