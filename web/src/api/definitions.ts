// Definition files, their problems, their revisions, and what a change would do.
import type { Status } from './common';
import type { Schemas, Told } from './described';

export type DefinitionProblem = Told<Schemas['DefinitionProblem'], { level: 'error' | 'warning' }>;
export type DefinitionFile = Schemas['DefinitionFile'];
export type Definitions = Told<Schemas['DefinitionFiles'], { problems: DefinitionProblem[] }>;
export type SavedDefinition = Told<Schemas['SavedDefinition'], { problems: DefinitionProblem[] }>;
export type Revision = Schemas['Revision'];

export type PlanReading = Told<Schemas['PlannedScore'], { status: Status | null }>;
export type PlanPeriod = Told<
  Schemas['PlannedPeriod'],
  { before: PlanReading | null; after: PlanReading | null }
>;
export type PlanMeasure = Told<Schemas['PlannedMeasure'], { periods: PlanPeriod[] }>;
/** What the files would change if they were applied. */
export type Plan = Told<Schemas['Plan'], { measures: PlanMeasure[] }>;
