// Where objectives stand on the strategy map and how its arrows run.
import type { MapLink, MapObjective } from '$api';

export interface Band {
  perspective: string;
  objectives: MapObjective[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Spot {
  x: number;
  y: number;
}

export interface Arrow {
  link: MapLink;
  path: string;
  /** Where a label fits at either end: at the edge of the card, so that labels of many links never meet. */
  labels: { cause: Spot; effect: Spot };
}

/** More objectives than this in a band keep the order in which they are defined. */
const MOST = 6;

function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, place) => orders(items.toSpliced(place, 1)).map((rest) => [item, ...rest]));
}

/** Places 0 to 1 of all objectives, each band spread evenly. */
function spread(bands: Band[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { objectives } of bands) {
    objectives.forEach((one, place) => places.set(one.id, (place + 0.5) / objectives.length));
  }
  return places;
}

/** Long and backward arrows cost; inside a band causes should stand left of their effects. */
function cost(bands: Band[], links: MapLink[]): number {
  const places = spread(bands);
  const bandOf = new Map(bands.flatMap((band, row) => band.objectives.map((one) => [one.id, row] as const)));
  let sum = 0;
  for (const { cause, effect } of links) {
    const [from, to] = [places.get(cause), places.get(effect)];
    if (from === undefined || to === undefined) continue;
    const same = bandOf.get(cause) === bandOf.get(effect);
    sum += Math.abs(to - from) + (same && to < from ? 2 : 0);
  }
  return sum;
}

/** Bands from the top perspective down, ordered so that arrows are short. */
export function arrange(perspectives: string[], objectives: MapObjective[], links: MapLink[]): Band[] {
  const known = [...perspectives, ...new Set(objectives.map((one) => one.perspective))];
  let bands = [...new Set(known)]
    .map((perspective) => ({
      perspective,
      objectives: objectives.filter((one) => one.perspective === perspective),
    }))
    .filter((band) => band.objectives.length > 0);
  for (let sweep = 0; sweep < 3; sweep += 1) {
    for (let row = bands.length - 1; row >= 0; row -= 1) bands = best(bands, row, links);
  }
  return bands;
}

function best(bands: Band[], row: number, links: MapLink[]): Band[] {
  if (bands[row].objectives.length > MOST) return bands;
  const all = orders(bands[row].objectives).map((objectives) =>
    bands.with(row, { ...bands[row], objectives }),
  );
  const costs = all.map((one) => cost(one, links));
  return all[costs.indexOf(Math.min(...costs))];
}

interface Port {
  link: MapLink;
  end: 'cause' | 'effect';
}

/** Arrows that share an edge of a card leave it side by side, in the order of where they lead. */
function ports(id: string, boxes: Map<string, Box>, links: MapLink[], end: Port['end']): MapLink[] {
  const other = end === 'cause' ? 'effect' : 'cause';
  const centre = (of: string) => {
    const box = boxes.get(of);
    return box ? box.x + box.width / 2 : 0;
  };
  return links.filter((link) => link[end] === id).sort((a, b) => centre(a[other]) - centre(b[other]));
}

function offset(box: Box, place: number, of: number): number {
  return box.x + (box.width * (place + 1)) / (of + 1);
}

/** Curves from causes to effects, between boxes measured on the page. */
export function arrows(boxes: Map<string, Box>, links: MapLink[]): Arrow[] {
  return links.flatMap((link) => {
    const [from, to] = [boxes.get(link.cause), boxes.get(link.effect)];
    if (!from || !to) return [];
    if (sameBand(from, to)) return [level(link, from, to, boxes)];
    const out = ports(link.cause, boxes, links, 'cause');
    const into = ports(link.effect, boxes, links, 'effect');
    const up = to.y < from.y;
    const start = { x: offset(from, out.indexOf(link), out.length), y: up ? from.y : from.y + from.height };
    const end = {
      x: offset(to, into.indexOf(link), into.length),
      y: up ? to.y + to.height + HEAD : to.y - HEAD,
    };
    const between = gaps(start, end, boxes);
    const stops = [start, ...(up ? between.toReversed() : between), end];
    return [{ link, path: curve(stops), labels: { cause: edge(from, up), effect: edge(to, !up) } }];
  });
}

/** Room for the head of an arrow. */
const HEAD = 7;

function sameBand(a: Box, b: Box): boolean {
  return Math.abs(a.y - b.y) < Math.min(a.height, b.height) / 2;
}

/** Where an arrow passes bands between its ends: beside their cards, never behind one. From the top down. */
function gaps(start: Spot, end: Spot, boxes: Map<string, Box>): Spot[] {
  const [top, bottom] = [Math.min(start.y, end.y), Math.max(start.y, end.y)];
  const rows: Box[][] = [];
  for (const box of [...boxes.values()].sort((a, b) => a.y - b.y)) {
    if (box.y < top || box.y + box.height > bottom) continue;
    const row = rows.find((one) => sameBand(one[0], box));
    if (row) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => {
    const cards = row.sort((a, b) => a.x - b.x);
    const last = cards[cards.length - 1];
    const free = cards.map((card, place) => {
      const left = place === 0 ? card.x - 28 : cards[place - 1].x + cards[place - 1].width;
      return (left + card.x) / 2;
    });
    free.push(last.x + last.width + 14);
    const y = Math.min(...cards.map((card) => card.y));
    const depth = Math.max(...cards.map((card) => card.y + card.height)) - y;
    const wanted = start.x + ((end.x - start.x) * (start.y - y - depth / 2)) / (start.y - end.y);
    const x = free.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best));
    return [
      { x, y: y - 4 },
      { x, y: y + depth + 4 },
    ];
  });
}

/** A path that leaves and reaches every stop vertically. */
function curve(stops: Spot[]): string {
  const parts = stops.slice(1).map((to, place) => {
    const from = stops[place];
    const half = (from.y + to.y) / 2;
    return from.x === to.x ? `L${to.x} ${to.y}` : `C${from.x} ${half} ${to.x} ${half} ${to.x} ${to.y}`;
  });
  return `M${stops[0].x} ${stops[0].y}${parts.join('')}`;
}

/** Above or below the middle of a card. */
function edge(box: Box, above: boolean): Spot {
  return { x: box.x + box.width / 2, y: above ? box.y - 6 : box.y + box.height + 6 };
}

/** An arrow inside a band: straight to a neighbour, else in an arch over what lies between. */
function level(link: MapLink, from: Box, to: Box, boxes: Map<string, Box>): Arrow {
  const right = to.x > from.x;
  const labels = { cause: edge(from, true), effect: edge(to, true) };
  const [x, end] = right ? [from.x + from.width, to.x - HEAD] : [from.x, to.x + to.width + HEAD];
  const [low, high] = [Math.min(x, end), Math.max(x, end)];
  const free = ![...boxes.values()].some(
    (box) => sameBand(box, from) && box.x > low && box.x + box.width < high,
  );
  if (free) {
    const y = Math.max(from.y, to.y) + Math.min(from.height, to.height) / 2;
    return { link, path: `M${x} ${y}L${end} ${y}`, labels };
  }
  const [start, goal] = [from.x + from.width / 2, to.x + to.width / 2];
  const top = Math.min(from.y, to.y);
  return {
    link,
    path: `M${start} ${from.y}C${start} ${top - 34} ${goal} ${top - 34} ${goal} ${to.y - HEAD}`,
    labels,
  };
}
