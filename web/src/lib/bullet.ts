// Where things stand on a bullet bar. On every bar the floor and the target have the same place, and right is better,
// so that bars under each other can be compared at a glance whatever their units are.
import type { Judged, Target } from '$api/scorecard';

/** Places on a bar 0 to 1. */
export const FLOOR = 0.16;
export const TARGET = 0.76;

export interface BulletPlaces {
  /** Bar from the floor to the value; `cut` where the value lies beyond the end. */
  value: number;
  cut: 'low' | 'high' | null;
  low: number | null;
  high: number | null;
  before: number | null;
  close: number;
  band: [number, number] | null;
}

const clamp = (x: number) => Math.min(1, Math.max(0, x));

function line(target: Target): ((value: number) => number) | null {
  const { target: goal, floor } = target;
  if (goal === null || floor === null || goal === floor) return null;
  return (value) => FLOOR + ((value - floor) / (goal - floor)) * (TARGET - FLOOR);
}

function banded(target: Target): ((value: number) => number) | null {
  const inner = target.target_band;
  if (!inner) return null;
  const outer = target.floor_band ?? [inner[0] - (inner[1] - inner[0]), inner[1] + (inner[1] - inner[0])];
  const width = outer[1] - outer[0];
  return width > 0 ? (value) => 0.08 + ((value - outer[0]) / width) * 0.84 : null;
}

/** Places of a judged value, or null where there is no target or no value to show. */
export function places(now: Judged, before: number | null, closeFrom: number): BulletPlaces | null {
  if (!now.target || now.value === null) return null;
  const band = now.target.target_band;
  const scale = line(now.target) ?? banded(now.target);
  if (!scale) return null;
  const raw = scale(now.value);
  const ends = now.interval
    ? [scale(now.interval.low), scale(now.interval.high)].sort((a, b) => a - b)
    : null;
  return {
    value: clamp(raw),
    cut: raw < 0 ? 'low' : raw > 1 ? 'high' : null,
    low: ends ? clamp(ends[0]) : null,
    high: ends ? clamp(ends[1]) : null,
    before: before === null ? null : clamp(scale(before)),
    close: FLOOR + (closeFrom / 100) * (TARGET - FLOOR),
    band: band ? [scale(band[0]), scale(band[1])] : null,
  };
}
