// What the command palette offers: places, measures, objectives, customers, and looks of the page.
import { get, type FoundCustomers, type MeasureList, type StrategyMap } from '$api';
import { globals, href } from '$lib/route.svelte';
import { look } from '$lib/theme.svelte';
import type { IconName } from '$ui/Icon.svelte';
import { PLACES, SUB_PLACES } from './places';

export interface Offer {
  id: string;
  group: string;
  label: string;
  note?: string;
  icon: IconName;
  /** Where it leads, or what it does. */
  to?: string;
  run?: () => void;
  words: string;
}

const places = (): Offer[] =>
  [...PLACES, ...SUB_PLACES].map(({ path, label, icon, words }) => ({
    id: `place ${path}`,
    group: 'Go to',
    label,
    icon,
    to: href(path),
    words: `${label} ${words ?? ''}`,
  }));

const looks = (): Offer[] =>
  (['light', 'dark', 'system'] as const).map((theme) => ({
    id: `theme ${theme}`,
    group: 'Look',
    label: theme === 'system' ? 'Colours of the system' : `${theme === 'dark' ? 'Dark' : 'Light'} colours`,
    icon: theme === 'dark' ? 'dark' : 'light',
    run: () => (look.theme = theme),
    words: `theme colours ${theme} mode`,
  }));

/** Measures and objectives; what cannot be read is left out, the places remain. */
export async function loadOffers(): Promise<Offer[]> {
  const [measures, map] = await Promise.allSettled([
    get<MeasureList>('/measures', globals()),
    get<StrategyMap>('/map', globals()),
  ]);
  const offers = places();
  if (measures.status === 'fulfilled') {
    for (const one of measures.value.measures) {
      offers.push({
        id: `measure ${one.id}`,
        group: 'Measures',
        label: one.name,
        note: one.on_scorecard ? 'on the scorecard' : '',
        icon: 'measure',
        to: href(`/measures/${encodeURIComponent(one.id)}`),
        words: `${one.name} ${one.id.replaceAll('_', ' ')}`,
      });
    }
  }
  if (map.status === 'fulfilled') {
    for (const one of map.value.objectives) {
      offers.push({
        id: `objective ${one.id}`,
        group: 'Objectives',
        label: one.name,
        icon: 'map',
        to: href('/', {}, `objective-${one.id}`),
        words: `${one.name} ${one.owner ?? ''}`,
      });
    }
  }
  return [...offers, ...looks()];
}

/** Customers whose id or name holds the text. */
export async function findCustomers(text: string, signal: AbortSignal): Promise<Offer[]> {
  const found = await get<FoundCustomers>('/customers', { search: text, limit: 6 }, signal);
  return found.customers.map((one) => ({
    id: `customer ${one.customer_id}`,
    group: 'Customers',
    label: one.customer_id,
    note: one.names.slice(0, 2).join(', '),
    icon: 'customer',
    to: href(`/customers/${encodeURIComponent(one.customer_id)}`),
    words: text,
  }));
}

/** How well an offer fits: all words must occur; beginnings of words count more. Null where it does not fit. */
export function fit(offer: Offer, asked: string): number | null {
  const text = offer.words.toLowerCase();
  let points = 0;
  for (const word of asked.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at < 0) return null;
    points += at === 0 ? 3 : /\W/.test(text[at - 1]) ? 2 : 1;
  }
  return points;
}
