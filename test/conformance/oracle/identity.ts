/** Masks that change nothing: the rewritten text must have the columns and types of the original one. */
import { analyse, maskSources } from '../../../src/sql/index.ts';
import type { AnalyseOptions, Analysis, SourceMask } from '../../../src/sql/index.ts';
import type { CatalogColumn } from '../../../src/sql/catalog.ts';
import { isGuardError } from '../../../src/errors.ts';
import type { Answer } from './claims.ts';
import { gapText } from './generated.ts';
import type { Compared } from './generated.ts';
import type { Oracle, Question } from './oracle.ts';

export async function compareRewritten(
  question: Question,
  options: AnalyseOptions,
  oracle: Oracle,
): Promise<Compared> {
  const { sql } = question;
  const before = await oracle.ask(question);
  if (before.ok !== true) return { sql, verdict: 'invalid', words: [before.error ?? ''] };
  const analysis = await analyse(sql, options);
  const [gap] = analysis.facts.gaps;
  if (gap !== undefined) return { sql, verdict: 'refused', words: [gapText(gap)] };
  const untouched = await maskSources(analysis, [unrelated]);
  if (untouched.text !== sql) return { sql, verdict: 'missed', words: ['the text changed without a mask'] };
  const text = await rewrite(analysis);
  if (text instanceof Error) return { sql, verdict: 'refused', words: [text.message] };
  if (text === sql) return { sql, verdict: 'unchanged', words: [] };
  const after = await oracle.ask({ ...question, sql: text });
  if (after.ok !== true) return { sql, verdict: 'broken', words: [after.error ?? '', text] };
  const words = changes(before, after);
  return {
    sql,
    verdict: words.length > 0 ? 'missed' : 'equal',
    words: [...words, ...(words.length > 0 ? [text] : [])],
  };
}

const same = (sql: string): string => sql;
const unrelated: SourceMask = {
  table: { project: 'no', dataset: 'such', name: 'table' },
  path: ['column'],
  expression: same,
};

async function rewrite(analysis: Analysis): Promise<string | Error> {
  const views = analysis.facts.tables.filter((each) => each.kind === 'view').map((each) => each.name);
  const masks = analysis.references.flatMap(({ table }) =>
    (table?.columns ?? []).flatMap((column) =>
      leaves(column).map((path): SourceMask => ({
        table: table?.name ?? unrelated.table,
        path,
        expression: same,
        trusted: views,
      })),
    ),
  );
  try {
    return (await maskSources(analysis, masks)).text;
  } catch (error) {
    if (error instanceof Error && isGuardError(error)) return error;
    throw error;
  }
}

function leaves(column: CatalogColumn): readonly (readonly string[])[] {
  if (column.fields === undefined || column.fields.length === 0) return [[column.name]];
  return column.fields.flatMap((field) => leaves(field).map((path) => [column.name, ...path]));
}

function changes(before: Answer, after: Answer): readonly string[] {
  const tables = before.tables.join() === after.tables.join() ? [] : ['other tables'];
  const [old, now] = [columnsOf(before), columnsOf(after)];
  return [...tables, ...(old === now ? [] : [`columns ${now} instead of ${old}`])];
}

/**
 * Names and types, of each statement; columns that are written have no type here. Their sources may name a record that
 * the rewritten text puts together anew besides its field.
 */
function columnsOf(answer: Answer): string {
  return [answer, ...(answer.script ?? [])]
    .map((each) => JSON.stringify(each.outputs.map(outputOf)))
    .join('\n');
}

function outputOf(output: Answer['outputs'][number]): readonly unknown[] {
  if (!('name' in output)) return [output[0]];
  return 'type' in output ? [output.name, output.type] : [output.name];
}
