// Definition files, their problems, their revisions, and what a change would do.
import type { Status } from './common';
import type { Schemas, Told } from './described';

export type DefinitionProblem = Told<Schemas['DefinitionProblem'], { level: 'error' | 'warning' }>;
export type DefinitionFile = Schemas['DefinitionFile'];
export type Definitions = Told<Schemas['DefinitionFiles'], { problems: DefinitionProblem[] }>;
export type SavedDefinition = Told<Schemas['SavedDefinition'], { problems: DefinitionProblem[] }>;
export type Revision = Schemas['Revision'];

export interface PlanReading {
  value: number | null;
  n: number | null;
  score: number | null;
  status: Status | null;
  counted: boolean;
}

export interface PlanMeasure {
  id: string;
  name: string;
  unit: string;
  edits: string[];
  changes: boolean;
  periods: { before: PlanReading | null; after: PlanReading | null }[];
}

/** What the files would change if they were applied. */
export interface Plan {
  periods: { label: string }[];
  other: string[];
  whole: { before: number | null; after: number | null }[];
  measures: PlanMeasure[];
}
