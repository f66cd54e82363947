// The journey map as one picture to hang on a wall or put on a slide.
import type { JourneyGroup, JourneyStage } from '$api';
import { count, duration, share } from '$lib/format';
import { tokens, type Tokens } from '$lib/charts/tokens';
import { labelBelow, mood, type Mark, type Marks } from './map';
import { kindName } from './questions';
import { escape, wrap, type Picture } from './picture';

const WIDTH = 1600;
const LEFT = 180;
const BARS = 130;
const CURVE = 190;

interface Look {
  size?: number;
  fill?: string;
  weight?: number;
  anchor?: 'middle';
}

function write(text: string, x: number, y: number, look: Look = {}): string {
  const { size = 14, fill, weight, anchor } = look;
  const more =
    (fill ? ` fill="${fill}"` : '') +
    (weight ? ` font-weight="${weight}"` : '') +
    (anchor ? ` text-anchor="${anchor}"` : '');
  return `<text x="${x}" y="${y}" font-size="${size}"${more}>${escape(text)}</text>`;
}

/** Breaks a text into lines of about so many letters; a picture has no line breaks of its own. */
function lines(text: string, letters: number, most: number): string[] {
  const result = [''];
  for (const word of text.split(' ')) {
    const last = result[result.length - 1];
    if (last && `${last} ${word}`.length > letters) result.push(word);
    else result[result.length - 1] = last ? `${last} ${word}` : word;
  }
  if (result.length <= most) return result;
  return [...result.slice(0, most - 1), `${result[most - 1]} …`];
}

function bars(stages: JourneyStage[], y: number, step: number, t: Tokens): string {
  const most = Math.max(1, ...stages.map((stage) => stage.cases.count));
  return stages
    .map(({ name, cases }, place) => {
      const x = LEFT + place * step;
      const tall = Math.max(cases.count > 0 ? 2 : 0, (cases.count / most) * BARS);
      return (
        write(name, x, y, { size: 20, weight: 650 }) +
        write(`${count(cases.count)}  ·  ${share(cases.share)}`, x, y + 26, { fill: t.ink2 }) +
        `<rect x="${x}" y="${y + 40 + BARS - tall}" width="${step * 0.62}" height="${tall}" fill="${t.series[0]}"/>`
      );
    })
    .join('');
}

function facts(stages: JourneyStage[], y: number, step: number, t: Tokens): string {
  const rows: [string, (stage: JourneyStage) => string][] = [
    ['Went on', ({ onward }) => (onward ? share(onward.moved_on.share) : '–')],
    ['after (median)', ({ onward }) => (onward ? duration(onward.time.median_seconds) : '–')],
    ['Dropped off', ({ onward }) => (onward ? share(onward.dropped_off.share) : '–')],
    ['Came back', ({ onward, returned }) => (onward ? share(returned.share) : '–')],
  ];
  return rows
    .map(([name, text], line) => {
      const at = y + line * 26;
      const cells = stages.map((stage, place) =>
        write(text(stage), LEFT + place * step, at, { weight: 600 }),
      );
      return write(name, 24, at, { fill: t.ink2 }) + cells.join('');
    })
    .join('');
}

function curve(stages: JourneyStage[], y: number, step: number, t: Tokens): string {
  const at = (place: number) => LEFT + place * step + step * 0.31;
  const up = (mean: number) => y + ((2 - mean) / 4) * CURVE;
  const grid = [-2, 0, 2].map(
    (line) =>
      `<line x1="${LEFT}" x2="${WIDTH - 24}" y1="${up(line)}" y2="${up(line)}" stroke="${line === 0 ? t.lineStrong : t.line}"/>` +
      write(line > 0 ? `+${line}` : String(line).replace('-', '−'), LEFT - 26, up(line) + 5, {
        size: 12,
        fill: t.ink3,
      }),
  );
  const marks = stages.map(({ emotion }, place) => {
    const { mean, interval, n } = emotion;
    if (mean === null || !interval)
      return write(`too few answers (n ${count(n)})`, at(place), up(0) - 8, {
        size: 12,
        fill: t.ink3,
        anchor: 'middle',
      });
    const before = stages[place - 1]?.emotion.mean ?? null;
    const from =
      before === null
        ? ''
        : `<line x1="${at(place - 1)}" y1="${up(before)}" x2="${at(place)}" y2="${up(mean)}" stroke="${t.accent}" stroke-width="2"/>`;
    return (
      from +
      `<line x1="${at(place)}" x2="${at(place)}" y1="${up(interval.high)}" y2="${up(interval.low)}" stroke="${t.accent}" stroke-width="10" stroke-opacity="0.3" stroke-linecap="round"/>` +
      `<circle cx="${at(place)}" cy="${up(mean)}" r="6" fill="${t.accent}"/>` +
      write(`${mood(mean)}  n ${count(n)}`, at(place), up(mean) + (labelBelow(stages, place) ? 26 : -16), {
        weight: 600,
        anchor: 'middle',
      })
    );
  });
  return write('Mood', 24, up(0) + 5, { fill: t.ink2 }) + grid.join('') + marks.join('');
}

