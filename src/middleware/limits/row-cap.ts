import type { Call } from '../../call/call.ts';
import { isJsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import type { LimitRule } from '../policy/document.ts';
import { sizeOf } from './bytes.ts';
import { exceeded } from './errors.ts';

interface RowCap {
  readonly rule: string;
  readonly max: bigint;
}

export function rowCapOf(limits: readonly LimitRule[]): RowCap | undefined {
  const caps = limits.flatMap(({ name, rows }) =>
    rows === undefined ? [] : [{ rule: name, max: BigInt(rows.max) }],
  );
  return caps.toSorted((a, b) => (a.max < b.max ? -1 : 1))[0];
}

/**
 * Of a table that is read without a query, only a first page within the cap is asked for. What has a page token or
 * begins further down would go on from there.
 */
export function withRowCap(call: Call, cap: RowCap | undefined): Call {
  if (cap === undefined || call.operation !== 'tabledata.list' || !isFirstPage(call)) return call;
  const asked = sizeOf(call.query['maxResults']);
  if (asked !== undefined && asked <= cap.max) return call;
  return { ...call, query: { ...call.query, maxResults: cap.max.toString() } };
}

/** Refuses an answer before the first of its rows is handed out. */
export function refuseRows(call: Call, cap: RowCap | undefined, { body }: Result): void {
  if (cap === undefined || !isJsonObject(body) || !Array.isArray(body['rows'])) return;
  const total = sizeOf(body['totalRows']);
  if (total !== undefined && total <= cap.max) return;
  if (call.operation === 'tabledata.list' && isFirstPage(call) && body['rows'].length <= cap.max) return;
  throw exceeded(
    call,
    cap.rule,
    `The result has more than the ${cap.max} rows that limit ${cap.rule} lets through. Aggregate, filter, or add LIMIT ${cap.max}.`,
  );
}

function isFirstPage({ query }: Call): boolean {
  return query['pageToken'] === undefined && (query['startIndex'] ?? '0') === '0';
}
