// What a measure's line is read against: bands and lines of target, floor, natural limits and benchmark.
import { fade, type Tokens } from '$lib/charts/tokens';
import { value } from '$lib/format';
import type { History } from './history';
import { charted } from './signals';

type Area = [{ xAxis?: number; yAxis: number; itemStyle: object }, { xAxis?: number; yAxis: number }];

export interface Bounds {
  min: number;
  max: number;
}

/** Height of the plot and of a label, about, in pixels. */
const PLOT = 290;
const LABEL = 15;

type Span = [number, number];

/** Where natural limits stand on a part of the line only: the first and the last place of it. */
function limited({ readings, trend }: History): Span | null {
  const chart = charted(readings, trend);
  return chart && (chart[0] > 0 || chart[1] < readings.length - 1) ? chart : null;
}

export function areas(history: History, bounds: Bounds, t: Tokens): Area[] {
  const { target, measure, trend } = history;
  const all: Area[] = [];
  const paint = (from: number, to: number, color: string, span: Span | null = null) =>
    all.push([
      { ...(span && { xAxis: span[0] }), yAxis: from, itemStyle: { color } },
      { ...(span && { xAxis: span[1] }), yAxis: to },
    ]);
  if (trend?.limits) paint(trend.limits.low, trend.limits.high, fade(t.ink, 0.05), limited(history));
  if (target?.target_band) paint(target.target_band[0], target.target_band[1], fade(t.on, 0.13));
  const lower = measure.direction === 'lower';
  if (typeof target?.target === 'number')
    paint(target.target, lower ? bounds.min : bounds.max, fade(t.on, 0.1));
  if (typeof target?.floor === 'number')
    paint(target.floor, lower ? bounds.max : bounds.min, fade(t.off, 0.09));
  return all;
}

interface Guide {
  yAxis: number;
  name: string;
  color: string;
  ink: string;
  dash: 'solid' | 'dashed' | 'dotted';
  side: 'start' | 'end';
  /** Drawn over these places only. */
  span?: Span | null;
}

function guides(history: History, t: Tokens): Guide[] {
  const { target, trend, benchmark, measure } = history;
  const all: Guide[] = [];
  const add = (at: number | null | undefined, name: string, rest: Omit<Guide, 'yAxis' | 'name'>) => {
    if (typeof at === 'number') all.push({ yAxis: at, name: `${name} ${value(at, measure.unit)}`, ...rest });
  };
  const quiet = { color: t.lineStrong, ink: t.ink3, side: 'start' as const, span: limited(history) };
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
function nudges(all: Guide[], bounds: Bounds): Map<Guide, number> {
  const moved = new Map<Guide, number>();
  let free = Number.NEGATIVE_INFINITY;
  for (const guide of all.filter((one) => one.side === 'end').sort((a, b) => b.yAxis - a.yAxis)) {
    const y = ((bounds.max - guide.yAxis) / (bounds.max - bounds.min)) * PLOT;
    const at = Math.max(y, free);
    moved.set(guide, at - y);
    free = at + LABEL;
  }
  return moved;
}

export function markLine(history: History, bounds: Bounds, t: Tokens): object {
  const all = guides(history, t);
  const moved = nudges(all, bounds);
  const label = (guide: Guide) => ({
    show: guide.side === 'end' || (!history.narrow && guide.name !== ''),
    position: guide.side === 'start' ? 'insideStartTop' : history.narrow ? 'insideEndTop' : 'end',
    offset: [0, moved.get(guide) ?? 0],
    formatter: guide.name,
    color: guide.ink,
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
    data: all.map((guide) => {
      const { yAxis, span } = guide;
      const looks = {
        lineStyle: { color: guide.color, type: guide.dash, width: 1.2, opacity: 0.9 },
        label: label(guide),
      };
      return span
        ? [{ coord: [span[0], yAxis], ...looks }, { coord: [span[1], yAxis] }]
        : { yAxis, ...looks };
    }),
  };
}