function list(stages: JourneyStage[], marks: Marks, kind: Mark['kind'], y: number, step: number, t: Tokens) {
  const letters = Math.floor(step / 8.2);
  let most = 0;
  const cells = stages.map(({ stage }, place) => {
    const x = LEFT + place * step;
    let at = y;
    const row = (fill: string) => (text: string) => {
      const said = write(text, x, at, { size: 13, fill });
      at += 18;
      return said;
    };
    const own = (marks[stage] ?? []).filter((mark) => mark.kind === kind).slice(0, 3);
    const said = own.map((mark) => {
      const title = `${kind === 'pain' ? '▼' : '▲'} ${mark.title}`;
      const text =
        lines(title, letters, 3).map(row(t.ink)).join('') +
        lines(mark.text, letters, 2).map(row(t.ink3)).join('');
      at += 8;
      return text;
    });
    most = Math.max(most, at - y);
    return said.join('');
  });
  return {
    body: write(kind === 'pain' ? 'Pains' : 'Opportunities', 24, y, { fill: t.ink2 }) + cells.join(''),
    height: most,
  };
}

function touchpoints(stages: JourneyStage[], y: number, step: number, t: Tokens): string {
  const cells = stages.map(({ kinds }, place) =>
    [...kinds]
      .sort((a, b) => b.reach.count - a.reach.count)
      .slice(0, 4)
      .map((kind, line) =>
        write(`${kindName(kind.kind)}  ${share(kind.reach.share)}`, LEFT + place * step, y + line * 20, {
          size: 13,
        }),
      )
      .join(''),
  );
  return write('Touchpoints', 24, y, { fill: t.ink2 }) + cells.join('');
}

function reach(channels: Named[], y: number, step: number, t: Tokens): string {
  return channels
    .map(({ group, cases, stages }, line) => {
      const at = y + line * 22;
      const cells = stages.map((stage, place) => write(share(stage.cases.share), LEFT + place * step, at));
      const name = kindName(group);
      return write(`${name} ${count(cases)}`, 24, at, { size: 12, fill: t.ink2 }) + cells.join('');
    })
    .join('');
}

type Named = JourneyGroup & { group: string };

/** What the picture shows. */
export interface Shown {
  title: string;
  sentence: string;
  stages: JourneyStage[];
  marks: Marks;
  /** Reach by channel, or by what else was asked. */
  channels: Named[];
  by: string;
  source: string;
}

/** The whole map on one page. */
export function mapPicture({ title, sentence, stages, marks, channels, by, source }: Shown): Picture {
  const t = tokens();
  const step = (WIDTH - LEFT - 24) / Math.max(1, stages.length);
  const rule = (y: number) => `<line x1="24" x2="${WIDTH - 24}" y1="${y}" y2="${y}" stroke="${t.line}"/>`;
  const head =
    write(title, 24, 46, { size: 28, weight: 650 }) + write(sentence, 24, 78, { size: 17, fill: t.ink2 });
  const factsAt = 130 + 40 + BARS + 34;
  const curveAt = factsAt + 4 * 26 + 20;
  const painsAt = curveAt + CURVE + 50;
  const pains = list(stages, marks, 'pain', painsAt, step, t);
  const chancesAt = painsAt + Math.max(20, pains.height) + 26;
  const chances = list(stages, marks, 'opportunity', chancesAt, step, t);
  const touchAt = chancesAt + Math.max(20, chances.height) + 26;
  const reachAt = touchAt + 4 * 20 + 54;
  const height = channels.length > 0 ? reachAt + channels.length * 22 + 34 : touchAt + 4 * 20 + 44;
  const heading = write(`Reach by ${by}`, 24, reachAt - 26, { weight: 600 });
  const body =
    head +
    bars(stages, 130, step, t) +
    rule(factsAt - 22) +
    facts(stages, factsAt, step, t) +
    rule(curveAt - 22) +
    curve(stages, curveAt, step, t) +
    rule(painsAt - 24) +
    pains.body +
    rule(chancesAt - 22) +
    chances.body +
    rule(touchAt - 22) +
    touchpoints(stages, touchAt, step, t) +
    (channels.length > 0 ? rule(reachAt - 50) + heading + reach(channels, reachAt, step, t) : '') +
    write(source, 24, height - 16, { size: 12, fill: t.ink3 });
  return wrap(body, WIDTH, height, t);
}
