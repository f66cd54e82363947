// The way from one period's value to another's, step by step: what stands where, and as a picture to keep.
import type { Direction, MeasureMoved, MovedSplit } from '$api';
import { tokens } from '$lib/charts/tokens';
import { day, difference, period as periodName, plural, share, value } from '$lib/format';
import { href, hrefWith } from '$lib/route.svelte';
import type { FigureTable } from '$ui/Figure.svelte';
import { escape, wrap, type Picture } from '../journey/lib/picture';

/** Parts of what happened that are drawn; the others are drawn together. */
const DRAWN = 8;

export interface Step {
  name: string;
  /** A quiet word on it. */
  note: string;
  /** Where it begins and ends on the scale of the measure; a value is where it ends. */
  from: number;
  to: number;
  isValue: boolean;
  text: string;
  /** Where it leads. */
  href?: string;
  /** For the better, for the worse, or neither. */
  tone: 'better' | 'worse' | 'even';
}

interface Change {
  name: string;
  note?: string;
  by: number | null;
  href?: string;
}

function tone(by: number, direction: Direction): Step['tone'] {
  if (by === 0 || direction === 'band') return 'even';
  return by > 0 === (direction === 'higher') ? 'better' : 'worse';
}

/** What an input of a formula is called: `previous(orders)`. */
const inputName = (name: string, shift: string | null) =>
  shift === null || shift === 'same' ? name : `${shift}(${name})`;

function late(moved: MeasureMoved): string {
  const { rows } = moved.late;
  if (!rows) return '';
  const told = [
    rows.came > 0 && `${plural(rows.came, 'row')} came late`,
    rows.corrected > 0 && `${rows.corrected} corrected`,
    rows.gone > 0 && `${rows.gone} withdrawn`,
  ];
  return told.filter(Boolean).join(', ');
}

function edited(moved: MeasureMoved): string {
  const { measures, other } = moved.definitions;
  return [...measures.map((one) => one.id), ...other].join(', ');
}

function parts(moved: MeasureMoved, split: MovedSplit | null): Change[] {
  if (!split || split.reason) return [{ name: 'What happened', by: moved.happened }];
  const { unit } = moved.measure;
  const all = split.parts.map((one): Change => {
    const values =
      split.way === 'inputs' ? '' : `${value(one.value_before, unit)} → ${value(one.value_now, unit)}`;
    const shares = `share ${share(one.share_before)} → ${share(one.share_now)}`;
    const note =
      one.mix === null || one.rate === null
        ? values
        : `${shares} (mix ${difference(one.mix, unit)}), value ${values} (within ${difference(one.rate, unit)})`;
    const to =
      split.dimension === null
        ? href(`/measures/${encodeURIComponent(one.name)}`)
        : `${hrefWith({ segment: `${split.dimension}=${one.name}` })}#rows`;
    return { name: inputName(one.name, one.shift), note, by: one.contribution, href: to };
  });
  const drawn = all.slice(0, DRAWN);
  const others = all.slice(DRAWN);
  const count = others.length + (split.rest?.values ?? 0);
  if (count > 0) {
    const by = others.reduce((sum, one) => sum + (one.by ?? 0), split.rest?.contribution ?? 0);
    drawn.push({ name: plural(count, 'other'), by });
  }
  if (split.overlap) drawn.push({ name: 'Counted in several', by: split.overlap });
  return drawn;
}

/** From the value that was told to the value of now. */
export function stepsOf(moved: MeasureMoved, split: MovedSplit | null): Step[] {
  const { unit, direction } = moved.measure;
  if (moved.start === null || moved.reading_now.value === null) return [];
  const told = moved.told?.value === moved.start;
  const before = periodName(moved.before);
  const at = (name: string, note: string, amount: number): Step => ({
    name,
    note,
    from: amount,
    to: amount,
    isValue: true,
    text: value(amount, unit),
    tone: 'even',
  });
  const steps = [at(before, told ? `as known on ${day(moved.known_at)}` : 'as known now', moved.start)];
  let level = moved.start;
  const causes: Change[] = [
    { name: 'Changed definitions', note: edited(moved), by: moved.definitions.contribution || null },
    { name: 'Late data', note: late(moved), by: moved.late.contribution || null },
    ...parts(moved, split),
  ];
  for (const { name, note = '', by, href: to } of causes) {
    if (by === null) continue;
    steps.push({
      name,
      note,
      from: level,
      to: level + by,
      isValue: false,
      text: difference(by, unit),
      href: to,
      tone: tone(by, direction),
    });
    level += by;
  }
  steps.push(at(periodName(moved.now), '', moved.reading_now.value));
  return steps;
}

