import { isJsonObject, type Json } from '../../call/json.ts';
import type { Edit, GrantTerms, Vote } from './approval-record.ts';

/** What a vote may say beside its verdict. */
export type VoteExtras = Pick<Vote, 'breakGlass' | 'edit' | 'grant'>;

const grantFields = new Set(['scope', 'uses', 'until', 'session', 'bytes', 'rows']);
const longestSql = 1_000_000;

/** `undefined` for anything that is not exactly what a vote may say. */
export function readExtras({
  breakGlass,
  edit,
  grant,
}: Readonly<Record<string, Json | undefined>>): VoteExtras | undefined {
  const edited = edit === undefined ? undefined : readEdit(edit);
  const granted = grant === undefined ? undefined : readGrant(grant);
  if (breakGlass !== undefined && breakGlass !== true) return undefined;
  if ((edit !== undefined && edited === undefined) || (grant !== undefined && granted === undefined))
    return undefined;
  return {
    ...(breakGlass === true && { breakGlass }),
    ...(edited !== undefined && { edit: edited }),
    ...(granted !== undefined && { grant: granted }),
  };
}

function readEdit(value: Json): Edit | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const { sql } = value;
  const isText = typeof sql === 'string' && sql.trim() !== '' && sql.length <= longestSql;
  return isText ? { sql } : undefined;
}

function readGrant(value: Json): GrantTerms | undefined {
  if (!isJsonObject(value) || !Object.keys(value).every((name) => grantFields.has(name))) return undefined;
  const { scope, uses, until, session, bytes, rows } = value;
  if (scope !== 'exact' && scope !== 'shape') return undefined;
  if (!isCount(uses) || !isCount(bytes) || !isCount(rows)) return undefined;
  if (until !== undefined && !isTime(until)) return undefined;
  if (session !== undefined && session !== true) return undefined;
  return {
    scope,
    ...(uses !== undefined && { uses }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    ...(session !== undefined && { session }),
    ...(bytes !== undefined && { bytes }),
    ...(rows !== undefined && { rows }),
  };
}

const isCount = (value: Json | undefined): value is number | undefined =>
  value === undefined || (Number.isSafeInteger(value) && Number(value) > 0);

const isTime = (value: Json): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
