// The rules of attribution, what they do.
import type { Rule } from '$api';

export type Amount = 'conversions' | 'value';

export const MARKS: { rule: Rule; label: string; plain: string }[] = [
  { rule: 'first', label: 'First', plain: 'All to the first touch.' },
  { rule: 'last', label: 'Last', plain: 'All to the last touch before the order.' },
  { rule: 'linear', label: 'Linear', plain: 'Equal parts to every touch.' },
  {
    rule: 'position',
    label: 'Position',

    plain: '40 % to the first, 40 % to the last, the rest in equal parts to those between.',
  },
  { rule: 'time_decay', label: 'Decay', plain: 'The nearer to the order, the more.' },
  {
    rule: 'markov',
    label: 'Markov',

    plain: 'By what a chain model of all paths would lose without the channel.',
  },
];
