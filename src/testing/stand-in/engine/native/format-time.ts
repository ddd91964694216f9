import { offsetAt, offsetText } from './time-zone.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const dayNames: readonly string[] = days;
export const monthNames: readonly string[] = months;

/** A local time taken apart. */
interface Moment {
  readonly date: Date;
  readonly micros: number;
  readonly zone: string;
  readonly offset: number;
  readonly instant: number;
}

const two = (value: number): string => String(value).padStart(2, '0');
const dayOfYear = ({ date }: Moment): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

/** Weeks of the year that begin on `first` (0 = Sunday); days before the first such day are week 0. */
function weekOfYear(moment: Moment, first: number): number {
  return Math.floor((dayOfYear(moment) + 6 - ((moment.date.getUTCDay() - first + 7) % 7)) / 7);
}

function isoWeek(moment: Moment): { readonly year: number; readonly week: number } {
  const thursday = new Date(moment.date.getTime());
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7) };
}

const twelve = (moment: Moment): number => moment.date.getUTCHours() % 12 || 12;
const half = (moment: Moment): string => (moment.date.getUTCHours() < 12 ? 'AM' : 'PM');
const clock = (m: Moment): string =>
  `${two(m.date.getUTCHours())}:${two(m.date.getUTCMinutes())}:${two(m.date.getUTCSeconds())}`;

const elements: Readonly<Record<string, (moment: Moment) => string>> = {
  A: (m) => days[m.date.getUTCDay()] ?? '',
  a: (m) => (days[m.date.getUTCDay()] ?? '').slice(0, 3),
  B: (m) => months[m.date.getUTCMonth()] ?? '',
  b: (m) => (months[m.date.getUTCMonth()] ?? '').slice(0, 3),
  h: (m) => (months[m.date.getUTCMonth()] ?? '').slice(0, 3),
  C: (m) => two(Math.floor(m.date.getUTCFullYear() / 100)),
  c: (m) => expand('%a %b %e %H:%M:%S %Y', m),
  D: (m) => expand('%m/%d/%y', m),
  d: (m) => two(m.date.getUTCDate()),
  e: (m) => String(m.date.getUTCDate()).padStart(2),
  F: (m) => expand('%Y-%m-%d', m),
  G: (m) => String(isoWeek(m).year),
  g: (m) => two(isoWeek(m).year % 100),
  H: (m) => two(m.date.getUTCHours()),
  I: (m) => two(twelve(m)),
  J: (m) => String(isoDayOfYear(m)).padStart(3, '0'),
  j: (m) => String(dayOfYear(m)).padStart(3, '0'),
  k: (m) => String(m.date.getUTCHours()).padStart(2),
  l: (m) => String(twelve(m)).padStart(2),
  M: (m) => two(m.date.getUTCMinutes()),
  m: (m) => two(m.date.getUTCMonth() + 1),
  n: () => '\n',
  P: (m) => half(m).toLowerCase(),
  p: (m) => half(m),
  Q: (m) => String(Math.floor(m.date.getUTCMonth() / 3) + 1),
  R: (m) => clock(m).slice(0, 5),
  S: (m) => two(m.date.getUTCSeconds()),
  s: (m) => String(m.instant),
  T: clock,
  t: () => '\t',
  U: (m) => two(weekOfYear(m, 0)),
  u: (m) => String(m.date.getUTCDay() || 7),
  V: (m) => two(isoWeek(m).week),
  W: (m) => two(weekOfYear(m, 1)),
  w: (m) => String(m.date.getUTCDay()),
  X: clock,
  x: (m) => expand('%m/%d/%y', m),
  Y: (m) => String(m.date.getUTCFullYear()),
  y: (m) => two(m.date.getUTCFullYear() % 100),
  Z: (m) => (m.zone === 'UTC' ? 'UTC' : offsetName(m.offset)),
  z: (m) => offsetText(m.offset, ''),
  '%': () => '%',
  Ez: (m) => offsetText(m.offset, ':'),
  E4Y: (m) => String(m.date.getUTCFullYear()).padStart(4, '0'),
  'E*S': (m) => two(m.date.getUTCSeconds()) + fraction(String(m.micros).padStart(6, '0').replace(/0+$/, '')),
  'E*f': (m) => String(m.micros).padStart(6, '0').replace(/0+$/, '') || '0',
};

function isoDayOfYear(m: Moment): number {
  const { year } = isoWeek(m);
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000;
  return Math.floor((m.date.getTime() - monday) / 86_400_000) + 1;
}

function offsetName(offset: number): string {
  if (offset === 0) return 'UTC';
  const size = Math.abs(offset) / 3600;
  return `UTC${offset < 0 ? '-' : '+'}${Number.isInteger(size) ? size : offsetText(offset, ':').slice(1)}`;
}

function fraction(digits: string): string {
  return digits === '' ? '' : `.${digits}`;
}

const dateOnly = /^([AaBbhCDdeFGgJjmnQtUuVWwxYy%]|E4Y)$/;
const timeOnly = /^([HIklMnPpRSTtX%]|E\*S|E\*f|E[0-9][Sf])$/;

export type TimeKind = 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP';

/** What a kind of value does not have is left as it stands, as in BigQuery. */
function fits(element: string, kind: TimeKind): boolean {
  if (kind === 'TIMESTAMP') return true;
  if (kind === 'DATETIME') return !/^(Z|z|Ez|s)$/.test(element);
  return (kind === 'DATE' ? dateOnly : timeOnly).test(element);
}

function expand(format: string, moment: Moment, kind: TimeKind = 'TIMESTAMP'): string {
  return format.replaceAll(
    /%(E\*[Sf]|E[0-9][Sf]|E4Y|Ez|E[CcXxYy]|O[deHIMmSUuVWwy]|.)/gs,
    (whole, element: string) => {
      const plain = element.replace(/^[EO](?=[CcXxYydeHIMmSUuVWwy]$)/, '');
      if (!fits(plain, kind))
        throw new Error(`The stand-in does not support the format element %${element} for ${kind}`);
      return elementText(plain, moment) ?? unknownElement(whole);
    },
  );
}

function unknownElement(whole: string): never {
  throw new Error(`The stand-in does not support the format element ${whole}`);
}

function elementText(name: string, moment: Moment): string | undefined {
  const digits = /^E([0-9])([Sf])$/.exec(name);
  if (digits === null) return elements[name]?.(moment);
  const size = Number(digits[1]);
  const text = String(moment.micros).padStart(6, '0').padEnd(9, '0').slice(0, size);
  if (digits[2] === 'f') return text;
  return two(moment.date.getUTCSeconds()) + fraction(text);
}

/** `micros` since 1970: of the instant for a TIMESTAMP, of the local time for the rest. */
export function formatTime(format: string, micros: bigint, zone: string, kind: TimeKind): string {
  const millis = (micros - modulo(micros, 1000n)) / 1000n;
  const seconds = Number((micros - modulo(micros, 1_000_000n)) / 1_000_000n);
  const offset = kind === 'TIMESTAMP' ? offsetAt(seconds, zone) : 0;
  const date = new Date(Number(millis) + offset * 1000);
  return expand(
    format,
    { date, micros: Number(modulo(micros, 1_000_000n)), zone, offset, instant: seconds },
    kind,
  );
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}
