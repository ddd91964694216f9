/** Mutated statements: whatever the analyser still takes, this analysis must not lose a table or column of. */
import { analyse } from '../../../src/sql/index.ts';
import type { AnalyseOptions } from '../../../src/sql/index.ts';
import { difference, ours, theirs } from './claims.ts';
import type { Answer } from './claims.ts';
import { choicesOf } from './grammar/choices.ts';
import { gapText } from './generated.ts';
import type { Compared, Numbers } from './generated.ts';
import { mutate } from './mutations.ts';
import type { Oracle, Question } from './oracle.ts';

export function mutated(numbers: Numbers, statements: readonly Question[]): Question | undefined {
  const choices = choicesOf(numbers);
  const question = choices.of(statements);
  const other = choices.of(statements);
  if (question === undefined || other === undefined) return undefined;
  let { sql } = question;
  for (let left = choices.from(1, 1, 2, 3); left > 0; left -= 1) sql = mutate(choices, sql, other.sql);
  return { ...question, sql };
}

const schemaGaps = new Set([
  'unknown-table',
  'unknown-column',
  'unknown-routine',
  'ambiguous-name',
  'catalog',
]);

/** A text that only parses is compared by the tables that it names. */
export async function compareText(
  question: Question,
  options: AnalyseOptions,
  oracle: Oracle,
): Promise<Compared> {
  const { sql } = question;
  const { facts } = await analyse(sql, options);
  const answer = await oracle.ask(question);
  if (answer.ok !== true) return parsedOnly(question, facts.gaps.length > 0, oracle, options);
  if (facts.gaps.length > 0) return { sql, verdict: 'refused', words: facts.gaps.map(gapText) };
  const missed = difference(theirs(answer), ours(facts));
  if (missed.length > 0) return { sql, verdict: 'missed', words: missed };
  const more = difference(ours(facts), theirs(answer));
  return { sql, verdict: more.length > 0 ? 'more' : 'equal', words: more };
}

async function parsedOnly(
  question: Question,
  hasGaps: boolean,
  oracle: Oracle,
  options: AnalyseOptions,
): Promise<Compared> {
  const { sql } = question;
  const syntax = await oracle.ask({ ...question, parseOnly: true });
  if (syntax.ok !== true) return { sql, verdict: 'invalid', words: [syntax.error ?? ''] };
  if (!hasGaps) return { sql, verdict: 'accepted', words: [] };
  const { facts, references } = await analyse(sql, options);
  if (facts.gaps.some((gap) => !schemaGaps.has(gap.code)))
    return { sql, verdict: 'refused', words: facts.gaps.map(gapText) };
  // A column may be an array that FROM names like a table.
  const columns = facts.columns.map((each) => each.path[0] ?? '');
  const aliases = new Set(
    [...references.map((each) => each.alias), ...columns].map((name) => name.toLowerCase()),
  );
  const missed = missedTables(syntax, ours(facts).tables, aliases);
  return { sql, verdict: missed.length > 0 ? 'missed' : 'equal', words: missed };
}

/** By the last part: the syntax alone tells neither the default dataset nor an array from a table. */
function missedTables(
  { tables }: Answer,
  found: ReadonlySet<string>,
  aliases: ReadonlySet<string>,
): readonly string[] {
  const known = [...found];
  return tables
    .map((name) => name.toLowerCase())
    .filter((name) => !aliases.has(name.split('.')[0] ?? ''))
    .filter((name) => !known.some((each) => each === name || each.endsWith(`.${name}`)))
    .map((name) => `table ${name}`);
}
