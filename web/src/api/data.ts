// Sources, imports, rejects.
import type { Schemas, Told } from './described';

export type Source = Schemas['Source'];
export type Sources = Schemas['Sources'];
export type Reject = Schemas['Reject'];
export type Rejects = Schemas['Rejects'];
/** Rows as they stood in their files, to be mended and sent back. */
export type RejectTexts = Schemas['RejectTexts'];

/** A file that has arrived and is not imported yet. */
export type Upload = Schemas['Uploaded'];
/** What a file that was dropped looks like, and which layout reads it. */
export type Preview = Schemas['UploadPreview'];

export type SqlAnswer = Told<Schemas['SqlAnswer'], { rows: (string | number | boolean | null)[][] }>;

// What jobs result in differs by kind, so the description leaves it open; docs/commands.md tells it.

export interface ReplayReport {
  replayed: number;
  known: number;
  open: {
    reject_id: string;
    path: string;
    line: number;
    table: string | null;
    column: string | null;
    reason: string;
  }[];
  import: ImportReport | null;
}

export interface ImportReport {
  import_id: string;
  dry_run: boolean;
  files: { file: string; layout: string; input: string; rows_read: number; rows_rejected: number }[];
  tables: {
    table: string;
    staged: number;
    added: number | null;
    corrected: number | null;
    unchanged: number | null;
    repeated: number | null;
    stale: number | null;
    superseded: number | null;
    withdrawn: number | null;
  }[];
  rejected: number;
  examples: {
    file: string;
    line: number;
    table: string | null;
    column: string | null;
    reason: string;
    original: string;
  }[];
  notes: string[];
}
