// What scorecard.toml says of itself: its perspectives and objectives, as choices.
import { textOf, type Toml } from '$lib/toml';

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

export function perspectivesOf(toml: Toml): Choice[] {
  const own = named(toml, 'perspective');
  return own.length > 0 ? own : FOUR;
}

export const objectivesOf = (toml: Toml): Choice[] => named(toml, 'objective');
export const stagesOf = (toml: Toml): Choice[] => named(toml, 'stage');
