// The scorecard and the strategy map.
import type { Direction, Period, Status, Unit } from './common';
import type { Schemas, Told } from './described';

export type Result = Told<Schemas['RollUp'], { status: Status }>;
export type Target = Told<
  Schemas['Target'],
  { target_band: [number, number] | null; floor_band: [number, number] | null }
>;
export type Judged = Told<Schemas['Assessment'], { status: Status | null; target: Target | null }>;
export type Benchmark = Schemas['Benchmark'];

export type TrendSignal = Told<
  Schemas['TrendSignal'],
  {
    rule: 'outside_limits' | 'eight_in_a_row' | 'three_of_four_near_limit';
    side: 'above' | 'below';
  }
>;
export type Trend = Told<
  Schemas['Trend'],
  { verdict: 'signal' | 'noise' | 'provisional'; signals: TrendSignal[] }
>;
export type Point = Schemas['HistoryPoint'];
export type Segment = Told<Schemas['ScorecardSegment'], { now: Judged }>;

export type ScoredMeasure = Told<
  Schemas['ScorecardMeasure'],
  {
    role: 'leading' | 'lagging';
    unit: Unit;
    direction: Direction;
    now: Judged;
    before: Judged;
    trend: Trend | null;
    segments: Segment[];
  }
>;
export type Objective = Told<Schemas['ScorecardObjective'], { result: Result; measures: ScoredMeasure[] }>;
export type Perspective = Told<Schemas['ScorecardPerspective'], { result: Result; objectives: Objective[] }>;

export type GridCell = Told<Schemas['GridCell'], { result: Result }>;
export type GridRow = Told<Schemas['GridRow'], { cells: GridCell[] }>;
export type Move = Told<Schemas['Move'], { kind: 'changed' | 'appeared' | 'disappeared' }>;

export type Scorecard = Told<
  Schemas['Scorecard'],
  {
    period: Period;
    previous: Period;
    whole: Result;
    perspectives: Perspective[];
    grid: GridRow[];
    moves: Move[];
  }
>;

export type ScorecardMoved = Told<Schemas['ScorecardMoved'], { before: Period; now: Period }>;

export type MapObjective = Schemas['MapObjective'];
export type MapLink = Schemas['MapLink'];
export type Initiative = Schemas['MapInitiative'];
export type StrategyMap = Schemas['StrategyMap'];
