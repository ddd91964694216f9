import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { Next } from '../../call/middleware.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import type { MakeMask } from './fitting-mask.ts';
import { cellsOf, rowMask } from './row-mask.ts';
import { shownRow } from './shown-row.ts';

/**
 * Reads rows with the columns named one by one, so that one that was added since the schema was read does not
 * come along, and masks them by position.
 */
export async function maskTableData(
  call: Call,
  table: CatalogTable,
  { masks, make }: { readonly masks: readonly ColumnMask[]; readonly make: MakeMask },
  next: Next,
): Promise<Result> {
  const columns = selected(call, table.columns);
  const read = withContexts(columns, table.columns, masks);
  const selectedFields = read.map(({ name }) => name).join(',');
  const result = await next({ ...call, query: { ...call.query, selectedFields } });
  const body = maskBody(call, result.body, read, masks, make);
  return { ...result, body: read.length === columns.length ? body : onlyColumns(body, read, columns) };
}

/** Some masks need to know another column of the row, which the caller may not have asked for. */
function withContexts(
  columns: readonly CatalogColumn[],
  all: readonly CatalogColumn[],
  masks: readonly ColumnMask[],
): readonly CatalogColumn[] {
  const isSelected = (wanted: string): boolean =>
    columns.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const contexts = masks.flatMap((mask) =>
    mask.with === 'dateShift' && isSelected(mask.path[0] ?? '') ? [mask.context.toLowerCase()] : [],
  );
  return all.filter((column) => isSelected(column.name) || contexts.includes(column.name.toLowerCase()));
}

function onlyColumns(body: Json, read: readonly CatalogColumn[], wanted: readonly CatalogColumn[]): Json {
  const rows = isJsonObject(body) ? body['rows'] : undefined;
  if (!isJsonObject(body) || !Array.isArray(rows)) return body;
  const keep = read.map((column) => wanted.includes(column));
  return {
    ...body,
    rows: rows.map((row: Json) => ({ f: cellsOf(row, read.length).filter((_cell, index) => keep[index]) })),
  };
}

/** `selectedFields` names top-level columns; BigQuery answers them in the order of the schema. */
function selected(call: Call, columns: readonly CatalogColumn[]): readonly CatalogColumn[] {
  const { selectedFields } = call.query;
  if (selectedFields === undefined || selectedFields === '') return columns;
  const names = String(selectedFields)
    .split(',')
    .map((name) => name.trim().toLowerCase());
  if (names.some((name) => name.includes('.'))) {
    throw new GuardError(
      'ERR_POLICY_DENIED',
      'selectedFields names a field within a record, and columns of this table are masked. Name whole columns.',
      {
        callId: call.id,
        reasons: [{ rule: 'masking', message: 'fields within records cannot be selected' }],
      },
    );
  }
  return columns.filter(({ name }) => names.includes(name.toLowerCase()));
}

function maskBody(
  call: Call,
  body: Json,
  columns: readonly CatalogColumn[],
  masks: readonly ColumnMask[],
  make: MakeMask,
): Json {
  const rows = isJsonObject(body) ? body['rows'] : undefined;
  if (!isJsonObject(body) || !Array.isArray(rows)) return body;
  const mask = rowMask(columns, masks, make);
  try {
    return { ...body, rows: rows.filter(shownRow(columns, masks)).map(mask) };
  } catch (cause) {
    if (cause instanceof GuardError) throw cause;
    throw new GuardError(
      'ERR_SQL_UNPROVEN',
      'The rows have another form than the table’s schema says, so they could not be masked. Ask again.',
      { callId: call.id, reasons: [{ rule: 'masking', message: 'the rows do not fit the schema' }], cause },
    );
  }
}
