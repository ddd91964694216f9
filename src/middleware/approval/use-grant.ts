import { isJsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { fullName } from '../../sql/full-name.ts';
import { sizeOf } from '../limits/bytes.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord, Grant } from './approval-record.ts';
import { columnName } from './notice.ts';
import { renderSafely } from './render.ts';
import type { Subject } from './subject.ts';

/** An approval given before that covers this call as well. */
export async function findGrant(
  subject: Subject,
  { store, desk }: Pick<ApprovalParts, 'store' | 'desk'>,
): Promise<ApprovalRecord | undefined> {
  const { exact, shape } = subject.keys;
  for (const key of [exact, ...(shape === undefined ? [] : [shape])]) {
    for (const { id } of await store.findGrants(key)) {
      const record = await desk.read(id);
      if (record?.state === 'approved' && isCovered(record, subject)) return record;
    }
  }
  return undefined;
}

/** Whether there is any grant to look at, whatever its ceilings are. */
export async function mayHaveGrant(
  { exact, shape }: ApprovalRecord['keys'],
  { store }: Pick<ApprovalParts, 'store'>,
): Promise<boolean> {
  if ((await store.findGrants(exact)).length > 0) return true;
  return shape !== undefined && (await store.findGrants(shape)).length > 0;
}

/** Whether the ceilings of the grant hold for the call. */
export function isCovered({ grant, requester }: ApprovalRecord, subject: Subject): boolean {
  if (grant === undefined) return true;
  const session = subject.context.session?.id;
  if (grant.session === true && (session === undefined || session !== requester.session)) return false;
  return grant.scope === 'exact' || isWithin(grant, subject);
}

function isWithin({ bytes, tables, columns }: Grant, { evidence, cost }: Subject): boolean {
  const isKnown = bytes === undefined || (cost !== undefined && cost.bounded && cost.bytes <= BigInt(bytes));
  const touched = (evidence?.tables ?? []).map(({ name }) => renderSafely(fullName(name)));
  const read = (evidence?.columns ?? []).map((column) => renderSafely(columnName(column)));
  return (
    isKnown && touched.every((name) => tables.includes(name)) && read.every((name) => columns.includes(name))
  );
}

/** Whether an answer hands out more rows than the grant lets through. */
export function exceedsRows(rows: number | undefined, { body }: Result): boolean {
  if (rows === undefined || !isJsonObject(body) || !Array.isArray(body['rows'])) return false;
  const total = sizeOf(body['totalRows']);
  return total === undefined || total > BigInt(rows);
}