/** The least and the most that any step reaches, with some room. */
export function rangeOf(steps: Step[]): [number, number] {
  const reached = steps.flatMap((one) => [one.from, one.to]);
  const [low, high] = [Math.min(...reached), Math.max(...reached)];
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room];
}

/** Where a value lies between the ends, in per cent. */
export const placeOf = (amount: number, [low, high]: [number, number]): number =>
  ((amount - low) / (high - low)) * 100;

/** All numbers behind the picture. */
export function tableOf(moved: MeasureMoved, split: MovedSplit | null): FigureTable {
  const { unit } = moved.measure;
  const by = (amount: number | null) => (amount === null ? null : difference(amount, unit));
  const cause = (name: string, amount: number | null) => [
    name,
    null,
    null,
    null,
    null,
    null,
    null,
    by(amount),
  ];
  const rows: FigureTable['rows'] = [
    cause('Changed definitions', moved.definitions.contribution),
    cause('Late data', moved.late.contribution),
  ];
  const shown = split && !split.reason ? split : null;
  if (!shown) rows.push(cause('What happened', moved.happened));
  const ratio = shown?.way === 'mix_and_rate' || shown?.way === 'replacement';
  for (const one of shown?.parts ?? []) {
    const own = (amount: number | null) => (shown?.way === 'inputs' ? amount : value(amount, unit));
    rows.push([
      inputName(one.name, one.shift),
      ratio ? share(one.share_before) : null,
      ratio ? share(one.share_now) : null,
      own(one.value_before),
      own(one.value_now),
      by(one.mix),
      by(one.rate),
      by(one.contribution),
    ]);
  }
  if (shown?.rest) {
    const { values, mix, rate, contribution } = shown.rest;
    rows.push([plural(values, 'other'), null, null, null, null, by(mix), by(rate), by(contribution)]);
  }
  if (shown?.overlap) rows.push(cause('Counted in several', shown.overlap));
  const what = shown?.dimension?.replaceAll('_', ' ') ?? 'input';
  return {
    columns: [what, 'share before', 'share now', 'before', 'now', 'mix', 'within', 'moved by'],
    rows,
  };
}

/** The steps as a picture that stands alone. */
export function waterfallPicture(title: string, steps: Step[]): Picture {
  const t = tokens();
  const [left, wide, top, row] = [190, 430, 44, 28];
  const range = rangeOf(steps);
  const x = (amount: number) => left + (placeOf(amount, range) / 100) * wide;
  const colours = { better: t.on, worse: t.off, even: t.ink3 };
  const marks = steps.map((one, line) => {
    const y = top + line * row;
    const [low, high] = [x(Math.min(one.from, one.to)), x(Math.max(one.from, one.to))];
    const mark = one.isValue
      ? `<circle cx="${low}" cy="${y + 11}" r="5" fill="${t.ink}"/>`
      : `<rect x="${low}" y="${y + 4}" width="${Math.max(1, high - low)}" height="14" rx="2" fill="${colours[one.tone]}"/>`;
    return (
      `<text x="12" y="${y + 15}">${escape(one.name)}</text>${mark}` +
      `<text x="${left + wide + 110}" y="${y + 15}" text-anchor="end">${escape(one.text)}</text>`
    );
  });
  const head = `<text x="12" y="24" font-size="15" font-weight="650">${escape(title)}</text>`;
  return wrap(head + marks.join(''), left + wide + 122, top + steps.length * row + 12, t);
}
