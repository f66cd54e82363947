// The funnel: its question as it stands in the address, and its sentence.
import type { FunnelAnswer, FunnelGroup, JourneyStage } from '$api';
import { count, duration, interval, share } from '$lib/format';
import { kindName } from './questions';

export const MOST_STEPS = 32;

export const WINDOWS = [
  { value: '30d', label: '30 days' },
  { value: '1d', label: '1 day' },
  { value: '7d', label: '7 days' },
  { value: '90d', label: '90 days' },
  { value: '365d', label: '365 days' },
  { value: 'none', label: 'any time' },
];

export const MODES = [
  { value: 'ordered', label: 'in this order, others between allowed' },
  { value: 'strict', label: 'in this order, nothing between' },
  { value: 'any_order', label: 'in any order' },
];

export const REPEATS = [
  { value: 'best', label: 'everybody once, by the furthest entry' },
  { value: 'first', label: 'everybody once, by the first entry' },
  { value: 'every', label: 'every entry' },
];

/** A step in plain words: `look=product_viewed|category_viewed` is called "look", `a|b` "a or b". */
export function stepLabel(step: string): string {
  const [name, kinds] = step.includes('=') ? step.split('=', 2) : [null, step];
  return name ?? kinds.split('|').map(kindName).join(' or ');
}

/** Steps to begin with: the touchpoint that reaches most people in each of the first stages, as far as the order. */
export function firstSteps(stages: JourneyStage[]): string[] {
  const reached = stages.filter((stage) => stage.kinds.length > 0);
  const last = reached.findIndex((stage) => stage.kinds.some(({ kind }) => kind === 'order'));
  const way = last > 0 ? reached.slice(last > 1 ? 1 : 0, last + 1) : reached.slice(0, 4);
  return way.map(({ kinds }) => {
    const most = [...kinds].sort((a, b) => b.reach.count - a.reach.count)[0];
    return kinds.some(({ kind }) => kind === 'order') ? 'order' : most.kind;
  });
}

/** All kinds that can be chosen, those that reach most people first. */
export function kindsOf(stages: JourneyStage[]): { kind: string; stage: string; reach: number }[] {
  const all = stages.flatMap(({ name, kinds }) =>
    kinds.map(({ kind, reach }) => ({ kind, stage: name, reach: reach.count })),
  );
  const first = [...all].sort((a, b) => b.reach - a.reach);
  return first.filter((one, place) => first.findIndex(({ kind }) => kind === one.kind) === place);
}

/** Where most are lost: the place of the step before which they leave. */
export function worstStep(group: FunnelGroup): number | null {
  let worst: { place: number; lost: number } | null = null;
  group.steps.forEach((step, place) => {
    if (place === 0) return;
    const lost = group.steps[place - 1].of_entered.count - step.of_entered.count;
    if (!worst || lost > worst.lost) worst = { place, lost };
  });
  return (worst as { place: number } | null)?.place ?? null;
}

/** The funnel in a sentence. */
export function funnelSentence(answer: FunnelAnswer, group: FunnelGroup, people: string): string | null {
  const last = group.steps.at(-1);
  if (!last || group.entered === 0) return null;
  const within = answer.window_seconds ? ` within ${duration(answer.window_seconds)}` : '';
  const first = stepLabel(group.steps[0].step);
  const began = answer.mode === 'any_order' ? 'had any of these steps' : `began with ${first}`;
  const came = `Of ${count(group.entered)} ${answer.repeat === 'every' ? 'entries' : people} that ${began}, ${count(last.of_entered.count)} came to ${stepLabel(last.step)}${within}: ${share(last.of_entered.share)} (95 % ${interval(last.of_entered.interval, 'percent')}).`;
  const place = worstStep(group);
  return place === null ? came : `${came} Most are lost before ${stepLabel(group.steps[place].step)}.`;
}
