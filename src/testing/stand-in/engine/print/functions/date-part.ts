import { unsupported } from '../../engine-error.ts';

export interface Part {
  readonly part: string;
  readonly weekday?: string;
}

const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const clockParts = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND'];
const calendarParts = ['YEAR', 'QUARTER', 'MONTH', 'DAY'];

export const isClockPart = ({ part }: Part): boolean => clockParts.includes(part);

/** The weekday that a week begins on: 0 for Sunday; undefined for what is not a week. */
function weekStart({ part, weekday }: Part): number | undefined {
  if (part === 'ISOWEEK') return 1;
  if (part !== 'WEEK') return undefined;
  return weekday === undefined ? 0 : weekdays.indexOf(weekday.toUpperCase());
}

/** A DATETIME (a DuckDB TIMESTAMP) cut to the beginning of a part. */
export function truncateSql(value: string, part: Part): string {
  const start = weekStart(part);
  if (start !== undefined) return `bq_week(${value}, ${start})`;
  if (part.part === 'ISOYEAR') return `CAST(date_trunc('isoyear', ${value}) AS TIMESTAMP)`;
  if (!calendarParts.includes(part.part) && !clockParts.includes(part.part))
    throw unsupported(`truncation to ${part.part}`);
  return `CAST(date_trunc('${part.part.toLowerCase()}', ${value}) AS TIMESTAMP)`;
}

/** The boundaries of a part between two DATETIMEs. */
export function boundariesSql(later: string, earlier: string, part: Part): string {
  const start = weekStart(part);
  if (start !== undefined) {
    return `(date_diff('day', bq_week(${earlier}, ${start}), bq_week(${later}, ${start})) // 7)`;
  }
  if (part.part === 'ISOYEAR')
    return `CAST(datepart('isoyear', ${later}) - datepart('isoyear', ${earlier}) AS BIGINT)`;
  if (!calendarParts.includes(part.part) && !clockParts.includes(part.part))
    throw unsupported(`a difference in ${part.part}`);
  return `date_diff('${part.part.toLowerCase()}', ${earlier}, ${later})`;
}

const extracted: Readonly<Record<string, (value: string) => string>> = {
  YEAR: (value) => `datepart('year', ${value})`,
  QUARTER: (value) => `datepart('quarter', ${value})`,
  MONTH: (value) => `datepart('month', ${value})`,
  DAY: (value) => `datepart('day', ${value})`,
  DAYOFWEEK: (value) => `(datepart('dow', ${value}) + 1)`,
  DAYOFYEAR: (value) => `datepart('doy', ${value})`,
  ISOYEAR: (value) => `datepart('isoyear', ${value})`,
  ISOWEEK: (value) => `datepart('week', ${value})`,
  HOUR: (value) => `datepart('hour', ${value})`,
  MINUTE: (value) => `datepart('minute', ${value})`,
  SECOND: (value) => `(epoch_us(${value}) % 60000000 + 60000000) % 60000000 // 1000000`,
  MILLISECOND: (value) => `(epoch_us(${value}) % 1000000 + 1000000) % 1000000 // 1000`,
  MICROSECOND: (value) => `(epoch_us(${value}) % 1000000 + 1000000) % 1000000`,
};

export function extractSql(value: string, part: Part): string {
  if (part.part === 'WEEK') {
    const start = weekStart(part) ?? 0;
    return `CAST((datepart('doy', ${value}) + 6 - (datepart('dow', ${value}) - ${start} + 7) % 7) // 7 AS BIGINT)`;
  }
  const print = extracted[part.part];
  if (print === undefined) throw unsupported(`EXTRACT of ${part.part}`);
  return `CAST(${print(value)} AS BIGINT)`;
}
