import type { TimePart } from '../../policy/mask-choice.ts';
import type { Mask, ScalarType } from './mask.ts';

/** The start of the year, month, day or hour; of a TIMESTAMP in UTC. */
export function timePart(part: TimePart): Mask {
  const cell = (value: string, type: ScalarType): string | null =>
    type === 'TIMESTAMP' ? startOfTimestamp(value, part) : startOfText(value, part);
  return {
    empties: false,
    replacesNull: false,
    expression: (value, type) => `${type}_TRUNC(${value}, ${part}${type === 'TIMESTAMP' ? ", 'UTC'" : ''})`,
    cell,
    releases: (value, type) => sameInstant(cell(value, type), value, type),
  };
}

const lengths = { YEAR: 4, MONTH: 7, DAY: 10, HOUR: 13 } as const;
const earliest = '0001-01-01T00:00:00';

/** `2024-02-03` and `2024-02-03T04:05:06.5`. */
function startOfText(value: string, part: TimePart): string {
  const start = `${value.slice(0, lengths[part])}${earliest.slice(lengths[part])}`;
  return value.length === 10 ? start.slice(0, 10) : start;
}

/** REST writes a TIMESTAMP as seconds with a fraction, as whole microseconds, or as ISO 8601. */
function startOfTimestamp(value: string, part: TimePart): string | null {
  if (value.includes('T')) return `${startOfText(value.slice(0, 19), part)}Z`;
  const isMicroseconds = /^-?\d+$/.test(value);
  const milliseconds = isMicroseconds ? floorThousandth(BigInt(value)) : Number(value) * 1000;
  const date = new Date(Math.floor(milliseconds));
  if (Number.isNaN(date.getTime())) return null;
  const start = Date.parse(`${startOfText(isoText(date), part)}Z`);
  return isMicroseconds ? `${BigInt(start) * 1000n}` : `${start / 1000}.0`;
}

function floorThousandth(value: bigint): number {
  return Number((value - (((value % 1000n) + 1000n) % 1000n)) / 1000n);
}

function isoText(date: Date): string {
  return date.toISOString().slice(0, 19);
}

function sameInstant(start: string | null, value: string, type: ScalarType): boolean {
  if (start === value) return true;
  if (start === null) return false;
  if (type !== 'TIMESTAMP') return value.startsWith(start) && /^[.0]*$/.test(value.slice(start.length));
  if (value.includes('T')) return Date.parse(start) === Date.parse(value) && !/\.\d*[1-9]/.test(value);
  return Number(start) === Number(value);
}
