// Numbers, times and shares for people: rounded, in the person's formats, in the workspace's zone and currency.
// `exact` gives the unrounded value for titles and exports.
import type { Grain, Interval, Period, Unit } from '$api/common';
import { workspace } from './workspace.svelte';

/** Numbers follow the person's locale. */
const LOCALE = navigator.language || 'en';
/** Dates too, but the page speaks English: month names of another language would stand oddly in its sentences. */
const DATE_LOCALE = LOCALE.toLowerCase().startsWith('en') ? LOCALE : 'en-GB';
/** What stands where nothing is known. */
export const NONE = '–';
const MINUS = '−';
const SPACE = '\u00a0';

type Maybe = number | null | undefined;

const formats = new Map<string, Intl.NumberFormat>();

function digits(value: number, least: number, most: number): string {
  const key = `${least}/${most}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  // Rounding may leave a zero with a sign.
  return format
    .format(value)
    .replace(/^-(?=[0.,]*$)/, '')
    .replace('-', MINUS);
}

function symbol(): string {
  try {
    const parts = new Intl.NumberFormat(LOCALE, {
      style: 'currency',
      currency: workspace.currency,
      currencyDisplay: 'narrowSymbol',
    }).formatToParts(0);
    return parts.find((part) => part.type === 'currency')?.value ?? workspace.currency;
  } catch {
    return workspace.currency;
  }
}

/** A plain number with about three significant digits: 12,345 · 1.24 m · 5.16 · 0.072. */
export function number(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9, 0, 2)}${SPACE}bn`;
  if (size >= 1e6) return `${digits(value / 1e6, 0, 2)}${SPACE}m`;
  if (size >= 1000 || Number.isInteger(value)) return digits(value, 0, 0);
  if (size >= 100) return digits(value, 0, 0);
  if (size >= 10) return digits(value, 0, 1);
  if (size >= 1) return digits(value, 0, 2);
  return digits(value, 0, 3);
}

/** A count, never shortened: 1,208,302. */
export function count(value: Maybe): string {
  return value === null || value === undefined ? NONE : digits(value, 0, 0);
}

/** A share from 0 to 1: 86 %, 6.1 %, 0.31 %. */
export function share(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  const percent = value * 100;
  const size = Math.abs(percent);
  const most = size === 0 || size >= 99.95 ? 0 : size >= 10 ? 1 : size >= 1 ? 1 : 2;
  return `${digits(percent, 0, most)}${SPACE}%`;
}

/** Money in the workspace's currency: € 13.62 · € 71,984 · € 124 k · € 1.24 m. */
export function money(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  const at = (text: string) => `${sign}${symbol()}${SPACE}${text}`;
  if (size >= 1e9) return at(`${digits(size / 1e9, 0, 2)}${SPACE}bn`);
  if (size >= 1e6) return at(`${digits(size / 1e6, 0, 2)}${SPACE}m`);
  if (size >= 1e5) return at(`${digits(size / 1e3, 0, 0)}${SPACE}k`);
  if (size >= 100) return at(digits(size, 0, 0));
  return at(digits(size, 2, 2));
}

