import type { Call } from '../../call/call.ts';
import type { QueryRequest } from '../../call/query-request.ts';
import type { Analysis } from '../../sql/analyse.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { sameTable } from '../policy/subject.ts';
import { unmaskable } from './unmaskable.ts';

/**
 * Masks that are put on the rows of the answer hide nothing from the query itself. So it may only hand such a column on:
 * one SELECT whose result lies nowhere but in its answer, and no filter, join, order, group or computation over the column.
 */
export function refuseUnlessCopied(
  call: Call,
  { settings }: QueryRequest,
  { facts }: Analysis,
  masks: readonly ColumnMask[],
): void {
  if (masks.length === 0) return;
  const [statement] = facts.statements;
  const isClosed = facts.statements.length === 1 && statement?.kind === 'SELECT';
  if (!isClosed || settings['destinationTable'] !== undefined)
    throw unmaskable(call, 'a column is masked in the rows of the answer, and this is no plain SELECT');
  for (const mask of masks) {
    const touches = (source: ColumnSource): boolean => overlap(mask, source);
    const computed = facts.outputs.some(({ plain, sources }) => !plain && sources.some(touches));
    const beneath = facts.tables.some(
      (table) => table.beneath.length > 0 && sameTable(table.name, mask.table),
    );
    if (computed || beneath || facts.influences.some(touches))
      throw unmaskable(
        call,
        `${mask.path.join('.')} is masked by ${mask.with} in the rows of the answer, so it can be selected as it is, and not be computed with, filtered, joined, grouped or ordered by. The owner of the policy can use nullify in its place`,
      );
  }
}

function overlap(mask: ColumnMask, { table, path }: ColumnSource): boolean {
  if (!sameTable(mask.table, table)) return false;
  const shared = Math.min(path.length, mask.path.length);
  return path.slice(0, shared).every((name, index) => name.toLowerCase() === mask.path[index]?.toLowerCase());
}
