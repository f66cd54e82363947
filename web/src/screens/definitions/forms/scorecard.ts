// What definitions name that is chosen among: perspectives, objectives, stages.
import { textOf, type Toml } from '$lib/toml';
import { workspace } from '$lib/workspace.svelte';

export interface Choice {
  value: string;
  label: string;
}

/** The four that hold where a scorecard names none. */
const FOUR: Choice[] = [
  { value: 'financial', label: 'Financial' },
  { value: 'customer', label: 'Customer' },
  { value: 'internal_process', label: 'Internal process' },
  { value: 'learning_growth', label: 'Learning and growth' },
];

const named = (toml: Toml, name: string): Choice[] =>
  toml.entries(name).flatMap((entry) => {
    const value = textOf(entry, 'id');
    return value ? [{ value, label: textOf(entry, 'name') ?? value.replaceAll('_', ' ') }] : [];
  });

export const objectivesOf = (toml: Toml): Choice[] => named(toml, 'objective');

/** Perspectives or stages: those of the file, else those that hold as long as it names none. */
export function inOrder(toml: Toml, name: 'perspective' | 'stage'): Choice[] {
  const own = named(toml, name);
  if (own.length > 0) return own;
  if (name === 'perspective') return FOUR;
  return (workspace.data?.stages ?? []).map((one) => ({ value: one.id, label: one.name }));
}

/** What an id is called. */
export const labelOf = (choices: Choice[], id: string | null): string =>
  choices.find((one) => one.value === id)?.label ?? id ?? '?';
