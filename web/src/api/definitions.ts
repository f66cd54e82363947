// Definition files, their problems, their revisions, and what a change would do.
import type { Status } from './common';

export interface DefinitionProblem {
  level: 'error' | 'warning';
  file: string;
  line: number;
  column: number;
  message: string;
  hint: string | null;
}

export interface DefinitionFile {
  path: string;
  text: string;
  /** Names the text; saving says which one it was made from. */
  etag?: string;
}

export interface Definitions {
  files: DefinitionFile[];
  problems: DefinitionProblem[];
  revision: number | null;
  changed: boolean;
}

export interface SavedDefinition {
  path: string;
  etag?: string;
  problems?: DefinitionProblem[];
}

export interface Revision {
  number: number;
  content: string;
  at: string;
  who: string;
  why: string;
  from: string;
}

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
