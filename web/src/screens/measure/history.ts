// The picture of a measure's history: line, intervals, target and floor, natural limits, signals, notes.
import type { Benchmark, MeasureInfo, Note, Reading, Target, Trend } from '$api';
import { axis, fade, type Tokens } from '$lib/charts/tokens';
import { day, interval, period as periodName, value } from '$lib/format';

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

type Area = [{ yAxis: number; itemStyle: object }, { yAxis: number }];

interface Bounds {
  min: number;
  max: number;
}

/** Height of the plot and of a label, about, in pixels. */
const PLOT = 290;
const LABEL = 15;

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

function areas({ target, measure, trend }: History, bounds: Bounds, t: Tokens): Area[] {
  const all: Area[] = [];
  const paint = (from: number, to: number, color: string) =>
    all.push([{ yAxis: from, itemStyle: { color } }, { yAxis: to }]);
  if (trend?.limits) paint(trend.limits.low, trend.limits.high, fade(t.ink, 0.05));
  if (target?.target_band) paint(target.target_band[0], target.target_band[1], fade(t.on, 0.13));
  const lower = measure.direction === 'lower';
  if (typeof target?.target === 'number')
    paint(target.target, lower ? bounds.min : bounds.max, fade(t.on, 0.1));
  if (typeof target?.floor === 'number')
    paint(target.floor, lower ? bounds.max : bounds.min, fade(t.off, 0.09));
  return all;
}

interface Rule {
  yAxis: number;
  name: string;
  color: string;
  ink: string;
  dash: 'solid' | 'dashed' | 'dotted';
  side: 'start' | 'end';
}

function rules({ target, trend, benchmark, measure }: History, t: Tokens): Rule[] {
  const all: Rule[] = [];
  const add = (at: number | null | undefined, name: string, rest: Omit<Rule, 'yAxis' | 'name'>) => {
    if (typeof at === 'number') all.push({ yAxis: at, name: `${name} ${value(at, measure.unit)}`, ...rest });
  };
  const quiet = { color: t.lineStrong, ink: t.ink3, side: 'start' as const };
  add(target?.target, 'target', { color: t.on, ink: t.ink, dash: 'solid', side: 'end' });
  add(target?.floor, 'floor', { color: t.off, ink: t.ink, dash: 'solid', side: 'end' });
  add(target?.target_band?.[0], 'target from', { color: t.on, ink: t.ink, dash: 'solid', side: 'end' });
  add(target?.target_band?.[1], 'target to', { color: t.on, ink: t.ink, dash: 'solid', side: 'end' });
  add(trend?.limits?.high, 'natural limit', { ...quiet, dash: 'dashed' });
  add(trend?.limits?.low, 'natural limit', { ...quiet, dash: 'dashed' });
  if (typeof trend?.mean === 'number') all.push({ yAxis: trend.mean, name: '', ...quiet, dash: 'dotted' });
  add(benchmark?.value, 'benchmark', { color: t.accent, ink: t.accent, dash: 'dotted', side: 'end' });
  return all;
}

/** How far each label at the end is moved, so that none stands on another: from the top one downwards. */
function nudges(all: Rule[], bounds: Bounds): Map<Rule, number> {
  const moved = new Map<Rule, number>();
  let free = Number.NEGATIVE_INFINITY;
  for (const rule of all.filter((one) => one.side === 'end').sort((a, b) => b.yAxis - a.yAxis)) {
    const y = ((bounds.max - rule.yAxis) / (bounds.max - bounds.min)) * PLOT;
    const at = Math.max(y, free);
    moved.set(rule, at - y);
    free = at + LABEL;
  }
  return moved;
}

function markLine(history: History, bounds: Bounds, t: Tokens): object {
  const all = rules(history, t);
  const moved = nudges(all, bounds);
  const label = (rule: Rule) => ({
    show: rule.side === 'end' || (!history.narrow && rule.name !== ''),
    position: rule.side === 'start' ? 'insideStartTop' : history.narrow ? 'insideEndTop' : 'end',
    offset: [0, moved.get(rule) ?? 0],
    formatter: rule.name,
    color: rule.ink,
    fontSize: 11,
    padding: [0, 2],
    textBorderColor: t.surface,
    textBorderWidth: 3,
  });
  return {
    silent: true,
    symbol: 'none',
    // Without it places are rounded to hundredths, and a share of 6.5 % would be drawn at 7 %.
    precision: 12,
    data: all.map((rule) => ({
      yAxis: rule.yAxis,
      lineStyle: { color: rule.color, type: rule.dash, width: 1.2, opacity: 0.9 },
      label: label(rule),
    })),
  };
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

/** Indices of points that are signals by the natural limits. */
export function outside(readings: Reading[], trend: Trend | null): Set<number> {
  const limits = trend?.limits;
  const found = new Set<number>();
  if (!limits) return found;
  readings.forEach((one, place) => {
    if (one.mature && one.value !== null && (one.value < limits.low || one.value > limits.high))
      found.add(place);
  });
  return found;
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
  lines.push(`n ${one.n.toLocaleString()}`);
  if (!one.mature) lines.push('too early: outcomes can still change it');
  if (one.reason) lines.push(one.reason);
  for (const note of marks.get(place) ?? []) lines.push(`✎ ${day(note.at)}: ${note.text.slice(0, 60)}`);
  return lines.join('\n');
}

function lines(history: History, bounds: Bounds, t: Tokens): object[] {
  const { readings, at, trend } = history;
  const signals = outside(readings, trend);
  const firm = readings.map((one) => (one.mature ? one.value : null));
  const open = readings.map((one, place) => {
    const beside = !one.mature || readings[place + 1]?.mature === false;
    return beside ? one.value : null;
  });
  const point = (value: number | null, place: number) => ({
    value,
    symbol: signals.has(place) ? 'diamond' : 'circle',
    symbolSize: readings[place].period.label === at ? 11 : signals.has(place) ? 12 : 6,
    itemStyle: {
      color: signals.has(place) ? t.accent : t.ink,
      borderColor: t.surface,
      borderWidth: readings[place].period.label === at ? 2 : 1,
    },
  });
  const shared = { type: 'line', z: 4, connectNulls: false, showSymbol: true };
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
