import { invalidQuery, unsupported } from '../../engine-error.ts';
import { arrayOf, string, type SqlType } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import type { Scope } from '../scope.ts';
import { literalText, type Typed } from '../typed.ts';
import { mismatch, one, printArguments, type FunctionTable, type Handler } from './signature.ts';
import type { Call } from '../../../../../sql/ast/index.ts';

/** DuckDB's engine is RE2 as BigQuery's is; only how groups and misses are answered differs. */
function groups(pattern: string): number {
  const bare = pattern.replaceAll(
    /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]/g,
    '',
  );
  return (bare.match(/\((?!\?)|\(\?P?<[A-Za-z_]/g) ?? []).length;
}

interface Match {
  readonly text: string;
  readonly pattern: string;
  readonly group: number;
}

function matchOf(call: Call, values: readonly Typed[], scope: Scope): Match {
  const [subject, pattern] = values;
  const text = subject && coerce(subject, string);
  const patternText = pattern && coerce(pattern, string);
  if (text === undefined || patternText === undefined || pattern === undefined)
    throw mismatch(call, values, scope);
  const literal = literalText(pattern);
  if (literal === undefined)
    throw unsupported('REGEXP functions with a pattern that is not a literal or parameter');
  const count = groups(literal);
  if (count > 1) throw invalidQuery(`Regular expression ${literal} has more than 1 capturing group`);
  return { text: text.sql, pattern: patternText.sql, group: count };
}

function extracting(name: string, print: (match: Match) => string, type: SqlType): Handler {
  return (call, scope) => {
    const values = printArguments(call, scope);
    if (values.length > 2) throw unsupported(`${name} with a position`);
    return { sql: print(matchOf(call, values, scope)), type };
  };
}

const extract = ({ text, pattern, group }: Match): string =>
  `(CASE WHEN regexp_matches(${text}, ${pattern}) THEN regexp_extract(${text}, ${pattern}, ${group}) END)`;
const extractAll = ({ text, pattern, group }: Match): string =>
  `regexp_extract_all(${text}, ${pattern}, ${group})`;

export const regexpFunctions: FunctionTable = {
  REGEXP_CONTAINS: one('STRING, STRING -> BOOL', (text, pattern) => `regexp_matches(${text}, ${pattern})`),
  REGEXP_EXTRACT: extracting('REGEXP_EXTRACT', extract, string),
  REGEXP_SUBSTR: extracting('REGEXP_SUBSTR', extract, string),
  REGEXP_EXTRACT_ALL: extracting('REGEXP_EXTRACT_ALL', extractAll, arrayOf(string)),
  REGEXP_REPLACE: one(
    'STRING, STRING, STRING -> STRING',
    (text, pattern, by) => `regexp_replace(${text}, ${pattern}, ${by}, 'g')`,
  ),
};
