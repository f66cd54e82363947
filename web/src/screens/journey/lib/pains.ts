// Obstacles in words.
import type { Pain, PainsGroup } from '$api';
import { count, duration, money, number, plural, share } from '$lib/format';
import { kindName, pointsBetween, sentenceCase } from './questions';

export const SORTS: Record<Pain['sort'], string> = {
  drop_off: 'more drop-off than elsewhere',
  repeated_contact: 'contact again',
  long_wait: 'long wait',
  falling_score: 'falling score',
  loop: 'going in circles',
};

export const FINDINGS: Record<Pain['finding'], string> = {
  bought_less: 'bought less often',
  no_difference_shown: 'no difference shown',
  bought_more: 'bought more often',
  too_little_data: 'too little data',
};

/** The signs beside a finding; never colour alone. */
export const SIGNS: Record<Pain['finding'], string> = {
  bought_less: '▼',
  no_difference_shown: '●',
  bought_more: '▲',
  too_little_data: '?',
};

/** What an obstacle is called. */
export function painName(pain: Pain): string {
  if (pain.sort !== 'drop_off') return sentenceCase(kindName(pain.obstacle));
  const { step, kind, channel } = pain.evidence;
  const where = kind ? `after ${kindName(kind)}` : `over ${kindName(channel ?? '')}`;
  return `${sentenceCase(kindName(step ?? ''))}: last seen ${where}`;
}

/** What says that it is an obstacle, where there is more to say than its name. */
export function evidenceText({ evidence }: Pain): string | null {
  const { waits, longer_than_seconds, within_seconds, here, others } = evidence;
  if (here && others) {
    const at = (of: { count: number; n: number }) => share(of.n > 0 ? of.count / of.n : null);
    return `${at(here)} of ${count(here.n)} had gone no further 30 days after, of the others there ${at(others)} of ${count(others.n)}.`;
  }
  if (waits && longer_than_seconds)
    return `Longer than 9 of 10 of ${count(waits)} waits (${duration(longer_than_seconds)}).`;
  return within_seconds ? `Within ${duration(within_seconds)}.` : null;
}

/** How the affected bought afterwards, against comparable customers. */
export function comparisonText(pain: Pain, horizon: number): string | null {
  const one = pain.comparison;
  if (!one) return null;
  const left = one.dropped > 0 ? ` Left out for want of comparable customers: ${count(one.dropped)}.` : '';
  const value = one.order_value?.mean
    ? ` Their next order was worth ${money(one.order_value.mean)} on average.`
    : '';
  return (
    `Within ${duration(horizon)}, ${share(one.affected_share)} of ${count(one.affected)} bought, against ` +
    `${share(one.comparable_share)} of ${count(one.comparable)} comparable customers.${value}${left}`
  );
}

/** The sentence above the list. */
export function painsSentence(group: PainsGroup): string | null {
  const real = group.pains.filter((pain) => pain.sort !== 'drop_off');
  const places = group.pains.length - real.length;
  if (group.pains.length === 0) return null;
  const less = real.filter((pain) => pain.finding === 'bought_less').length;
  const first = `${plural(real.length, 'obstacle')} found, and ${plural(places, 'place')} with more drop-off than elsewhere`;
  const top = real.find((pain) => pain.at_stake !== null);
  if (!top?.at_stake)
    return `${first}. After none of them did customers buy less often than comparable ones.`;
  const bounds = `${money(top.at_stake.interval.low)} to ${money(top.at_stake.interval.high)}`;
  return `${first}. After ${number(less)} of them customers bought less often than comparable ones; most is at stake with ${kindName(top.obstacle)}: ${money(top.at_stake.value)} (${bounds}).`;
}

/** The difference in later purchase with its interval. */
export function differenceText(pain: Pain): string {
  const one = pain.comparison;
  return one ? pointsBetween(one.interval) : 'not compared';
}

/** Excess of a drop-off with its interval, in points. */
export function excessText({ evidence }: Pain): string {
  return pointsBetween(evidence.interval);
}
