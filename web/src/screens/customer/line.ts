// A customer's time line: touchpoints in visits, visits in days; tickets and orders as threads through them.
import type { CustomerLine, Touchpoint } from '$api';
import { workspace } from '$lib/workspace.svelte';

/** What people filter by. */
export const KINDS = {
  visits: ['Visits', ['interactions']],
  orders: ['Orders', ['orders', 'order_lines', 'payments']],
  support: ['Support', ['tickets', 'ticket_events']],
  answers: ['Answers', ['feedback']],
  loyalty: ['Loyalty', ['loyalty_events']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export type Kind = keyof typeof KINDS | 'other';

export function kindOf(point: Touchpoint): Kind {
  for (const [kind, [, tables]] of Object.entries(KINDS))
    if ((tables as readonly string[]).includes(point.table)) return kind as Kind;
  return 'other';
}

/** A visit, or whatever else happened close together. */
export interface Group {
  key: string;
  day: string;
  points: Touchpoint[];
  /** Days of silence before it, where it is long enough to be told. */
  silence: number | null;
}

/** A longer pause begins another group. */
const PAUSE = 30 * 60_000;
const LONG = 14;

const days = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant in the workspace's zone, as 2026-06-30. */
function dayOf(iso: string): string {
  let format = days.get(workspace.zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: workspace.zone, dateStyle: 'short' });
    days.set(workspace.zone, format);
  }
  return format.format(new Date(iso));
}

/** Groups in the order of the points, which may run either way. */
export function groups(points: Touchpoint[]): Group[] {
  const all: Group[] = [];
  let last: Touchpoint | null = null;
  for (const point of points) {
    const day = dayOf(point.at);
    const group = all.at(-1);
    const apart = last ? Math.abs(Date.parse(point.at) - Date.parse(last.at)) : 0;
    if (group && last && group.day === day && apart <= PAUSE) group.points.push(point);
    else {
      const silent = Math.floor(apart / 86_400_000);
      const key = `${point.at}/${point.key}/${all.length}`;
      all.push({ key, day, points: [point], silence: silent >= LONG ? silent : null });
    }
    last = point;
  }
  return all;
}

export interface Summary {
  orders: number;
  spent: number;
  firstOrder: string | null;
  firstSeen: string | null;
  lastSeen: string | null;
  tickets: number;
  scores: Touchpoint[];
}

export function summary(line: CustomerLine): Summary {
  const points = line.touchpoints;
  const orders = points.filter((one) => one.table === 'orders' && one.kind === 'order');
  const last = points.reduce<string | null>((at, one) => (at === null || one.at > at ? one.at : at), null);
  return {
    orders: new Set(orders.map((one) => one.order_id ?? one.key)).size,
    spent: orders.reduce((sum, one) => sum + (one.amount ?? 0), 0),
    firstOrder: orders[0]?.at ?? null,
    firstSeen: points[0]?.at ?? null,
    lastSeen: last,
    tickets: new Set(points.flatMap((one) => one.ticket_id ?? [])).size,
    scores: points.filter((one) => one.score !== null),
  };
}

/** A kind of touchpoint as words: ticket_opened becomes "ticket opened". */
export const words = (name: string): string => name.replaceAll('_', ' ');
