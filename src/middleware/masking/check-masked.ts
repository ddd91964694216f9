import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import { GuardError } from '../../errors.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { fittingMask } from './fitting-mask.ts';
import type { OutputCopies, OutputCopy } from './output-copies.ts';
import { cellMask, cellsOf, isPath, RowShapeError, valueOf, type CellMask, type Leaf } from './row-mask.ts';
import { scalarType } from './scalar-type.ts';

/**
 * Rows of a query that was masked at the source must hold what the masks release wherever a masked column is only
 * copied. A cache, an emulator or a service in between that did not run the text it got is found here, before the
 * first row of the page is handed out.
 * @throws {GuardError} ERR_SQL_UNPROVEN
 */
export function checkMasked(call: Call, body: Json, copies: OutputCopies): void {
  const rows = isJsonObject(body) ? body['rows'] : undefined;
  if (!Array.isArray(rows) || rows.length === 0 || copies.length === 0) return;
  const checks = copies.flatMap((copy, index) =>
    copy === undefined ? [] : [{ index, check: checkOf(copy) }],
  );
  try {
    for (const row of rows) {
      const cells = cellsOf(row, copies.length);
      for (const { index, check } of checks) check(valueOf(cells[index]));
    }
  } catch (error) {
    if (error instanceof UnmaskedError) throw unmasked(call, error);
    if (error instanceof RowShapeError) throw misshapen(call, error);
    throw error;
  }
}

class UnmaskedError extends Error {
  override readonly name = 'UnmaskedError';
}

function checkOf({ column, masks }: OutputCopy): CellMask {
  return cellMask(column, [], (each, path) => {
    const found = masks.find((mask) => isPath(mask.path, path));
    return found === undefined ? undefined : checkingLeaf(each, found);
  });
}

function checkingLeaf(column: CatalogColumn, { with: name }: ColumnMask): Leaf {
  const mask = fittingMask(name, column);
  const type = scalarType(column.type);
  return {
    ...(mask.empties && { array: empty }),
    value(value) {
      if (value === null || (typeof value === 'string' && mask.releases(value, type))) return value;
      throw new UnmaskedError();
    },
  };
}

function empty(value: Json): Json {
  if (Array.isArray(value) && value.length === 0) return value;
  throw new UnmaskedError();
}

function unmasked(call: Call, cause: unknown): GuardError {
  return new GuardError(
    'ERR_SQL_UNPROVEN',
    'The answer was not handed out: columns of it are masked for you, and it holds them as they are. What answered did not run the query that it was sent. Tell whoever runs the guard; asking again will not help.',
    { callId: call.id, reasons: [{ rule: 'masking', message: 'a masked column came back unmasked' }], cause },
  );
}

function misshapen(call: Call, cause: unknown): GuardError {
  return new GuardError(
    'ERR_SQL_UNPROVEN',
    'The rows have another form than was analysed, so they could not be checked. Ask again.',
    { callId: call.id, reasons: [{ rule: 'masking', message: 'the rows do not fit the analysis' }], cause },
  );
}
