// What journey.toml may say, and how one of its rules reads.
import { textOf, textsOf, type Entry } from '$lib/toml';
import type { Choice } from './scorecard';

const TABLES = [
  'interactions',
  'orders',
  'payments',
  'tickets',
  'ticket_events',
  'feedback',
  'loyalty_events',
  'exposures',
];
export const ABOUT = ['order', 'ticket', 'touchpoint', 'company'] as const;
export const INSTRUMENTS = ['csat', 'nps', 'ces', 'review', 'brand', 'trust', 'expectation', 'open'] as const;
export const ORDER = [
  'stage',
  'table',
  'kinds',
  'instruments',
  'about',
  'min_score',
  'before_first_order',
] as const;

export const tables: Choice[] = TABLES.map((value) => ({ value, label: value.replaceAll('_', ' ') }));

/** "Support: feedback; csat; about order; before the first order". */
export function ruleText(entry: Entry, stage: string): string {
  const kinds = textsOf(entry, 'kinds');
  const more = kinds.length > 3 ? ` and ${kinds.length - 3} more` : '';
  const before = entry.fields.get('before_first_order')?.value;
  const score = entry.fields.get('min_score')?.raw;
  const about = textsOf(entry, 'about');
  const parts = [
    textOf(entry, 'table'),
    kinds.slice(0, 3).join(', ') + more,
    textsOf(entry, 'instruments').join(', '),
    about.length > 0 ? `about ${about.join(', ')}` : '',
    score ? `score from ${score}` : '',
    before === true ? 'before the first order' : before === false ? 'after the first order' : '',
  ].filter(Boolean);
  return `${stage}: ${parts.join('; ').replaceAll('_', ' ') || 'no condition yet'}`;
}
