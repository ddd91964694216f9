import type { KeyObject } from 'node:crypto';
import type { AppliedMask, MaskChoice } from '../../policy/mask-choice.ts';
import { hmac, hmacExpression } from './hmac.ts';
import type { Mask } from './mask.ts';
import { timestampText, timestampMicroseconds } from './timestamp-cell.ts';

type Choice = Extract<MaskChoice, { readonly with: 'dateShift' }>;

/**
 * Moves a date by a number of days that only the key tells, and that is the same for all dates of one person, so that
 * the time between two of them stays. Without a person, and where it might leave the calendar, the date becomes NULL.
 */
export function dateShift(choice: Extract<AppliedMask, Choice>, key: () => KeyObject): Mask {
  const { lowerBoundDays: lower, upperBoundDays: upper, context, keyAtSource } = choice;
  const width = upper - lower + 1;
  const range = {
    first: dayAfter(firstDay, Math.max(0, -lower)),
    last: dayAfter(lastDay, -Math.max(0, upper)),
  };
  return {
    empties: false,
    replacesNull: false,
    expression(value, type, row) {
      if (keyAtSource?.kind !== 'pads' || row === undefined) return `CAST(NULL AS ${type})`;
      const person = `CAST(CAST(${row}.\`${context}\` AS STRING) AS BYTES)`;
      const hashed = `TO_HEX(SUBSTR(${hmacExpression(keyAtSource, person)}, 1, ${hashBytes}))`;
      const days = `MOD(CAST(CONCAT('0x', ${hashed}) AS INT64), ${width}) + ${lower}`;
      const day = type === 'DATE' ? value : `DATE(${value}${type === 'TIMESTAMP' ? ", 'UTC'" : ''})`;
      const isSafe = `${day} BETWEEN DATE '${range.first}' AND DATE '${range.last}'`;
      return `IF(${isSafe}, ${type}_ADD(${value}, INTERVAL ${days} DAY), NULL)`;
    },
    cell(value, type, person) {
      if (person === undefined || person === null) return null;
      const days = (hmac(key(), person).digest().readUIntBE(0, hashBytes) % width) + lower;
      return type === 'TIMESTAMP' ? shiftedTimestamp(value, days, range) : shiftedText(value, days, range);
    },
    releases: () => true,
  };
}

/** Exact in a double, and so much wider than any bounds that every number of days is as likely as the others. */
const hashBytes = 6;

interface Range {
  readonly first: string;
  readonly last: string;
}

const firstDay = '0001-01-01';
const lastDay = '9999-12-31';
const dayMs = 86_400_000;

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** `2024-02-03` and `2024-02-03T04:05:06.5`. */
function shiftedText(value: string, days: number, { first, last }: Range): string | null {
  const day = value.slice(0, 10);
  return day < first || day > last ? null : `${dayAfter(day, days)}${value.slice(10)}`;
}

function shiftedTimestamp(value: string, days: number, { first, last }: Range): string | null {
  const moment = timestampMicroseconds(value);
  if (moment === undefined) return null;
  const dayMicroseconds = BigInt(dayMs) * 1000n;
  const [earliest, latest] = [first, last].map((day) => BigInt(Date.parse(day)) * 1000n);
  if (earliest === undefined || latest === undefined) return null;
  if (moment < earliest || moment >= latest + dayMicroseconds) return null;
  return timestampText(moment + BigInt(days) * dayMicroseconds, value);
}
