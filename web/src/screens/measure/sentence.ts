// The one sentence about a measure: its value, against its target, against the period before, signal or noise.
import type { Direction, MeasureInfo, Period, Reading, ScoredMeasure, Target } from '$api';
import { difference, period as periodName, value } from '$lib/format';
import { RULES } from '$lib/words';

interface Told {
  measure: MeasureInfo;
  now: Reading;
  before: Reading | null;
  scored: ScoredMeasure | null;
}

/** A difference as exact as the values it is between are shown: 44.9 and 35.7 are 9.2 apart. */
export function apart(amount: number, of: number, unit: string): string {
  const coarse = unit !== 'percent' && unit !== 'money' && unit !== 'duration' && Math.abs(of) >= 10;
  return difference(coarse ? Math.round(amount * 10) / 10 : amount, unit);
}

const plain = (amount: number, of: number, unit: string) =>
  apart(Math.abs(amount), of, unit).replace(/^[+±]/, '');

function againstTarget(amount: number, target: Target | null, direction: Direction, unit: string): string {
  if (!target) return '';
  if (target.target_band) {
    const [low, high] = target.target_band;
    const inside = amount >= low && amount <= high;
    return `, ${inside ? 'within' : 'outside'} the target of ${value(low, unit)} to ${value(high, unit)}`;
  }
  if (target.target === null) return '';
  const gap = direction === 'lower' ? target.target - amount : amount - target.target;
  if (gap === 0) return `, exactly the target of ${value(target.target, unit)}`;
  const side = amount > target.target ? 'above' : 'below';
  const good = gap > 0 ? 'better than' : 'short of';
  const amountText = plain(gap, amount, unit);
  return `, ${amountText} ${side} the target of ${value(target.target, unit)}${gap > 0 ? '' : ` and so ${good} it`}`;
}

function againstBefore(now: Reading, before: Reading | null, unit: string): string {
  if (now.value === null || before?.value === null || before?.value === undefined) return '';
  const change = now.value - before.value;
  const than = periodName(before.period);
  if (value(now.value, unit) === value(before.value, unit)) return ` It is the same as in ${than}`;
  return ` That is ${plain(change, now.value, unit)} ${change > 0 ? 'more' : 'less'} than in ${than}`;
}

function whetherSignal(scored: ScoredMeasure | null, at: Period): string {
  const trend = scored?.trend;
  if (!trend || (trend.latest && trend.latest !== at.label)) return '.';
  if (trend.verdict === 'noise') return ', within its usual ups and downs.';
  if (trend.verdict === 'provisional') return '; there are too few periods yet to tell signal from noise.';
  const rule = trend.signals[0];
  const good = rule?.better === null || !rule ? '' : rule.better ? ', for the better' : ', for the worse';
  if (!rule) return ': a change larger than its usual ups and downs.';
  return `. Its level is a signal${good}: ${RULES[rule.rule]}.`;
}

export function sentence({ measure, now, before, scored }: Told): string {
  const at = periodName(now.period);
  if (now.value === null) return `There is no value for ${at}. ${now.reason ?? ''}`.trim();
  const judged = scored?.now;
  const target = againstTarget(now.value, judged?.target ?? null, measure.direction, measure.unit);
  const start = `In ${at} it was ${value(now.value, measure.unit)}${target}.`;
  const change = againstBefore(now, before, measure.unit);
  const rest = change ? change + whetherSignal(scored, now.period) : '';
  if (!now.mature) return `${start} It is too early to judge: outcomes can still change it.`;
  const unsure =
    now.n < measure.minimum_n
      ? ' There are too few cases to be sure.'
      : ' It is not sure enough to be judged.';
  const few = judged?.status === 'too_little_data' ? unsure : '';
  return start + few + rest;
}

/** What a person would say about the whole line. */
export function lineSummary(measure: MeasureInfo, readings: Reading[]): string {
  const known = readings.filter((one) => one.value !== null);
  if (known.length === 0) return `${measure.name} has no values yet.`;
  const values = known.map((one) => one.value as number);
  const [first, last] = [known[0], known[known.length - 1]];
  const low = known[values.indexOf(Math.min(...values))];
  const high = known[values.indexOf(Math.max(...values))];
  const say = (one: Reading) => `${value(one.value, measure.unit)} in ${periodName(one.period)}`;
  return (
    `${measure.name} over ${known.length} periods: from ${say(first)} to ${say(last)}; ` +
    `lowest ${say(low)}, highest ${say(high)}.`
  );
}
