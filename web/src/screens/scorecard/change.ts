// What a measure did against the period before, in words and signs.
import type { ScoredMeasure, Trend } from '$api';
import { difference, share } from '$lib/format';

export interface Change {
  text: string;
  arrow: '↑' | '↓' | '→';
  /** Null where the value did not move or no direction is the better one. */
  better: boolean | null;
}

/** The change of a value; money and times relative to before, shares in points, scores as they are. */
export function changeOf(measure: ScoredMeasure): Change | null {
  const { value } = measure.now;
  const before = measure.before?.value ?? null;
  if (value === null || before === null) return null;
  const by = value - before;
  const arrow = by > 0 ? '↑' : by < 0 ? '↓' : '→';
  const relative = ['money', 'duration', 'number'].includes(measure.unit) && before > 0;
  const text =
    by === 0
      ? 'unchanged'
      : relative
        ? share(Math.abs(by / before))
        : difference(Math.abs(by), measure.unit).slice(1);
  const better =
    by === 0 || measure.direction === 'band' ? null : by > 0 === (measure.direction === 'higher');
  return { text, arrow, better };
}

/** Signal or noise in a word or two. */
export function verdictOf(trend: Trend | null): string | null {
  if (!trend) return null;
  if (trend.verdict === 'provisional') return 'few periods';
  if (trend.verdict === 'noise') return 'noise';
  const sides = new Set(trend.signals.map((one) => one.better));
  if (sides.size !== 1 || sides.has(null)) return 'signal';
  return sides.has(true) ? 'better than usual' : 'worse than usual';
}
