/** Masks that change nothing, and real ones: the rewritten text must have the columns and types of the original one. */
import { analyse, maskSources } from '../../../src/sql/index.ts';
import type { AnalyseOptions, Analysis, SourceMask } from '../../../src/sql/index.ts';
import { columnAt } from '../../../src/middleware/masking/column-at.ts';
import { typesOf } from '../../../src/middleware/masking/masks/index.ts';
import { scalarType } from '../../../src/middleware/masking/scalar-type.ts';
import { sourceMasks } from '../../../src/middleware/masking/source-masks.ts';
import type { MaskChoice } from '../../../src/middleware/policy/mask-choice.ts';
import type { CatalogColumn, CatalogTable } from '../../../src/sql/catalog.ts';
import { isGuardError } from '../../../src/errors.ts';
import type { Answer } from './claims.ts';
import { gapText } from './generated.ts';
import type { Compared } from './generated.ts';
import type { Oracle, Question } from './oracle.ts';

export async function compareRewritten(
  question: Question,
  options: AnalyseOptions,
  oracle: Oracle,
  masksOf: MasksOf,
): Promise<Compared> {
  const { sql } = question;
  const before = await oracle.ask(question);
  if (before.ok !== true) return { sql, verdict: 'invalid', words: [before.error ?? ''] };
  const analysis = await analyse(sql, options);
  const [gap] = analysis.facts.gaps;
  if (gap !== undefined) return { sql, verdict: 'refused', words: [gapText(gap)] };
  const untouched = await maskSources(analysis, [unrelated]);
  if (untouched.text !== sql) return { sql, verdict: 'missed', words: ['the text changed without a mask'] };
  const text = await rewrite(analysis, masksOf);
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

/** Masks of every leaf of a table. */
export type MasksOf = (table: CatalogTable) => readonly SourceMask[];

export const unchanging: MasksOf = ({ name, columns }) =>
  columns.flatMap(leaves).map((path) => ({ table: name, path, expression: same }));

const choices: readonly [MaskChoice, ...MaskChoice[]] = [
  { with: 'nullify' },
  { with: 'defaultValue' },
  { with: 'sha256' },
  { with: 'lastFour' },
  { with: 'emailMask' },
  { with: 'redact' },
  { with: 'replace', value: "it's hidden" },
  { with: 'characterMask', count: 3, skip: '-' },
  { with: 'bucket', size: 10 },
  { with: 'dateYear' },
  { with: 'timePart', part: 'MONTH' },
];

/** Each leaf under another mask, by its place. */
export const real: MasksOf = (table) => {
  const masks = table.columns.flatMap(leaves).map((path, index) => ({
    ...choiceFor(table, path, index + table.name.name.length),
    table: table.name,
    path,
    rule: 'all',
  }));
  return sourceMasks(masks, [table], 'a query');
};

/** The next that fits the type. */
function choiceFor(table: CatalogTable, path: readonly string[], first: number): MaskChoice {
  const type = scalarType(columnAt(table.columns, path)?.type ?? '');
  const turned = choices.map((_, index) => choices[(first + index) % choices.length] ?? choices[0]);
  return turned.find((choice) => typesOf(choice).includes(type)) ?? choices[0];
}

async function rewrite(analysis: Analysis, masksOf: MasksOf): Promise<string | Error> {
  const trusted = analysis.facts.tables.filter((each) => each.kind === 'view').map((each) => each.name);
  const masks = analysis.references.flatMap(({ table }) => (table === undefined ? [] : masksOf(table)));
  try {
    const rewritten = await maskSources(
      analysis,
      masks.map((mask) => ({ ...mask, trusted })),
    );
    return rewritten.text;
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
