// What a measure did against the period before, in words and signs.
import type { ScoredMeasure, Trend } from '$api';
import { difference, share } from '$lib/format';

export interface Change {
  text: string;
  arrow: '↑' | '↓' | '→';
}

/** The change of a value; money and times relative to before, shares in points, scores as they are. */
export function changeOf(measure: ScoredMeasure): Change | null {
  const { value } = measure.now;
  const before = measure.before?.value ?? null;
  if (value === null || before === null) return null;
  const by = value - before;
  const relative = ['money', 'duration', 'number'].includes(measure.unit) && before > 0;
  const text = relative ? share(Math.abs(by / before)) : difference(Math.abs(by), measure.unit).slice(1);
  // What rounds to zero is no change to anybody who reads it.
  return /[1-9]/.test(text) ? { text, arrow: by > 0 ? '↑' : '↓' } : { text: 'unchanged', arrow: '→' };
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
