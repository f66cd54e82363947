// Measures within objectives, and values as a target writes them.
import { resource, type MeasureList, type Resource } from '$api';
import { textOf, type Field, type Toml } from '$lib/toml';
import { quoted } from '$lib/toml-edit';

/** All measures, as the files have them now. */
export const workingMeasures = (): Resource<MeasureList> =>
  resource(() => ({ path: '/measures', params: { working: true }, plain: true }));

export interface Use {
  /** The list of the objective's measures, and which of them it is. */
  field: Field;
  place: number;
  weight: number | null;
}

/** `"csat"` or `{ id = "csat", weight = 2 }`. */
function told(item: unknown): { id: string; weight: number | null } {
  if (typeof item === 'string') return { id: item, weight: null };
  const { id, weight } = (item ?? {}) as { id?: unknown; weight?: unknown };
  return {
    id: typeof id === 'string' ? id : '',
    weight: typeof weight === 'number' ? weight : null,
  };
}

/** The measures of an objective. */
export const usesOf = (field: Field | undefined): { id: string; weight: number | null }[] =>
  Array.isArray(field?.value) ? (field.value as unknown[]).map(told) : [];

const lists = (toml: Toml): Field[] =>
  toml.entries('objective').flatMap((one) => one.fields.get('measures') ?? []);

/** All measures that objectives use, in the order of the file. */
export const usedMeasures = (toml: Toml): string[] =>
  lists(toml).flatMap((field) => usesOf(field).flatMap((one) => one.id || []));

/** Where the first objective that uses a measure says so. */
export function useOf(toml: Toml, id: string): Use | null {
  for (const field of lists(toml)) {
    const uses = usesOf(field);
    const place = uses.findIndex((one) => one.id === id);
    if (place >= 0) return { field, place, weight: uses[place]?.weight ?? null };
  }
  return null;
}

/** The line of a measure's first target, counted from 1. */
export const targetLine = (toml: Toml, measure: string): number | null =>
  toml.entries('target').find((one) => textOf(one, 'measure') === measure)?.line ?? null;

/** A number as it is, anything else as text: 40, "85%", "4h". */
export function valueText(typed: string): string {
  const plain = typed.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2');
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : quoted(typed.trim());
}
