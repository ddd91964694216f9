/** Statements of the grammar, some of them put where a value could get out on another way. */
import { choicesOf } from '../oracle/grammar/choices.ts';
import { statement } from '../oracle/grammar/statement.ts';
import type { Numbers } from '../oracle/generated.ts';

/** The first numbers say how the statement is wrapped, the others which one it is. */
export function wrapped([first = 0, second = 0, ...numbers]: Numbers): string {
  const sql = steady(statement(numbers));
  if (!/^(SELECT|WITH)\b/.test(sql)) return sql;
  const choices = choicesOf([first, second]);
  if (choices.below(4) < 3) return sql;
  const all = `ARRAY(SELECT AS STRUCT * FROM (${sql}))`;
  return choices.from(
    `SELECT COUNT(*) AS n FROM (${sql})`,
    `SELECT TO_JSON_STRING(${all}) AS j`,
    `SELECT FORMAT('%T', ${all}) AS f`,
    `SELECT w AS whole FROM (${sql}) AS w`,
    `SELECT AS STRUCT w FROM (${sql}) AS w`,
    `SELECT ERROR(TO_JSON_STRING(${all}))`,
    `SELECT CAST(TO_JSON_STRING(${all}) AS INT64) AS n`,
    `SELECT 1 / (LENGTH(TO_JSON_STRING(${all})) - 2) AS n`,
    `SELECT EXISTS (${sql}) AS e`,
    `CREATE TEMP TABLE kept AS ${sql}; SELECT * FROM kept`,
    `DECLARE n STRING DEFAULT (SELECT TO_JSON_STRING(${all})); SELECT n`,
    `ASSERT (SELECT COUNT(*) FROM (${sql})) = 2 AS 'another count'`,
    `IF (SELECT COUNT(*) FROM (${sql})) = 2 THEN SELECT 'two' AS c; ELSE SELECT 'other' AS c; END IF`,
    `BEGIN SELECT ERROR(TO_JSON_STRING(${all})); EXCEPTION WHEN ERROR THEN SELECT @@error.message AS m; END`,
    `CREATE OR REPLACE TABLE p.shop.made AS ${sql}; SELECT * FROM p.shop.made`,
  );
}

/** What is another value at another time would differ of itself. */
function steady(sql: string): string {
  return sql.replaceAll('CURRENT_TIMESTAMP()', "TIMESTAMP '2024-05-06 07:08:09+00'");
}
