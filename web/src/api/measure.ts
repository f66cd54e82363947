import type { Direction, Grain, Interval, Period, Trust, Unit } from './common';

export interface MeasureInfo {
  id: string;
  name: string;
  plain: string;
  definition: string;
  perspective: string | null;
  stage: string | null;
  role: 'leading' | 'lagging' | null;
  unit: Unit;
  direction: Direction;
  minimum_n: number;
  dimensions: string[];
}

export interface ListedMeasure extends MeasureInfo {
  on_scorecard: boolean;
  shipped: boolean;
}

export interface MeasureList {
  measures: ListedMeasure[];
}

export interface Reading {
  period: Period;
  segment: string | null;
  value: number | null;
  n: number;
  numerator: number | null;
  denominator: number | null;
  interval: Interval | null;
  mature: boolean;
  left_out: number;
  reason: string | null;
}

export interface MeasureAnswer {
  measure: MeasureInfo;
  every: Grain;
  by: string | null;
  as_of: string;
  currency: string;
  trust: Trust | null;
  readings: Reading[];
}

export interface ExplainRecord {
  key: string;
  customer_id: string | null;
  at: string;
  value: number | null;
  unit: string | null;
  numerator: number | null;
  denominator: number | null;
  dimensions: Record<string, string | null>;
  in_numerator: boolean | null;
  in_denominator: boolean | null;
  left_out: string | null;
}

export interface Explanation {
  measure: MeasureInfo;
  reading: Reading;
  calculation: string;
  sql: string | null;
  inputs: { table: string; rows: number; newest_at: string | null; newest_recorded_at: string | null }[];
  records: { rows: ExplainRecord[]; cut_off: boolean } | null;
  parts: { id: string; shift: 'same' | 'previous' | 'year_before'; explanation: Explanation }[];
  trust: Trust | null;
}

export interface Note {
  number: number;
  measure: string;
  at: string;
  text: string;
  who: string | null;
  written_at: string;
}
