import { instantMicros, isValid, localMicros, microsOf, midnight, type Civil } from './civil.ts';
import { dayNames, monthNames, type TimeKind } from './format-time.ts';

interface Draft extends Civil {
  readonly half?: 'AM' | 'PM';
  readonly century?: number;
  readonly shortYear?: number;
  readonly instant?: bigint;
  readonly zone?: string;
  readonly dayOfYear?: number;
}

type Reader = readonly [pattern: RegExp, apply: (draft: Draft, match: RegExpExecArray) => Draft];

const digits = (size: number): RegExp => new RegExp(`\\s*([0-9]{1,${size}})`, 'y');
const named = (names: readonly string[]): RegExp =>
  new RegExp(`(${names.map((name) => `${name}|${name.slice(0, 3)}`).join('|')})`, 'iy');
const monthOf = (name: string): number =>
  monthNames.findIndex((month) => month.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()) + 1;
const first = (match: RegExpExecArray): string => match[1] ?? '';
const value = (match: RegExpExecArray): number => Number(first(match));

const readers: Readonly<Record<string, Reader>> = {
  Y: [/\s*([0-9]{1,4})/y, (draft, match) => ({ ...draft, year: value(match) })],
  E4Y: [/\s*([0-9]{4})/y, (draft, match) => ({ ...draft, year: value(match) })],
  y: [digits(2), (draft, match) => ({ ...draft, shortYear: value(match) })],
  C: [digits(2), (draft, match) => ({ ...draft, century: value(match) })],
  m: [digits(2), (draft, match) => ({ ...draft, month: value(match) })],
  d: [digits(2), (draft, match) => ({ ...draft, day: value(match) })],
  e: [digits(2), (draft, match) => ({ ...draft, day: value(match) })],
  H: [digits(2), (draft, match) => ({ ...draft, hour: value(match) })],
  k: [digits(2), (draft, match) => ({ ...draft, hour: value(match) })],
  I: [digits(2), (draft, match) => ({ ...draft, hour: value(match) })],
  l: [digits(2), (draft, match) => ({ ...draft, hour: value(match) })],
  M: [digits(2), (draft, match) => ({ ...draft, minute: value(match) })],
  S: [digits(2), (draft, match) => ({ ...draft, second: value(match) })],
  'E*S': [
    /\s*([0-9]{1,2})(?:\.([0-9]+))?/y,
    (draft, match) => ({ ...draft, second: value(match), micros: microsOf(match[2]) }),
  ],
  j: [digits(3), (draft, match) => ({ ...draft, dayOfYear: value(match) })],
  p: [
    /\s*(AM|PM)/iy,
    (draft, match) => ({ ...draft, half: first(match).toUpperCase() === 'AM' ? 'AM' : 'PM' }),
  ],
  B: [named(monthNames), (draft, match) => ({ ...draft, month: monthOf(first(match)) })],
  A: [named(dayNames), (draft) => draft],
  s: [/\s*(-?[0-9]+)/y, (draft, match) => ({ ...draft, instant: BigInt(first(match)) * 1_000_000n })],
  z: [/\s*(Z|[+-][0-9]{2}:?[0-9]{2})/iy, (draft, match) => ({ ...draft, zone: first(match).toUpperCase() })],
  Z: [/\s*([A-Za-z0-9_/+-]+(?::[0-9]{2})?)/y, (draft, match) => ({ ...draft, zone: first(match) })],
  '%': [/%/y, (draft) => draft],
  n: [/\s+/y, (draft) => draft],
  t: [/\s+/y, (draft) => draft],
};

const aliases: Readonly<Record<string, string>> = { b: 'B', h: 'B', a: 'A', P: 'p', Ez: 'z' };
const composite: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
};

function read(format: string, text: string, mismatch: () => Error): Draft {
  let draft: Draft = midnight;
  let at = 0;
  const expanded = format.replaceAll(/%([FTXRDxc])/g, (_, name: string) => composite[name] ?? '');
  for (const [part] of expanded.matchAll(/%(?:E\*S|E[0-9]S|E4Y|Ez|.)|\s+|[^%\s]/gs)) {
    const [pattern, apply] = readerOf(part);
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw mismatch();
    at = pattern.lastIndex;
    draft = apply(draft, match);
  }
  if (text.slice(at).trim() !== '') throw mismatch();
  return draft;
}

const same = (draft: Draft): Draft => draft;

function readerOf(part: string): Reader {
  if (/^\s/.test(part)) return [/\s*/y, same];
  if (!part.startsWith('%')) return [new RegExp(part.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), 'y'), same];
  const name = part.slice(1);
  const reader = readers[aliases[name] ?? name];
  if (reader === undefined) throw new Error(`The stand-in does not support the parse element ${part}`);
  return reader;
}

function settled(draft: Draft): Civil {
  const year = yearOf(draft);
  const base = { ...draft, year, hour: hourOf(draft) };
  if (draft.dayOfYear === undefined) return base;
  const date = new Date(0);
  date.setUTCFullYear(year, 0, draft.dayOfYear);
  return { ...base, month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function yearOf({ year, shortYear, century }: Draft): number {
  if (century !== undefined) return century * 100 + (shortYear ?? 0);
  return shortYear === undefined ? year : shortYear + (shortYear < 69 ? 2000 : 1900);
}

function hourOf({ hour, half }: Draft): number {
  return half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
}

/** Microseconds since 1970 of what the text says: of the instant for a TIMESTAMP, else of the local time. */
export function parseTime(format: string, text: string, zone: string, kind: TimeKind): bigint {
  const mismatch = (): Error => new Error(`Failed to parse input string "${text}"`);
  const draft = read(format, text, mismatch);
  if (draft.instant !== undefined) return draft.instant;
  const civil = settled(draft);
  if (!isValid(civil)) throw mismatch();
  return kind === 'TIMESTAMP' ? instantMicros(civil, draft.zone ?? zone) : localMicros(civil);
}
