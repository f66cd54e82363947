// The rules of attribution, their signs in pictures and what they do.
import type { Rule } from '$api';

export type Amount = 'conversions' | 'value';

export const MARKS: { rule: Rule; label: string; sign: string; plain: string }[] = [
  { rule: 'first', label: 'First', sign: '◀', plain: 'All to the first touch.' },
  { rule: 'last', label: 'Last', sign: '▶', plain: 'All to the last touch before the order.' },
  { rule: 'linear', label: 'Linear', sign: '●', plain: 'Equal parts to every touch.' },
  {
    rule: 'position',
    label: 'Position',
    sign: '◆',
    plain: '40 % to the first, 40 % to the last, the rest in equal parts to those between.',
  },
  { rule: 'time_decay', label: 'Decay', sign: '▼', plain: 'The nearer to the order, the more.' },
  {
    rule: 'markov',
    label: 'Markov',
    sign: '✚',
    plain: 'By what a chain model of all paths would lose without the channel.',
  },
];
