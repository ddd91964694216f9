import type { Reason } from '../../errors.ts';
import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import { columnAt } from '../masking/column-at.ts';
import { typesOf } from '../masking/masks/index.ts';
import { scalarType } from '../masking/scalar-type.ts';
import { tablePair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import { decide, type DecisionRequest } from './decide.ts';
import type { ColumnMask } from './decision.ts';
import type { MaskChoice } from './mask-choice.ts';
import { sameTable } from './subject.ts';

/** Why a mask cannot be put on a column: `does not fit the type INT64`; `undefined` where it can. */
export function misfitOf(
  choice: MaskChoice,
  table: CatalogTable,
  path: readonly string[],
): string | undefined {
  const columns = [...table.columns, ...table.pseudoColumns];
  const column = columnAt(columns, path);
  if (column === undefined) return undefined;
  if (!typesOf(choice).includes(scalarType(column.type))) return `does not fit the type ${column.type}`;
  if (choice.with === 'suppressRecord' && liesInArray(columns, path))
    return 'does not fit an array, or a field within one';
  if (choice.with !== 'dateShift') return undefined;
  const context = columnAt(columns, [choice.context]);
  const fits =
    context?.mode !== 'REPEATED' && ['STRING', 'INT64'].includes(scalarType(context?.type ?? 'unknown'));
  return fits ? undefined : `needs ${choice.context}, a column of type STRING or INT64, in the same table`;
}

function liesInArray(columns: readonly CatalogColumn[], path: readonly string[]): boolean {
  return path.some((_name, index) => columnAt(columns, path.slice(0, index + 1))?.mode === 'REPEATED');
}

/** A mask that does not fit hides nothing in a way that anybody has chosen: the call is denied. */
export function misfitReason(
  policy: CompiledPolicy,
  request: DecisionRequest,
  masks: readonly ColumnMask[],
): Reason | undefined {
  // To be told of a table is not to read it; and it is what tells below whether the column may be named.
  if (request.pairs.every(({ operation }) => operation === 'metadata')) return undefined;
  for (const mask of masks) {
    const table = request.tables?.find(({ name }) => sameTable(name, mask.table));
    const misfit = table && misfitOf(mask, table, mask.path);
    if (misfit === undefined) continue;
    const { dataset, name } = mask.table;
    const where = mayBeNamed(policy, request, mask)
      ? `the column ${dataset}.${name}.${mask.path.join('.')}`
      : 'a column of the call';
    const message = `The mask ${mask.rule} cannot be put on ${where}: ${mask.with} ${misfit}. The owner of the policy has to choose another one for it, such as nullify.`;
    return { rule: mask.rule, message };
  }
  return undefined;
}

function mayBeNamed(policy: CompiledPolicy, request: DecisionRequest, { table, path }: ColumnMask): boolean {
  const { facts: _facts, writes: _writes, ...asked } = request;
  const pairs = [tablePair('metadata', 'tables.get', table)];
  const described = { ...asked, pairs, columns: [{ table, path }], costless: true } as const;
  return decide(policy, described).effect !== 'deny';
}
