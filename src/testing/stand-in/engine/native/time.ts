import { instantMicros, localMicros, parseCivil, parseClock } from './civil.ts';
import { formatTime, type TimeKind } from './format-time.ts';
import { native, type Native } from './native.ts';
import { parseTime } from './parse-time.ts';
import { offsetAt, offsetText } from './time-zone.ts';

/** Microseconds since 1970, or of the day for TIME, of a text that CAST and literals take. */
export function castTime(text: string, zone: string, kind: TimeKind): bigint {
  const micros = castedTime(text, zone, kind);
  if (micros === undefined)
    throw new Error(
      `Invalid ${kind === 'DATE' ? 'date' : kind === 'TIME' ? 'time' : kind.toLowerCase()}: '${text}'`,
    );
  return micros;
}

function castedTime(text: string, zone: string, kind: TimeKind): bigint | undefined {
  if (kind === 'TIME') return microsOfDay(text);
  const parsed = parseCivil(text);
  if (parsed === undefined) return undefined;
  if (kind === 'TIMESTAMP') return instantMicros(parsed.civil, parsed.zone ?? zone);
  if (parsed.zone !== undefined || (kind === 'DATE' && parsed.hasTime)) return undefined;
  return localMicros(parsed.civil);
}

function microsOfDay(text: string): bigint | undefined {
  const civil = parseClock(text);
  return civil === undefined ? undefined : localMicros(civil);
}

/** `2024-03-01 10:00:00.500`: no fraction, or three or six digits of one. */
export function localText(micros: bigint, separator: string): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = formatTime(`%E4Y-%m-%d${separator}%H:%M:%S`, micros, 'UTC', 'DATETIME');
  return whole + fractionText(fraction);
}

export function fractionText(micros: bigint): string {
  if (micros === 0n) return '';
  const digits = String(micros).padStart(6, '0');
  return `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`;
}

/** With the offset as `+00`, or `+05:30` where it has minutes. */
function timestampText(micros: bigint, zone: string): string {
  const seconds = Number((micros - (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const offset = offsetAt(seconds, zone);
  return localText(micros + BigInt(offset) * 1_000_000n, ' ') + offsetText(offset, ':').replace(/:00$/, '');
}

function timeText(micros: bigint): string {
  return localText(micros, ' ').slice(11);
}

const kinds: readonly TimeKind[] = ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP'];

export const timeNatives: readonly Native[] = [
  ...kinds.flatMap((kind) => [
    native(
      `format_${kind.toLowerCase()}`,
      ['VARCHAR', 'BIGINT', 'VARCHAR'],
      'VARCHAR',
      (format, micros, zone) => formatTime(format, micros, zone, kind),
    ),
    native(`parse_${kind.toLowerCase()}`, ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'BIGINT', (format, text, zone) =>
      parseTime(format, text, zone, kind),
    ),
    native(`cast_${kind.toLowerCase()}`, ['VARCHAR', 'VARCHAR'], 'BIGINT', (text, zone) =>
      castTime(text, zone, kind),
    ),
  ]),
  native('timestamp_text', ['BIGINT', 'VARCHAR'], 'VARCHAR', timestampText),
  native('datetime_text', ['BIGINT'], 'VARCHAR', (micros) => localText(micros, ' ')),
  native('datetime_json', ['BIGINT'], 'VARCHAR', (micros) => localText(micros, 'T')),
  native('time_text', ['BIGINT'], 'VARCHAR', timeText),
  native('zone_check', ['VARCHAR'], 'VARCHAR', (zone) => {
    offsetAt(0, zone);
    return zone;
  }),
];
