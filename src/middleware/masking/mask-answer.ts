import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import { isResultSide, type AppliedMask } from '../policy/mask-choice.ts';
import { fittingMask, type MakeMask } from './fitting-mask.ts';
import type { OutputCopies, OutputCopy } from './output-copies.ts';
import {
  cellMask,
  cellsOf,
  isPath,
  maskingLeaf,
  RowShapeError,
  valueOf,
  type CellMask,
  type Leaf,
} from './row-mask.ts';
import { scalarType } from './scalar-type.ts';

/**
 * Rows of a query that was masked at the source must hold what the masks release wherever a masked column is only
 * copied. A cache, an emulator or a service in between that did not run the text it got is found here, before the
 * first row of the page is handed out. Masks that no SQL can compute are put on the rows here.
 * @throws {GuardError} ERR_SQL_UNPROVEN
 */
export function maskAnswer(call: Call, result: Result, copies: OutputCopies, make: MakeMask): Result {
  const { body } = result;
  const rows = isJsonObject(body) ? body['rows'] : undefined;
  if (!isJsonObject(body) || !Array.isArray(rows) || rows.length === 0 || copies.length === 0) return result;
  try {
    refuseWithoutSchema(call, body, copies);
    const cells = copies.flatMap((copy, index) =>
      copy === undefined ? [] : [{ index, mask: maskOfCopy(copy, make) }],
    );
    return {
      ...result,
      body: { ...body, rows: rows.map((row: Json) => maskRow(row, copies.length, cells)) },
    };
  } catch (error) {
    if (error instanceof UnmaskedError) throw unmasked(call, error);
    if (error instanceof RowShapeError) throw misshapen(call, error);
    throw error;
  }
}

/** Without names a column could lie elsewhere, and unlike a check a mask on the wrong one is not noticed. */
function refuseWithoutSchema({ operation }: Call, body: JsonObject, copies: OutputCopies): void {
  if (operation === 'tabledata.list' || isJsonObject(body['schema'])) return;
  if (copies.some((copy) => copy?.masks.some(isResultSide))) throw new RowShapeError();
}

interface MaskedCell {
  readonly index: number;
  readonly mask: CellMask;
}

/** A row of which nothing changes is not made anew. */
function maskRow(row: Json, width: number, masked: readonly MaskedCell[]): Json {
  const cells = cellsOf(row, width);
  let changed: Json[] | undefined;
  for (const { index, mask } of masked) {
    const value = valueOf(cells[index]);
    const treated = mask(value, cells);
    if (treated === value) continue;
    changed ??= [...cells];
    changed[index] = { v: treated };
  }
  return changed === undefined ? row : { f: changed };
}

class UnmaskedError extends Error {
  override readonly name = 'UnmaskedError';
}

function maskOfCopy({ column, masks, others }: OutputCopy, make: MakeMask): CellMask {
  const mask = cellMask(column, [], (each, path) => {
    const found = masks.find((choice) => isPath(choice.path, path));
    if (found === undefined) return undefined;
    if (isResultSide(found)) return maskingLeaf(each, found, make);
    const leaf = checkingLeaf(each, found, make);
    // Elements that were taken out of arrays, or put into one, are not those of a column that is emptied.
    return others !== undefined && path.length === 0 ? { value: leaf.value } : leaf;
  });
  return others === undefined || others.length === 0
    ? mask
    : anyOf([mask, ...others.map((other) => maskOfCopy({ ...other, others: [] }, make))]);
}

/** A value that may be of several columns must hold what one of their masks releases. */
function anyOf(masks: readonly CellMask[]): CellMask {
  return (value, cells) => {
    const isReleased = masks.some((mask) => {
      try {
        mask(value, cells);
        return true;
      } catch (error) {
        if (error instanceof UnmaskedError) return false;
        throw error;
      }
    });
    if (isReleased) return value;
    throw new UnmaskedError();
  };
}

function checkingLeaf(column: CatalogColumn, choice: AppliedMask, make: MakeMask): Leaf {
  const mask = fittingMask(choice, column, make);
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
