import { instantOf } from './time-zone.ts';

/** A date and a time of day without a zone. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

export const midnight: Civil = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };

export function isValid(civil: Civil): boolean {
  const { year, month, day, hour, minute, second } = civil;
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return (
    year >= 1 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    date.getUTCDate() === day &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60
  );
}

/** Seconds since 1970 of the local time. */
export function localSeconds(civil: Civil): number {
  const date = new Date(0);
  date.setUTCFullYear(civil.year, civil.month - 1, civil.day);
  date.setUTCHours(civil.hour, civil.minute, civil.second);
  return date.getTime() / 1000;
}

export function localMicros(civil: Civil): bigint {
  return BigInt(localSeconds(civil)) * 1_000_000n + BigInt(civil.micros);
}

export function instantMicros(civil: Civil, zone: string): bigint {
  return BigInt(instantOf(localSeconds(civil), zone)) * 1_000_000n + BigInt(civil.micros);
}

const pattern =
  /^\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ tT]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{0,9}))?)?(?:\s*(.+?))?\s*$/;
const timePattern = /^\s*([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{0,9}))?\s*$/;

/** The text of a DATE, DATETIME or TIMESTAMP literal: the civil time and what stands behind it as its zone. */
export function parseCivil(
  text: string,
): { readonly civil: Civil; readonly zone?: string; readonly hasTime: boolean } | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? '0');
  const civil: Civil = {
    year: part(1),
    month: part(2),
    day: part(3),
    hour: part(4),
    minute: part(5),
    second: part(6),
    micros: microsOf(match[7]),
  };
  if (!isValid(civil)) return undefined;
  return { civil, hasTime: match[4] !== undefined, ...(match[8] === undefined ? {} : { zone: match[8] }) };
}

/** Nanoseconds would be lost, so they are refused. */
export function microsOf(digits: string | undefined): number {
  const padded = (digits ?? '').padEnd(6, '0');
  if (/[1-9]/.test(padded.slice(6)))
    throw new Error('The stand-in does not support fractions finer than microseconds');
  return Number(padded.slice(0, 6));
}

export function parseClock(text: string): Civil | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const civil: Civil = {
    ...midnight,
    hour: Number(match[1]),
    minute: Number(match[2]),
    second: Number(match[3]),
    micros: microsOf(match[4]),
  };
  return isValid(civil) ? civil : undefined;
}
