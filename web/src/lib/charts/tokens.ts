// The page's tokens for charts, which draw on a canvas and cannot read CSS by themselves.
export interface Tokens {
  ink: string;
  ink2: string;
  ink3: string;
  surface: string;
  raised: string;
  sunken: string;
  line: string;
  lineStrong: string;
  accent: string;
  on: string;
  close: string;
  off: string;
  few: string;
  none: string;
  /** Quiet colours for channels and the like, in their fixed order. */
  series: string[];
  /** From little to much. */
  heat: string[];
  perspective: Record<string, string>;
  sans: string;
}

const NAMES = {
  ink: '--ink',
  ink2: '--ink-2',
  ink3: '--ink-3',
  surface: '--surface',
  raised: '--raised',
  sunken: '--sunken',
  line: '--line',
  lineStrong: '--line-strong',
  accent: '--accent',
  on: '--on',
  close: '--close',
  off: '--off',
  few: '--few',
  none: '--none',
} as const;

const PERSPECTIVES = ['financial', 'customer', 'internal_process', 'learning_growth', 'other'];

/** Tokens as they are now, in the theme shown. */
export function tokens(): Tokens {
  // `light-dark()` is resolved only in a used colour, so a probe wears each one.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const named = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, colour(name)]));
  const result = {
    ...named,
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((place) => colour(`--c-${place}`)),
    heat: [0, 1, 2, 3, 4, 5].map((place) => colour(`--heat-${place}`)),
    perspective: Object.fromEntries(PERSPECTIVES.map((id) => [id, colour(`--p-${id}`)])),
    sans: getComputedStyle(document.body).fontFamily,
  } as Tokens;
  probe.remove();
  return result;
}

/** Channels keep their colour on every screen: known ones have a fixed place, others get one by their name. */
const CHANNELS = ['web', 'email', 'search', 'social', 'store', 'chat', 'phone', 'direct'];

export function channelPlace(channel: string): number {
  const known = CHANNELS.indexOf(channel.toLowerCase());
  if (known >= 0) return known;
  let sum = 0;
  for (const letter of channel) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}

/** The token of a channel for CSS: `var(--c-3)`. */
export function channelColour(channel: string): string {
  return `var(--c-${channelPlace(channel) + 1})`;
}

/** A colour with an opacity, for charts. */
export function fade(colour: string, opacity: number): string {
  const rgb = /^rgba?\(([^)]+)\)/
    .exec(colour)?.[1]
    .split(/[\s,/]+/)
    .slice(0, 3);
  return rgb ? `rgba(${rgb.join(',')},${opacity})` : colour;
}

/** Looks that all charts share; a chart's own option goes over it. */
export function baseOption(t: Tokens): Record<string, unknown> {
  return {
    color: t.series,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: t.sans, color: t.ink2, fontSize: 12 },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      // Drawn on the canvas: HTML tooltips need style attributes.
      renderMode: 'richText',
      confine: true,
      backgroundColor: t.raised,
      borderColor: t.line,
      borderWidth: 1,
      padding: [8, 11],
      textStyle: { color: t.ink, fontSize: 12, fontFamily: t.sans, lineHeight: 18 },
    },
  };
}

/** Axis looks: quiet lines, readable labels. Spread into an axis: `{ ...axis(t), type: 'category' }`. */
export function axis(t: Tokens): Record<string, unknown> {
  return {
    axisLine: { lineStyle: { color: t.line } },
    axisTick: { show: false },
    axisLabel: { color: t.ink2, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: t.line, width: 1 } },
    nameTextStyle: { color: t.ink3, fontSize: 12 },
  };
}
