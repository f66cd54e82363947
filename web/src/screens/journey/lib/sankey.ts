// Where the bands of a flow diagram stand: steps in columns by position, bands as wide as the people in them.
import type { Flow } from '$api';

export interface Node {
  step: string;
  position: number;
  cases: number;
  ended: number;
  x: number;
  y: number;
  height: number;
}

export interface Band {
  from: Node;
  to: Node;
  cases: number;
  path: string;
  width: number;
}

export interface Layout {
  nodes: Node[];
  bands: Band[];
  ends: { node: Node; y: number; height: number }[];
  height: number;
}

export interface Room {
  width: number;
  height: number;
  positions: number;
  /** Steps in the order in which they stand in a column. */
  order: string[];
  /** Room for the names right of the last column. */
  label: number;
  /** Steps with fewer people are left out. */
  least: number;
}

/** Room between steps, so that each has a line for its name. */
const GAP = 17;
const NODE = 10;

/** Steps that are too rare for a place of their own are one. */
export const OTHER = 'other';

/** Keeps the most frequent steps of the flow and puts the others together. */
export function gather(flow: Flow[], most: number): Flow[] {
  const cases = new Map<string, number>();
  for (const { from, cases: people } of flow) cases.set(from, (cases.get(from) ?? 0) + people);
  const kept = new Set(
    [...cases]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([step]) => step),
  );
  if (kept.size === cases.size) return flow;
  const sums = new Map<string, Flow>();
  const name = (step: string | null) => (step === null || kept.has(step) ? step : OTHER);
  for (const one of flow) {
    const [from, to] = [name(one.from) ?? OTHER, name(one.to)];
    const key = `${one.position}\u0000${from}\u0000${to ?? ''}`;
    const sum = sums.get(key);
    if (sum) sum.cases += one.cases;
    else sums.set(key, { position: one.position, from, to, cases: one.cases });
  }
  return [...sums.values()];
}

function nodesOf(flow: Flow[], room: Room): Node[] {
  const found = new Map<string, Node>();
  const node = (position: number, step: string) => {
    const key = `${position} ${step}`;
    const made = found.get(key) ?? { step, position, cases: 0, ended: 0, x: 0, y: 0, height: 0 };
    found.set(key, made);
    return made;
  };
  for (const { position, from, to, cases } of flow) {
    if (position > room.positions) continue;
    const one = node(position, from);
    one.cases += cases;
    if (to === null) one.ended += cases;
  }
  return [...found.values()].filter((one) => one.cases >= room.least);
}

function place(nodes: Node[], room: Room): number {
  const step = (room.width - room.label) / Math.max(1, room.positions - 1);
  const columns = Array.from({ length: room.positions }, (_, at) =>
    nodes
      .filter((node) => node.position === at + 1)
      .sort((a, b) => room.order.indexOf(a.step) - room.order.indexOf(b.step)),
  );
  const total = Math.max(1, ...columns.map((column) => column.reduce((sum, node) => sum + node.cases, 0)));
  const most = Math.max(1, ...columns.map((column) => column.length));
  const scale = Math.max(0.2 * room.height, room.height - most * GAP) / total;
  columns.forEach((column, at) => {
    let y = 8;
    for (const node of column) {
      node.x = at * step;
      node.y = y;
      node.height = Math.max(1, node.cases * scale);
      y += node.height + GAP;
    }
  });
  return scale;
}

function bandPath(from: Node, to: Node, y1: number, y2: number, width: number): string {
  const [x1, x2] = [from.x + NODE, to.x];
  const middle = (x1 + x2) / 2;
  return (
    `M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}v${width}` +
    `C${middle},${y2 + width} ${middle},${y1 + width} ${x1},${y1 + width}z`
  );
}

/** The flow without people whose way ends at the first step. */
export function goingOn(flow: Flow[]): Flow[] {
  return flow.filter((one) => one.position > 1 || one.to !== null);
}

/** Lays the flow out in the room there is. */
export function layout(flow: Flow[], room: Room): Layout {
  const nodes = nodesOf(flow, room);
  const scale = place(nodes, room);
  const find = (position: number, step: string) =>
    nodes.find((node) => node.position === position && node.step === step);
  const used = new Map<Node, { out: number; in: number }>(nodes.map((node) => [node, { out: 0, in: 0 }]));
  const links = flow
    .flatMap(({ position, from, to, cases }) => {
      const [a, b] = [find(position, from), to === null ? undefined : find(position + 1, to)];
      return a && b ? [{ a, b, cases }] : [];
    })
    .sort((one, other) => one.a.y - other.a.y || one.b.y - other.b.y);
  const bands = links.map(({ a, b, cases }) => {
    const width = Math.max(0.5, cases * scale);
    const [from, to] = [used.get(a), used.get(b)];
    const path = bandPath(a, b, a.y + (from?.out ?? 0), b.y + (to?.in ?? 0), width);
    if (from) from.out += cases * scale;
    if (to) to.in += cases * scale;
    return { from: a, to: b, cases, path, width };
  });
  const ends = nodes
    .filter((node) => node.ended > 0)
    .map((node) => ({ node, y: node.y + node.height - node.ended * scale, height: node.ended * scale }));
  const height = Math.max(...nodes.map((node) => node.y + node.height), 60) + 8;
  return { nodes, bands, ends, height };
}

export { NODE };
