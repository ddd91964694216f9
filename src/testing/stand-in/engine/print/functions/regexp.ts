import { invalidQuery, unsupported } from '../../engine-error.ts';
import { arrayOf, int64, string } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import type { Scope } from '../scope.ts';
import { literalText, type Typed } from '../typed.ts';
import {
  functionName,
  mismatch,
  one,
  printArguments,
  type FunctionTable,
  type Handler,
} from './signature.ts';
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
  /** The pattern as written. */
  readonly literal: string;
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
  return { text: text.sql, pattern: patternText.sql, group: count, literal };
}

/** The first match, or with a position of 1 the nth; a search from further on is refused. */
const extract: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const match = matchOf(call, values, scope);
  const { text, pattern, group } = match;
  if (values.length <= 2) {
    const found = `regexp_extract(${text}, ${pattern}, ${group})`;
    return {
      sql: `(CASE WHEN regexp_matches(${text}, ${pattern}) THEN ${participating(found, match)} END)`,
      type: string,
    };
  }
  const occurrence = values[3] === undefined ? '1' : coerce(values[3], int64)?.sql;
  if (occurrence === undefined || values.length > 4) throw mismatch(call, values, scope);
  fromStart(call, values);
  return { sql: `list_extract(${allMatches(match)}, ${occurrence})`, type: string };
};

function fromStart(call: Call, values: readonly Typed[]): void {
  const position = values[2]?.literal;
  if (position?.kind !== 'integer' || position.value !== 1n)
    throw unsupported(`${functionName(call)} with a position other than 1`);
}

/** A group that took no part in the match is NULL in BigQuery and empty in DuckDB: refused where it may be so. */
function participating(found: string, { group, literal }: Match): string {
  const optional = group > 0 && /\)(?:[?*]|\{0)|\|/.test(literal);
  return optional ? `bq_group(${found})` : found;
}

function allMatches(match: Match): string {
  const found = `regexp_extract_all(${match.text}, ${match.pattern}, ${match.group})`;
  return participating('e', match) === 'e' ? found : `list_transform(${found}, lambda e: bq_group(e))`;
}

const extractAll: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  if (values.length !== 2) throw mismatch(call, values, scope);
  return { sql: allMatches(matchOf(call, values, scope)), type: arrayOf(string) };
};

/** One more than the length of the shortest text before a match. */
const instr: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  if (values.length > 2) fromStart(call, values);
  if (values.length > 3) throw unsupported('REGEXP_INSTR with an occurrence');
  const { text, pattern, group } = matchOf(call, values, scope);
  if (group > 0) throw unsupported('REGEXP_INSTR with a group');
  const before = `regexp_extract(${text}, '^((?s:.*?))(?:' || ${pattern} || ')', 1)`;
  const found = `regexp_matches(${text}, ${pattern})`;
  return {
    sql: `CAST(CASE WHEN ${found} THEN length(${before}) + 1 WHEN NOT ${found} THEN 0 END AS BIGINT)`,
    type: int64,
  };
};

export const regexpFunctions: FunctionTable = {
  REGEXP_CONTAINS: one('STRING, STRING -> BOOL', (text, pattern) => `regexp_matches(${text}, ${pattern})`),
  REGEXP_EXTRACT: extract,
  REGEXP_SUBSTR: extract,
  REGEXP_EXTRACT_ALL: extractAll,
  REGEXP_REPLACE: one(
    'STRING, STRING, STRING -> STRING',
    (text, pattern, by) => `regexp_replace(${text}, ${pattern}, ${by}, 'g')`,
  ),
  REGEXP_INSTR: instr,
};
