// What all questions about journeys share: the filters in the address, and plain names for steps.
import type { Interval } from '$api';
import { difference } from '$lib/format';
import { href, route, type Params } from '$lib/route.svelte';
import { workspace } from '$lib/workspace.svelte';

/** Filters that go along from one journey screen to the next. */
export const FILTERS = ['by', 'from', 'to', 'case', 'known', 'visitors'] as const;

/** The filters as they stand in the address. */
export function filters(): Params {
  return Object.fromEntries(FILTERS.map((name) => [name, route.param(name)]));
}

/** An address that keeps the filters. */
export function journeyHref(path: string, params: Params = {}, hash = ''): string {
  return href(path, { ...filters(), ...params }, hash);
}

export const BY = [
  { value: '', label: 'everybody together' },
  { value: 'channel', label: 'first channel' },
  { value: 'segment', label: 'segment' },
  { value: 'region', label: 'region' },
  { value: 'acquisition_channel', label: 'acquisition channel' },
  { value: 'cohort', label: 'month of first order' },
  { value: 'known', label: 'known or not' },
];

/** What a breakdown is called within a sentence. */
export function byName(by: string | null): string {
  return BY.find((one) => one.value === (by ?? ''))?.label ?? by ?? '';
}

/** A kind of touchpoint or a channel in plain words: `product_viewed` is "product viewed". */
export function kindName(id: string): string {
  return id.replaceAll('_', ' ');
}

/** A step, which may be a stage, a kind or a channel. */
export function stepName(id: string | null): string {
  if (id === null) return 'the end';
  return workspace.data?.stages.find((one) => one.id === id)?.name ?? kindName(id);
}

/** "people", "customers", "visitors" or "tickets": who is counted. */
export function who(about: { case: string; known: boolean | null } | undefined): string {
  if (about?.case === 'ticket') return 'tickets';
  if (about?.known === true) return 'customers';
  return about?.known === false ? 'visitors' : 'people';
}

/** The group chosen in the address, or the first one. */
export function groupOf<G extends { group: string }>(groups: G[]): G | undefined {
  return groups.find((one) => one.group === route.param('group')) ?? groups[0];
}

/** A difference of shares from low to high, in points. */
export function pointsBetween(of: Interval | null | undefined): string {
  return of
    ? `${difference(of.low, 'percent').replace(/\s?pts$/, '')} to ${difference(of.high, 'percent')}`
    : '–';
}

/** The first letter large, for the beginning of a sentence. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
