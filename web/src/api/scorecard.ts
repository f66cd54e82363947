import type { Direction, Interval, Period, Status, Trust, Unit } from './common';

export interface Result {
  score: number | null;
  interval: Interval | null;
  status: Status;
  coverage: number;
  score_before: number | null;
  measures_scored: number;
  measures: number;
}

export interface Target {
  target: number | null;
  floor: number | null;
  target_band: [number, number] | null;
  floor_band: [number, number] | null;
  formula: string | null;
  baseline: number | null;
  reason: string | null;
}

export interface Judged {
  value: number | null;
  n: number;
  minimum_n: number;
  numerator: number | null;
  denominator: number | null;
  interval: Interval | null;
  mature: boolean;
  left_out: number;
  target: Target | null;
  score: number | null;
  score_interval: Interval | null;
  status: Status | null;
  counted: boolean;
  progress: number | null;
  reason: string | null;
}

export interface Benchmark {
  value: number | null;
  source: string;
  date: string | null;
  sample: number | null;
  series: string | null;
  reason: string | null;
}

export interface TrendSignal {
  rule: 'outside_limits' | 'eight_in_a_row' | 'three_of_four_near_limit';
  side: 'above' | 'below';
  better: boolean | null;
}

export interface Trend {
  verdict: 'signal' | 'noise' | 'provisional';
  periods: number;
  latest: string | null;
  mean: number | null;
  limits: Interval | null;
  range_limit: number | null;
  jumped: boolean | null;
  crossed: boolean | null;
  signals: TrendSignal[];
}

export interface Point {
  period: string;
  value: number | null;
  n: number;
  mature: boolean;
}

export interface ScoredMeasure {
  id: string;
  name: string;
  plain: string;
  stage: string | null;
  role: 'leading' | 'lagging' | null;
  unit: Unit;
  direction: Direction;
  owner: string | null;
  weight: number;
  share_of_whole: number;
  now: Judged;
  before: Judged | null;
  value_year_before: number | null;
  benchmarks: Benchmark[];
  trend: Trend | null;
  history: Point[];
  segments: { dimension: string; segment: string; now: Judged }[];
  trust: Trust | null;
}

export interface Objective {
  id: string;
  name: string;
  owner: string | null;
  weight: number;
  result: Result;
  measures: ScoredMeasure[];
}

export interface Perspective {
  id: string;
  name: string;
  weight: number;
  result: Result;
  objectives: Objective[];
}

export interface GridRow {
  stage: string;
  name: string;
  cells: { perspective: string; measures: string[]; result: Result }[];
}

export interface Move {
  measure: string;
  name: string;
  kind: 'changed' | 'appeared' | 'disappeared';
  value_before: number | null;
  value_now: number | null;
  score_before: number | null;
  score_now: number | null;
  share_before: number;
  share_now: number;
  contribution: number;
  more_than_noise: boolean | null;
  by_chart: boolean | null;
  by_interval: boolean | null;
  sentence: string;
}

export interface Scorecard {
  name: string;
  headline: string;
  vision: string | null;
  period: Period;
  previous: Period | null;
  why_this_period: string | null;
  as_of: string;
  zone: string;
  currency: string;
  close_from: number;
  whole: Result;
  perspectives: Perspective[];
  grid: GridRow[];
  moves: Move[];
}

export interface MapObjective {
  id: string;
  name: string;
  perspective: string;
  owner: string | null;
}

export interface MapLink {
  cause: string;
  effect: string;
  unit: string | null;
  lag_seconds: number | null;
  confounders: string[];
}

export interface Initiative {
  id: string;
  name: string;
  objective: string;
  owner: string | null;
  budget: string | number | null;
  from: string | null;
  until: string | null;
  status: string | null;
}

export interface StrategyMap {
  vision: string | null;
  objectives: MapObjective[];
  links: MapLink[];
  initiatives: Initiative[];
}