const SIZES: [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A time span in its two largest units: 3 h 20 min · 38 d 6 h · 45 s. */
export function duration(seconds: Maybe): string {
  if (seconds === null || seconds === undefined) return NONE;
  const sign = seconds < 0 ? MINUS : '';
  const size = Math.abs(seconds);
  if (size < 60) return `${sign}${digits(size, 0, size < 10 ? 1 : 0)}${SPACE}s`;
  const first = SIZES.findIndex(([, length]) => size >= length);
  const [unit, length] = SIZES[first];
  const [smaller, step] = SIZES[first + 1];
  const steps = Math.round(size / step);
  const whole = Math.floor((steps * step) / length);
  const rest = Math.round((steps * step - whole * length) / step);
  // 23 h 60 min is one day: rounding up may reach the next unit.
  if (first > 0 && whole * length >= SIZES[first - 1][1])
    return duration(Math.sign(seconds) * whole * length);
  const restText = rest > 0 && whole < 100 ? `${SPACE}${rest}${SPACE}${smaller}` : '';
  return `${sign}${digits(whole, 0, 0)}${SPACE}${unit}${restText}`;
}

/** A value of a measure by its unit, rounded for people. */
export function value(amount: Maybe, unit: Unit | string): string {
  if (amount === null || amount === undefined) return NONE;
  if (unit === 'percent') return share(amount);
  if (unit === 'money') return money(amount);
  if (unit === 'duration') return duration(amount);
  return number(amount);
}

/** The same value unrounded, with its unit, for titles. */
export function exact(amount: Maybe, unit: Unit | string): string {
  if (amount === null || amount === undefined) return 'no value';
  if (unit === 'percent') return `${digits(amount * 100, 0, 10)}${SPACE}%`;
  if (unit === 'money') return `${digits(amount, 2, 6)}${SPACE}${workspace.currency}`;
  if (unit === 'duration') return `${digits(amount, 0, 3)} seconds`;
  return digits(amount, 0, 10);
}

/** From low to high with the unit once where it can be: 5.7–6.4 %. */
export function interval(bounds: Interval | null | undefined, unit: Unit | string): string {
  if (!bounds) return NONE;
  const low = value(bounds.low, unit);
  const high = value(bounds.high, unit);
  if (low === high) return low;
  const short = unit === 'percent' ? low.replace(`${SPACE}%`, '') : low;
  const between = unit === 'percent' || (unit !== 'duration' && unit !== 'money') ? '–' : ' – ';
  return low.startsWith(MINUS) || high.startsWith(MINUS)
    ? `${short} to ${high}`
    : `${short}${between}${high}`;
}

/** A difference with its sign. Shares differ in points, never in per cent of per cent. */
export function difference(amount: Maybe, unit: Unit | string): string {
  if (amount === null || amount === undefined) return NONE;
  const size = Math.abs(amount);
  const text = unit === 'percent' ? `${points(size * 100)}${SPACE}pts` : value(size, unit);
  // What rounds to zero has no sign.
  const sign = !/[1-9]/.test(text) ? '±' : amount > 0 ? '+' : MINUS;
  return `${sign}${text}`;
}

function points(size: number): string {
  return digits(size, 0, size >= 10 ? 0 : size >= 1 ? 1 : 2);
}

/** Points of a score with a sign: +3.9 · −0.4. */
export function signed(amount: Maybe): string {
  if (amount === null || amount === undefined) return NONE;
  const text = digits(Math.abs(amount), 1, 1);
  return /^[0.,]+$/.test(text) ? `±${text}` : `${amount > 0 ? '+' : MINUS}${text}`;
}

/** A score, cut and not rounded: 99.6 is not on target, so it must not look like 100. */
export function score(amount: Maybe): string {
  return amount === null || amount === undefined ? NONE : digits(Math.floor(amount), 0, 0);
}

const dates = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zoned = { timeZone: workspace.zone, ...options };
  const key = JSON.stringify(zoned);
  let format = dates.get(key);
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(DATE_LOCALE, zoned)));
  return format;
}

/** A date is not torn apart at the end of a line, except before its time. */
function unbroken(format: Intl.DateTimeFormat, iso: string): string {
  return format.format(new Date(iso)).replaceAll(' ', SPACE).replace(`,${SPACE}`, ', ');
}

/** An instant as a day in the workspace's zone: 28 Jun 2026. */
export function day(iso: string | null | undefined): string {
  if (!iso) return NONE;
  // A bare day is that day everywhere; only instants move with the zone.
  if (iso.length === 10)
    return unbroken(dateFormat({ dateStyle: 'medium', timeZone: 'UTC' }), `${iso}T00:00:00Z`);
  return unbroken(dateFormat({ dateStyle: 'medium' }), iso);
}

/** An instant with its time in the workspace's zone. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return NONE;
  return unbroken(dateFormat({ dateStyle: 'medium', timeStyle: 'short' }), iso);
}

/** The time of day of an instant in the workspace's zone: 14:05. */
export function timeOfDay(iso: string): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(iso));
}

/** How long ago: 3 days ago. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return NONE;
  const seconds = (now - new Date(iso).getTime()) / 1000;
  const text = duration(Math.max(0, Math.round(seconds / 60) * 60 || 0))
    .split(SPACE)
    .slice(0, 2)
    .join(SPACE);
  return seconds < 60 ? 'just now' : `${text} ago`;
}

/** Whether a text names a period, and of which length. */
function grainOf(label: string): Grain | null {
  if (/^\d{4}$/.test(label)) return 'year';
  if (/^\d{4}-\d{2}$/.test(label)) return 'month';
  if (/^\d{4}-\d{2}-\d{2}$/.test(label)) return 'day';
  if (/^\d{4}-?Q\d$/.test(label)) return 'quarter';
  return /^\d{4}-?W\d{2}$/.test(label) ? 'week' : null;
}

/** A period for people: June 2026 · Q2 2026 · week 23, 2026. `short` for axes: Jun 26. */
export function period(of: Period | string | null | undefined, short = false): string {
  if (!of) return NONE;
  const label = typeof of === 'string' ? of : of.label;
  const [year, rest] = [label.slice(0, 4), label.slice(4).replace('-', '')];
  switch (grainOf(label)) {
    case 'month': {
      const month = dateFormat({ month: short ? 'short' : 'long', timeZone: 'UTC' });
      const name = month.format(new Date(`${label}-01T00:00:00Z`));
      return short ? `${name} ${year.slice(2)}` : `${name} ${year}`;
    }
    case 'quarter':
      return `${rest} ${year}`;
    case 'week':
      return short ? `${rest} ${year.slice(2)}` : `week ${Number(rest.slice(1))}, ${year}`;
    case 'day':
      return day(label);
    default:
      return label;
  }
}

/** Has the browser fetch what it needs to write numbers and dates, which takes it a while the first time. */
export function prepare(): void {
  money(0);
  period('2026-01');
}

/** "1 customer", "12 customers". */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}
