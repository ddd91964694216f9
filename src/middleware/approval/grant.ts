import type { GrantOffer } from '../policy/requirement.ts';
import type { ApprovalRecord, Grant, GrantTerms, Vote } from './approval-record.ts';

/** Whether the rule lets an approver grant that much. */
export function isOffered(
  terms: GrantTerms,
  offer: GrantOffer | undefined,
  record: Pick<ApprovalRecord, 'keys' | 'requester' | 'approvedBytes'>,
  at: string,
): boolean {
  if (offer === undefined) return false;
  const { scope, uses, until, session, bytes, rows } = terms;
  if (uses === undefined && until === undefined && session === undefined) return false;
  // Without any ceiling, a query of the same shape could read whatever is there.
  if (scope === 'shape' && bytes === undefined && record.approvedBytes === undefined) return false;
  const longest = Date.parse(at) + (offer.forMs ?? 0);
  return (
    (uses === undefined ? offer.forMs !== undefined : uses <= (offer.uses ?? 1)) &&
    (until === undefined || Date.parse(until) <= longest) &&
    (session === undefined || (offer.session === true && record.requester.session !== undefined)) &&
    (scope === 'exact' || (offer.shape === true && record.keys.shape !== undefined)) &&
    (bytes === undefined || bytes <= (offer.bytes ?? bytes)) &&
    (rows === undefined || rows <= (offer.rows ?? rows))
  );
}

/**
 * What all who approved grant together, the least of each part; `undefined` when one of them granted nothing
 * beyond this execution.
 */
export function grantOf(record: ApprovalRecord, votes: readonly Vote[]): Grant | undefined {
  const terms = votes.map(({ grant }) => grant);
  const given = terms.filter((each) => each !== undefined);
  if (given.length === 0 || given.length < terms.length) return undefined;
  const offer = record.requirement.grants;
  const scope = given.every((each) => each.scope === 'shape') ? 'shape' : 'exact';
  const uses = least([...given.map((each) => each.uses), offer?.uses]);
  const bytes = least([...given.map((each) => each.bytes), offer?.bytes]) ?? record.approvedBytes;
  const rows = least([...given.map((each) => each.rows), offer?.rows]);
  const until = given.flatMap((each) => each.until ?? []).toSorted()[0];
  const session = given.some((each) => each.session === true);
  const { tables, columns } = record.notice;
  return {
    scope,
    used: 0,
    key: (scope === 'shape' ? record.keys.shape : undefined) ?? record.keys.exact,
    tables,
    columns,
    ...(uses !== undefined && { uses }),
    ...(bytes !== undefined && { bytes }),
    ...(rows !== undefined && { rows }),
    ...(until !== undefined && { until }),
    ...(session && { session: true as const }),
  };
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const stated = values.filter((value) => value !== undefined);
  return stated.length === 0 ? undefined : Math.min(...stated);
}
