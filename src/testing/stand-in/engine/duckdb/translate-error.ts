import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';

const runtime = /^(Invalid Input Error|Conversion Error|Out of Range Error|Constraint Error|Invalid Error): /;
const wording: readonly (readonly [RegExp, (match: RegExpExecArray) => Error])[] = [
  [/Unknown TimeZone '([^']*)'/, (match) => invalidQuery(`Invalid time zone: ${match[1]}`)],
  [/The stand-in does not support (.*)/s, (match) => unsupported(match[1] ?? '')],
  [
    /INTERRUPT/i,
    () => new EngineError('stopped', 'Job execution was cancelled: User requested cancellation'),
  ],
  [/Overflow in (\w+) of INT64 \((.*)\)/, (match) => invalidQuery(`int64 overflow: ${match[2]}`)],
  [/Overflow in \w+ of (?:DECIMAL|INT128)/i, () => invalidQuery('numeric overflow')],
  [
    /with value ([-0-9.e+]+) can't be cast .* destination type INT64/,
    (match) => invalidQuery(`int64 overflow: ${match[1]}`),
  ],
  [
    /More than one row returned by a subquery/,
    () => invalidQuery('Scalar subquery produced more than one element'),
  ],
  [
    /must appear in the GROUP BY clause/,
    () => invalidQuery('SELECT list expression references a column which is neither grouped nor aggregated'),
  ],
  [/NOT NULL constraint failed: \S+\.(\S+)/, () => invalidQuery('Required field cannot be null')],
  [
    /aggregate function calls cannot be nested/,
    () => invalidQuery('Aggregations of aggregations are not allowed'),
  ],
  [
    /WHERE clause cannot contain aggregates/,
    () => invalidQuery('Aggregate function not allowed in WHERE clause'),
  ],
  [
    /window functions are not allowed|WHERE clause cannot contain window/,
    () => invalidQuery('Analytic function not allowed here'),
  ],
];

/** DuckDB's error in BigQuery's words. One that only our SQL can cause says that the stand-in is at fault. */
export function translateError(error: unknown, sql: string): Error {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  for (const [pattern, make] of wording) {
    const match = pattern.exec(message);
    if (match !== null) return make(match);
  }
  const first = message.split('\n')[0] ?? message;
  if (runtime.test(first)) return invalidQuery(first.replace(runtime, ''));
  const failure = unsupported(`this statement (${first})`);
  failure.cause = new Error(sql, { cause: error });
  return failure;
}
