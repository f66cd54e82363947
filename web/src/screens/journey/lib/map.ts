// What the journey map says: its sentences, and which obstacles and chances stand at which stage.
import type { ConformanceAnswer, Deviation, JourneyGroup, JourneyStage, Mood, Pain } from '$api';
import { count, duration, money, number, plural, share } from '$lib/format';
import { journeyHref, kindName, sentenceCase, stepName } from './questions';

/** Something marked on the map at a stage. */
export interface Mark {
  kind: 'pain' | 'opportunity';
  title: string;
  text: string;
  href: string;
}

export type Marks = Record<string, Mark[]>;

/** A mood with its sign and two digits: +0.90. */
export function mood(mean: number | null): string {
  if (mean === null) return '–';
  const text = new Intl.NumberFormat(navigator.language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(Math.abs(mean));
  return Number(mean.toFixed(2)) === 0 ? text : `${mean > 0 ? '+' : '−'}${text}`;
}

/** Whether the number of a stage stands below its point: where the curve turns up, and at the upper edge. */
export function labelBelow(stages: JourneyStage[], place: number): boolean {
  const mean = stages[place].emotion.mean ?? 0;
  const beside = [stages[place - 1], stages[place + 1]].flatMap((one) => one?.emotion.mean ?? []);
  if (mean > 1.4 || mean < -1.4) return mean > 0;
  return beside.length > 0 && beside.every((other) => other > mean);
}

/** A mood with its interval and n, in words. */
export function moodText(of: Mood): string {
  if (of.mean === null || !of.interval) return `too few answers (n ${count(of.n)})`;
  return `${mood(of.mean)} (95 % ${mood(of.interval.low)} to ${mood(of.interval.high)}), n ${count(of.n)}`;
}

/** The sentence above the map. */
export function mapSentence(group: JourneyGroup, people: string): string {
  const worst = [...group.stages]
    .filter((stage) => stage.onward && stage.cases.count > 0)
    .sort((a, b) => (b.onward?.dropped_off.count ?? 0) - (a.onward?.dropped_off.count ?? 0))[0];
  const felt = group.stages.filter((stage) => stage.emotion.mean !== null);
  const low = [...felt].sort((a, b) => (a.emotion.mean ?? 0) - (b.emotion.mean ?? 0))[0];
  const first = `${sentenceCase(count(group.cases))} ${people} came along`;
  const drop = worst?.onward
    ? `; most are lost after ${worst.name}, where ${share(worst.onward.dropped_off.share)} go no further`
    : '';
  const feeling =
    felt.length > 1
      ? `. They feel worst at ${low.name}: ${mood(low.emotion.mean)} on a scale from −2 to +2`
      : '';
  return `${first}${drop}${feeling}.`;
}

function words(kind: string): string[] {
  return kind.split('_');
}

/** How well a kind of touchpoint fits a step of an obstacle, such as `search` or `cart`. A visit by a search engine is no search. */
function fit(kind: string, step: string): number {
  const parts = words(kind);
  if (kind === step) return 3;
  if (parts.at(-1) === step) return 2;
  return parts[0] === step && parts.at(-1) !== 'visit' ? 1 : 0;
}

function stageOfKind(stages: JourneyStage[], step: string): string | null {
  let best: { stage: string; fit: number; touchpoints: number } | null = null;
  for (const { stage, kinds } of stages) {
    for (const { kind, touchpoints } of kinds) {
      const found = fit(kind, step);
      if (found === 0) continue;
      if (!best || found > best.fit || (found === best.fit && touchpoints > best.touchpoints))
        best = { stage, fit: found, touchpoints };
    }
  }
  return best?.stage ?? null;
}

/** The stage an obstacle stands at: its own step, or where the touchpoints it speaks of mostly happen. */
export function stageOfPain(pain: Pain, stages: JourneyStage[]): string | null {
  const { step, instrument } = pain.evidence;
  if (step && stages.some((one) => one.stage === step)) return step;
  if (step) return stageOfKind(stages, step);
  if (instrument) return stageOfKind(stages, `${instrument}_answer`) ?? stageOfKind(stages, instrument);
  if (pain.sort === 'long_wait' && pain.obstacle.includes('delivery')) return stageOfKind(stages, 'delivery');
  return stageOfKind(stages, 'ticket_opened') ?? stageOfKind(stages, 'public_answer');
}

function markOf(pain: Pain): Mark {
  const href = journeyHref('/journey/pains', {}, `obstacle-${pain.rank}`);
  if (pain.sort === 'drop_off') {
    const { kind, channel, excess } = pain.evidence;
    const where = kind ? `after ${kindName(kind)}` : `over ${kindName(channel ?? 'one channel')}`;
    const text = `${count(excess)} more leave than elsewhere`;
    return { kind: 'opportunity', title: sentenceCase(where), text, href };
  }
  const stake = pain.at_stake ? `, ${money(pain.at_stake.value)} at stake` : '';
  const text = `${plural(pain.customers, 'customer')}${stake}`;
  return { kind: 'pain', title: sentenceCase(kindName(pain.obstacle)), text, href };
}

/** Touchpoints that people clearly like or dislike by their own answers. */
function felt(stage: JourneyStage, path: (stage: string) => string): Mark[] {
  return stage.kinds.flatMap(({ kind, emotion }) => {
    const { interval, mean, n } = emotion;
    if (!interval || (interval.low < 1 && interval.high >= 0)) return [];
    const liked = interval.low >= 1;
    return [
      {
        kind: liked ? ('opportunity' as const) : ('pain' as const),
        title: `${liked ? 'Liked' : 'Disliked'}: ${kindName(kind)}`,
        text: `mood ${mood(mean)}, n ${count(n)}`,
        href: path(stage.stage),
      },
    ];
  });
}

/** Obstacles and chances by stage. */
export function marksOf(stages: JourneyStage[], pains: Pain[], path: (stage: string) => string): Marks {
  const marks: Marks = Object.fromEntries(stages.map((stage) => [stage.stage, []]));
  for (const pain of pains) {
    const stage = stageOfPain(pain, stages);
    const mark = markOf(pain);
    // A kind may stand out at a stage and at a step within it: the larger one is told.
    const told = stage && marks[stage]?.some(({ title }) => title === mark.title);
    if (stage && !told && pain.finding !== 'bought_more') marks[stage]?.push(mark);
  }
  for (const stage of stages) marks[stage.stage].push(...felt(stage, path));
  return marks;
}

/** A deviation from the map in words. */
export function deviationText({ kind, from, to, skipped }: Deviation): string {
  if (kind === 'started') return `begin at ${stepName(to)}`;
  if (kind === 'skipped') return `pass over ${stepName(skipped)} from ${stepName(from)} to ${stepName(to)}`;
  return `go back from ${stepName(from)} to ${stepName(to)}`;
}

/** Who follows the map, in one sentence. */
export function conformanceSentence(answer: ConformanceAnswer, people: string): string {
  const group = answer.groups[0];
  if (!group || group.follow.share === null) return group?.reason ?? 'Nobody has a journey here.';
  const { follow } = group;
  const first = `${count(follow.count)} of ${count(follow.n)} ${people} follow the map: ${share(follow.share)}.`;
  const [most] = group.deviations;
  return most ? `${first} The others most often ${deviationText(most)} (${share(most.share.share)}).` : first;
}

/** What the map allows, in words. */
export function rulesSentence(answer: ConformanceAnswer): string {
  const list = (ids: string[]) => ids.map(stepName).join(', ');
  const parts = ['A journey need not come to the end.'];
  if (answer.may_skip.length > 0) parts.push(`${list(answer.may_skip)} may be passed over.`);
  if (answer.may_return.length > 0) parts.push(`${list(answer.may_return)} may be gone back to at any time.`);
  if (answer.loop_after)
    parts.push(`After ${stepName(answer.loop_after)} going back begins the journey anew.`);
  return parts.join(' ');
}

/** A summary of the map for people who listen. */
export function mapSummary(stages: JourneyStage[]): string {
  return stages
    .map(({ name, cases, onward, emotion }) => {
      const on = onward
        ? `, ${share(onward.moved_on.share)} went on after ${duration(onward.time.median_seconds)}, ${share(onward.dropped_off.share)} dropped off`
        : '';
      const feel = emotion.mean === null ? '' : `, mood ${moodText(emotion)}`;
      return `${name}: ${number(cases.count)}${on}${feel}.`;
    })
    .join(' ');
}
