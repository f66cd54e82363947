// The picture of a measure's history: line, intervals, target and floor, natural limits, signals, notes.
import type { Benchmark, MeasureInfo, Note, Reading, Target, Trend } from '$api';
import { axis, fade, type Tokens } from '$lib/charts/tokens';
import { count, day, interval, period as periodName, value } from '$lib/format';
import { RULES } from '$lib/words';
import { areas, markLine, type Bounds } from './guides';
import { signals, type Rule } from './signals';

export interface History {
  measure: MeasureInfo;
  readings: Reading[];
  target: Target | null;
  trend: Trend | null;
  benchmark: Benchmark | null;
  notes: Note[];
  /** Label of the period that is looked at. */
  at: string | null;
  /** Little room: fewer words in the picture. */
  narrow: boolean;
}

/** Places of readings with notes, and which. */
export function notesAt(readings: Reading[], notes: Note[]): Map<number, Note[]> {
  const found = new Map<number, Note[]>();
  for (const note of notes) {
    const instant = `${note.at}T12:00:00Z`;
    const place = readings.findIndex((one) => one.period.start <= instant && instant < one.period.end);
    if (place >= 0) found.set(place, [...(found.get(place) ?? []), note]);
  }
  return found;
}

interface Api {
  value: (of: number) => number;
  coord: (at: [number, number]) => [number, number];
}

/** Whiskers: how sure each value is. */
function whiskers(readings: Reading[], t: Tokens): object {
  const data = readings.flatMap((one, place) =>
    one.interval ? [[place, one.interval.low, one.interval.high]] : [],
  );
  const stroke = { stroke: fade(t.ink, 0.32), lineWidth: 1.4, fill: 'none' };
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 2,
    data,
    encode: { x: 0, y: [1, 2] },
    renderItem: (_: unknown, api: Api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: stroke,
      });
      const cap = 3;
      return {
        type: 'group',
        children: [
          line(x, low, x, high),
          line(x - cap, low, x + cap, low),
          line(x - cap, high, x + cap, high),
        ],
      };
    },
  };
}

function extent(history: History): Bounds {
  const { readings, target, trend, benchmark } = history;
  const all: (number | null | undefined)[] = readings.map((one) => one.value);
  // The interval of a handful of cases would press everything else flat; its whisker is cut instead.
  const sure = readings.filter((one) => one.n >= history.measure.minimum_n);
  all.push(...sure.flatMap((one) => (one.interval ? [one.interval.low, one.interval.high] : [])));
  all.push(target?.target, target?.floor, ...(target?.target_band ?? []));
  all.push(trend?.limits?.low, trend?.limits?.high, benchmark?.value);
  const known = all.filter((one): one is number => typeof one === 'number' && Number.isFinite(one));
  if (known.length === 0) return { min: 0, max: 1 };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  // Shares, money and times do not go below zero, so neither does their axis.
  const signless = known.every((one) => one >= 0);
  return { min: signless ? Math.max(0, low - room) : low - room, max: high + room };
}

function tip(history: History, marks: Map<number, Note[]>, place: number): string {
  const { measure, readings } = history;
  const one = readings[place];
  if (!one) return '';
  const lines = [periodName(one.period), value(one.value, measure.unit)];
  if (one.interval) lines.push(`95 % interval ${interval(one.interval, measure.unit)}`);
  lines.push(`n ${count(one.n)}`);
  for (const rule of signals(readings, history.trend).get(place) ?? [])
    lines.push(`◆ signal: ${RULES[rule]}`);
  if (!one.mature) lines.push('too early: outcomes can still change it');
  if (one.reason) lines.push(one.reason);
  for (const note of marks.get(place) ?? []) lines.push(`✎ ${day(note.at)}: ${note.text.slice(0, 60)}`);
  return lines.join('\n');
}

/** A value that is a signal by itself is larger than one that is a signal among others; 0 for any other. */
function sizeOf(chosen: boolean, rules: Rule[] = []): number {
  if (rules.includes('outside_limits') || rules.includes('jumped')) return chosen ? 15 : 13;
  return rules.length > 0 || chosen ? 11 : 0;
}

function lines(history: History, bounds: Bounds, t: Tokens): object[] {
  const { readings, at, trend } = history;
  const found = signals(readings, trend);
  const firm = readings.map((one) => (one.mature ? one.value : null));
  const open = readings.map((one, place) => {
    const beside = !one.mature || readings[place + 1]?.mature === false;
    return beside ? one.value : null;
  });
  const point = (value: number | null, place: number) => ({
    value,
    symbol: found.has(place) ? 'diamond' : 'circle',
    symbolSize: sizeOf(readings[place].period.label === at, found.get(place)) || (history.narrow ? 4 : 6),
    itemStyle: {
      color: found.has(place) ? t.accent : t.ink,
      borderColor: t.surface,
      borderWidth: readings[place].period.label === at ? 2 : 1,
    },
  });
  const shared = { type: 'line', z: 4, connectNulls: false, showSymbol: true, showAllSymbol: true };
  return [
    {
      ...shared,
      id: 'values',
      data: firm.map(point),
      lineStyle: { color: t.ink, width: 2 },
      markArea: { silent: true, data: areas(history, bounds, t) },
      markLine: markLine(history, bounds, t),
    },
    {
      ...shared,
      id: 'open',
      z: 3,
      data: open.map((value) => ({ value, symbolSize: 7 })),
      symbol: 'circle',
      itemStyle: { color: t.surface, borderColor: t.ink2, borderWidth: 1.5 },
      lineStyle: { color: t.ink2, width: 1.6, type: 'dashed' },
    },
  ];
}

export function historyOption(history: History, t: Tokens): object {
  const { readings, measure, notes } = history;
  const marks = notesAt(readings, notes);
  const bounds = extent(history);
  return {
    grid: {
      left: 4,
      right: history.narrow ? 8 : 106,
      top: marks.size > 0 ? 30 : 16,
      bottom: 4,
      containLabel: true,
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: t.lineStrong, width: 1 } },
      formatter: (hits: { dataIndex: number }[]) => tip(history, marks, hits[0]?.dataIndex ?? -1),
    },
    xAxis: {
      ...axis(t),
      type: 'category',
      data: readings.map((one) => periodName(one.period, true)),
      boundaryGap: true,
    },
    yAxis: {
      ...axis(t),
      type: 'value',
      scale: true,
      ...bounds,
      axisLabel: {
        color: t.ink2,
        showMinLabel: bounds.min === 0,
        showMaxLabel: false,
        formatter: (of: number) => value(of, measure.unit),
      },
    },
    series: [
      ...lines(history, bounds, t),
      whiskers(readings, t),
      {
        id: 'notes',
        type: 'scatter',
        silent: false,
        symbol: 'pin',
        symbolSize: 26,
        z: 6,
        clip: false,
        itemStyle: { color: t.accent },
        label: { show: true, color: t.surface, fontSize: 11, fontWeight: 'bold', formatter: '{@[2]}' },
        data: [...marks].map(([place, all]) => [place, bounds.max, all.length]),
      },
    ],
  };
}
