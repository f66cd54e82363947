// Pictures to keep: what is drawn on the page, or a drawing made for it, as SVG text and as PNG.
import { tokens, type Tokens } from '$lib/charts/tokens';

const COPIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'dominant-baseline',
  'visibility',
  'paint-order',
];

/** A picture as text with its size. */
export interface Picture {
  svg: string;
  width: number;
  height: number;
}

/** Escapes text for SVG. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** SVG around a body, on the page's ground. */
export function wrap(body: string, width: number, height: number, t: Tokens = tokens()): Picture {
  const font = escape(t.sans);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${font}" font-size="12" fill="${t.ink}">` +
    `<rect width="${width}" height="${height}" fill="${t.surface}"/>${body}</svg>`;
  return { svg, width, height };
}

/** A drawing on the page with its looks written into it, so that it stands alone. */
export function pictureOf(drawing: SVGSVGElement, title: string): Picture {
  const { width, height } = drawing.getBoundingClientRect();
  const clone = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [drawing, ...drawing.querySelectorAll('*')];
  [clone, ...clone.querySelectorAll('*')].forEach((copy, place) => {
    const style = getComputedStyle(originals[place]);
    for (const name of COPIED) copy.setAttribute(name, style.getPropertyValue(name));
    copy.removeAttribute('class');
    copy.removeAttribute('style');
  });
  clone.setAttribute('width', String(width));
  clone.setAttribute('height', String(height));
  clone.setAttribute('y', '34');
  const t = tokens();
  const head = `<text x="4" y="20" font-size="14" font-weight="600">${escape(title)}</text>`;
  return wrap(
    head + new XMLSerializer().serializeToString(clone),
    Math.ceil(width),
    Math.ceil(height) + 38,
    t,
  );
}

/** The picture as PNG, twice as fine as shown. */
export async function pngOf(picture: Picture): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = picture.width * 2;
  canvas.height = picture.height * 2;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('The browser made no picture.')))),
  );
}

/** A heat map as a picture: rows with a name, cells with a text and a place on the scale (0 to 5, null: empty). */
export function heatPicture(
  title: string,
  columns: string[],
  rows: { name: string; cells: ({ text: string; heat: number } | null)[] }[],
): Picture {
  const t = tokens();
  const [left, top, cell, row] = [170, 64, 58, 26];
  const width = left + columns.length * cell + 16;
  const height = top + rows.length * row + 16;
  const head = columns.map(
    (name, place) =>
      `<text x="${left + place * cell + cell / 2}" y="${top - 8}" text-anchor="middle" fill="${t.ink2}">${escape(name)}</text>`,
  );
  const body = rows.map(({ name, cells }, line) => {
    const y = top + line * row;
    const marks = cells.map((one, place) => {
      if (!one) return '';
      const x = left + place * cell;
      const ink = one.heat >= 3 ? t.surface : t.ink;
      return (
        `<rect x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${row - 2}" fill="${t.heat[one.heat]}"/>` +
        `<text x="${x + cell / 2}" y="${y + 17}" text-anchor="middle" fill="${ink}">${escape(one.text)}</text>`
      );
    });
    return `<text x="12" y="${y + 17}">${escape(name)}</text>${marks.join('')}`;
  });
  const heading = `<text x="12" y="24" font-size="15" font-weight="650">${escape(title)}</text>`;
  return wrap(heading + head.join('') + body.join(''), width, height, t);
}

/** The place of a share on the heat scale, with the largest one shown as the darkest. */
export function heatOf(share: number | null, most: number): number {
  if (share === null || most <= 0) return 0;
  return share / most < 0.02 ? 0 : Math.min(5, 1 + Math.floor((share / most) * 4.999));
}

/** A row of a plot: a value with its interval on a scale that all rows share. */
export interface PlotRow {
  name: string;
  text: string;
  value: number | null;
  low?: number | null;
  high?: number | null;
}

/** Bars from the left, or dots, with intervals: as a picture to keep. */
export function plotPicture(
  title: string,
  note: string,
  rows: PlotRow[],
  scale: [number, number],
  bars = false,
): Picture {
  const t = tokens();
  const [left, plot, right, row, top] = [350, 480, 330, 34, 76];
  const width = left + plot + right;
  const x = (value: number) =>
    left + plot * Math.min(1, Math.max(0, (value - scale[0]) / (scale[1] - scale[0] || 1)));
  const marks = rows.map(({ name, text, value, low, high }, line) => {
    const y = top + line * row + row / 2;
    const said =
      `<text x="12" y="${y + 4}">${escape(name.length > 52 ? `${name.slice(0, 51)}…` : name)}</text>` +
      `<text x="${left + plot + 16}" y="${y + 4}" fill="${t.ink2}">${escape(text)}</text>`;
    if (value === null) return said;
    const range =
      low === null || low === undefined || high === null || high === undefined
        ? ''
        : `<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${t.ink2}" stroke-width="${bars ? 1.5 : 4}" stroke-opacity="${bars ? 1 : 0.45}"/>`;
    const mark = bars
      ? `<rect x="${left}" y="${y - 10}" width="${x(value) - left}" height="20" fill="${t.series[0]}"/>`
      : value > scale[1] || value < scale[0]
        ? `<text x="${x(value)}" y="${y + 5}" text-anchor="middle" fill="${t.ink2}">${value > scale[1] ? '▶' : '◀'}</text>`
        : `<circle cx="${x(value)}" cy="${y}" r="5" fill="${t.ink2}"/>`;
    return bars ? said + mark + range : said + range + mark;
  });
  const height = top + rows.length * row + 16;
  const zero =
    scale[0] < 0 || bars
      ? `<line x1="${x(0)}" x2="${x(0)}" y1="${top}" y2="${height - 16}" stroke="${t.lineStrong}"/>`
      : '';
  const head =
    `<text x="12" y="28" font-size="16" font-weight="650">${escape(title)}</text>` +
    `<text x="12" y="50" fill="${t.ink2}">${escape(note)}</text>`;
  return wrap(head + zero + marks.join(''), width, height, t);
}
