// Sources, imports, rejects.

export interface Source {
  source: string;
  table: string;
  rows: number;
  first: string | null;
  last: string | null;
  recorded: string | null;
  age_seconds: number | null;
  rhythm_seconds: number | null;
  stale: boolean | null;
  lateness_seconds: number | null;
  completeness: number | null;
  validity: number | null;
  uniqueness: number | null;
}

export interface Sources {
  now: string;
  sources: Source[];
}

export interface Reject {
  reject_id: string;
  import_id: string;
  file: string;
  line: number;
  layout: string | null;
  table: string | null;
  column: string | null;
  reason: string;
  original: string;
  replayed_at: string | null;
}

export interface Rejects {
  rejects: Reject[];
  more: boolean;
}

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

/** A file that has arrived and is not imported yet. */
export interface Upload {
  upload: string;
  name: string;
  bytes: number;
}

/** What a file that was dropped looks like, and which layout reads it. */
export interface Preview {
  layout: string | null;
  input: string | null;
  /** Why it would not be read. */
  problem?: string | null;
  columns: string[];
  rows: (string | null)[][];
  suggestion: string | null;
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

export interface SqlAnswer {
  columns: { name: string; kind: string }[];
  rows: (string | number | boolean | null)[][];
  cut_off: boolean;
}
