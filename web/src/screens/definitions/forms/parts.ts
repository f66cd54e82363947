// Which parts of which file have forms, and the tables each is about.
import type { Toml } from '$lib/toml';

export interface Part {
  id: string;
  label: string;
  tables: string[];
}

export const PARTS: Record<string, Part[]> = {
  'scorecard.toml': [
    { id: 'objectives', label: 'Objectives', tables: ['objective'] },
    { id: 'targets', label: 'Targets', tables: ['target'] },
    { id: 'links', label: 'Links', tables: ['link'] },
    { id: 'perspectives', label: 'Perspectives', tables: ['perspective'] },
  ],
  'journey.toml': [
    { id: 'rules', label: 'Stage rules', tables: ['rule'] },
    { id: 'stages', label: 'Stages', tables: ['stage'] },
  ],
};

/** The part whose table a line stands in. */
export function partOfLine(parts: Part[], toml: Toml, line: number): string | null {
  const holds = (name: string) => toml.entries(name).some((one) => line >= one.line && line <= one.last);
  return parts.find((part) => part.tables.some(holds))?.id ?? null;
}
