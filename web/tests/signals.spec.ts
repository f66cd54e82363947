// Signals are told by the server of the latest value and by the page of all: both must say the same.
import type { MeasureAnswer, Reading } from '../src/api/measure.ts';
import type { Scorecard, Trend } from '../src/api/scorecard.ts';
import { signals } from '../src/screens/measure/signals.ts';
import { expect, test } from './helpers.ts';

const reading = (value: number | null, place: number): Reading =>
  ({ value, mature: true, period: { label: `p${place}` } }) as Reading;

/** A chart with the mean 0 and limits at ±6 around values. */
function marks(values: (number | null)[]): Record<number, string[]> {
  const limits = { low: -6, high: 6 };
  const latest = `p${values.length - 1}`;
  const trend = { latest, mean: 0, limits, range_limit: 7.5 } as Trend;
  return Object.fromEntries(signals(values.map(reading), trend));
}

test('a value beyond a limit, and a change beyond the usual, are signals', () => {
  expect(marks([1, -1, 6.5, 2, -1])).toEqual({ 2: ['outside_limits'] });
  expect(marks([1, 4, -4, 1])).toEqual({ 2: ['jumped'] });
});

test('eight in a row on one side are a signal; a gap and the mean itself break the row', () => {
  const run = [1, 2, 1, 2, 1, 2, 1, 2];
  expect(Object.keys(marks([-1, ...run, -1]))).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  expect(marks([-1, ...run.slice(1), -1])).toEqual({});
  expect(marks([...run.slice(0, 4), null, ...run.slice(4)])).toEqual({});
  expect(marks([...run.slice(0, 4), 0, ...run.slice(4)])).toEqual({});
});

test('three of four nearer to a limit than to the middle are a signal', () => {
  const rule = ['three_of_four_near_limit'];
  expect(marks([1, 4, 4, 1, 4])).toEqual({ 1: rule, 2: rule, 4: rule });
  expect(marks([1, 4, 4, 1, 1, 4])).toEqual({});
});

test('only settled values up to the one that is judged are charted', () => {
  const values = [9, ...Array.from({ length: 24 }, (_, place) => (place % 2 ? 1 : -1)), 9].map(reading);
  const trend = { latest: 'p24', mean: 0, limits: { low: -6, high: 6 }, range_limit: 7.5 } as Trend;
  expect(signals(values, trend).size).toBe(0);
  expect(signals(values, null).size).toBe(0);
});

test('of the latest value the page says what the server says', async ({ request }) => {
  const card = (await (await request.get('/api/v1/scorecard')).json()) as Scorecard;
  const measures = card.perspectives.flatMap((one) => one.objectives).flatMap((one) => one.measures);
  let told = 0;
  for (const { id, trend } of measures.filter((one) => one.trend)) {
    if (!trend) continue;
    const { readings } = (await (await request.get(`/api/v1/measures/${id}`)).json()) as MeasureAnswer;
    const place = readings.findIndex((one) => one.period.label === trend.latest);
    const rules = signals(readings, trend).get(place) ?? [];
    const expected = [...trend.signals.map((one) => one.rule), ...(trend.jumped ? ['jumped'] : [])];
    expect([...rules].sort(), id).toEqual(expected.sort());
    told += expected.length;
  }
  expect(told).toBeGreaterThan(0);
});
