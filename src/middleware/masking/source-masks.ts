import type { CatalogTable } from '../../sql/catalog.ts';
import type { SourceMask } from '../../sql/rewrite/index.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { sameTable } from '../policy/subject.ts';
import { columnAt } from './column-at.ts';
import { fittingMask, type MakeMask } from './fitting-mask.ts';
import { maskOf, masks as maskFunctions, noSecrets } from './masks/index.ts';

/** The masks of a decision as GoogleSQL. */
export function sourceMasks(
  masks: readonly ColumnMask[],
  tables: readonly CatalogTable[],
  query: string,
): readonly SourceMask[] {
  const make: MakeMask = (choice) => maskOf(choice, { ...noSecrets, query });
  return masks.map((choice) => {
    const { table, path } = choice;
    const column = columnAt(tables.find((each) => sameTable(each.name, table))?.columns ?? [], path);
    const type = column?.type ?? 'STRING';
    const mask = fittingMask(choice, { type }, make);
    // An element that becomes NULL is left out of its array, so the array is empty in the end.
    const empties = column?.mode === 'REPEATED' && mask.empties;
    const used = empties ? maskFunctions.nullify : mask;
    return {
      table,
      path,
      expression: (value, row) => used.expression(value, type, row),
      ...(choice.with === 'suppressRecord' && { suppresses: true }),
      ...(choice.with === 'dateShift' && { reads: [choice.context] }),
      trusted: choice.trusted,
    };
  });
}
