// Which values of a line are signals, by the natural limits that the server draws around its latest periods
// (docs/definitions.md, XmR chart). The server says it of the latest value; here it is told of all in the chart.
import type { Reading } from '$api/measure';
import type { Trend } from '$api/scorecard';
import type { RULES } from '$lib/words';

export type Rule = keyof typeof RULES;

/** The limits stand on so many settled periods. */
const CHARTED = 24;
const RUN = 8;
const WINDOW = 4;
const NEAR = 3;
/** Differences smaller than this share of the largest value are rounding, not a side. */
const ROUNDING = 1e-12;

/** First and last place of the readings that the limits stand on. */
export function charted(readings: Reading[], trend: Trend | null): [number, number] | null {
  const last = readings.findIndex((one) => one.period.label === trend?.latest);
  if (last < 0) return null;
  const settled = readings.flatMap((one, place) => (place <= last && one.mature ? [place] : []));
  return settled.length > 0 ? [settled.slice(-CHARTED)[0], last] : null;
}

/** Side of the mean on which each value lies that is further from it than `distance`: 1, −1, or 0 for none. */
function sides(values: (number | null)[], trend: Trend, distance: number): number[] {
  const slack = ROUNDING * Math.max(0, ...values.map((one) => Math.abs(one ?? 0)));
  return values.map((one) =>
    one !== null && Math.abs(one - trend.mean) > distance + slack ? Math.sign(one - trend.mean) : 0,
  );
}

function runs(side: number[], found: (place: number) => void): void {
  for (let start = 0; start < side.length;) {
    let end = start;
    while (end < side.length && side[end] === side[start]) end += 1;
    if (side[start] !== 0 && end - start >= RUN) for (let at = start; at < end; at += 1) found(at);
    start = end;
  }
}

function nearLimit(values: (number | null)[], near: number[], found: (place: number) => void): void {
  for (let start = 0; start + WINDOW <= values.length; start += 1) {
    const places = Array.from({ length: WINDOW }, (_, step) => start + step);
    if (places.some((place) => values[place] === null)) continue;
    for (const side of [1, -1]) {
      const fit = places.filter((place) => near[place] === side);
      if (fit.length >= NEAR) fit.forEach(found);
    }
  }
}

/** The rules that values follow, by their place. */
export function signals(readings: Reading[], trend: Trend | null): Map<number, Rule[]> {
  const all = new Map<number, Rule[]>();
  const chart = charted(readings, trend);
  if (!chart || !trend) return all;
  const values = readings.slice(chart[0], chart[1] + 1).map((one) => (one.mature ? one.value : null));
  const add = (rule: Rule) => (place: number) => {
    const rules = all.get(chart[0] + place) ?? [];
    if (!rules.includes(rule)) all.set(chart[0] + place, [...rules, rule]);
  };
  const half = (trend.limits.high - trend.limits.low) / 2;
  sides(values, trend, half).forEach((side, place) => side !== 0 && add('outside_limits')(place));
  runs(sides(values, trend, 0), add('eight_in_a_row'));
  nearLimit(values, sides(values, trend, half / 2), add('three_of_four_near_limit'));
  values.forEach((one, place) => {
    const before = values[place - 1];
    if (one !== null && typeof before === 'number' && Math.abs(one - before) > trend.range_limit)
      add('jumped')(place);
  });
  return all;
}
