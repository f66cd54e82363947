// Measures, their readings, and where a reading comes from.
import type { Direction, Grain, Period, Unit } from './common';
import type { Schemas, Told } from './described';

type InfoWords = { role: 'leading' | 'lagging'; unit: Unit; direction: Direction };

export type MeasureInfo = Told<Schemas['Measure'], InfoWords>;
export type ListedMeasure = Told<Schemas['MeasureListed'], InfoWords>;
export type MeasureList = Told<Schemas['MeasureList'], { measures: ListedMeasure[] }>;
export type Reading = Told<Schemas['Reading'], { period: Period }>;
export type MeasureAnswer = Told<
  Schemas['MeasureReadings'],
  { measure: MeasureInfo; every: Grain; readings: Reading[] }
>;

export type MovedPart = Told<Schemas['MovedPart'], { shift: 'same' | 'previous' | 'year_before' | null }>;
export type MovedSplit = Told<
  Schemas['MovedSplit'],
  { way: 'mix_and_rate' | 'differences' | 'replacement' | 'inputs'; parts: MovedPart[] }
>;
export type MeasureMoved = Told<
  Schemas['MeasureMoved'],
  {
    measure: MeasureInfo;
    before: Period;
    now: Period;
    told: Reading | null;
    reading_before: Reading;
    reading_now: Reading;
    splits: MovedSplit[];
  }
>;

export type ExplainRecord = Schemas['ExplanationRecord'];

/** What is part of a formula; only the measure that was asked for is told with how far it can be trusted. */
export interface ExplainedPart extends Omit<Schemas['Explanation'], 'measure' | 'reading' | 'parts'> {
  measure: MeasureInfo;
  reading: Reading;
  parts: { id: string; shift: 'same' | 'previous' | 'year_before'; explanation: ExplainedPart }[];
}

export type Explanation = ExplainedPart & Pick<Schemas['ExplanationWithTrust'], 'trust'>;

export type Note = Schemas['Note'];
export type NoteList = Schemas['Notes'];
