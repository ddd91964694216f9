import type { Call } from '../../call/call.ts';
import type { Middleware } from '../../call/middleware.ts';
import { queryRequest, withQuerySettings } from '../../call/query-request.ts';
import { GuardError } from '../../errors.ts';
import type { LimitRule } from '../policy/document.ts';
import { appliesTo } from '../policy/select-principal.ts';

export interface LimitsOptions {
  readonly limits: readonly LimitRule[];
}

/**
 * Sends every query with `maximumBytesBilled` no higher than the lowest limit that applies, so BigQuery
 * itself refuses what would cost more, before it reads anything
 * (https://cloud.google.com/bigquery/docs/best-practices-costs#limit_query_costs_by_restricting_the_number_of_bytes_billed).
 */
export function limits(options: LimitsOptions): Middleware {
  return {
    name: 'limits',
    async handle(call, context, next) {
      const active = options.limits.filter((limit) => appliesTo(limit, context.principal, context.agent));
      const lowest = lowestOf(active);
      const query = queryRequest(call);
      const own = query?.settings['maximumBytesBilled'];
      if (lowest === undefined || query === undefined || isLower(own, lowest.bytes)) {
        return next(call);
      }
      try {
        return await next(withQuerySettings(call, { maximumBytesBilled: lowest.bytes.toString() }));
      } catch (error) {
        throw isBytesLimit(error) ? exceeded(call, lowest, error) : error;
      }
    },
  };
}

interface Lowest {
  readonly rule: string;
  readonly bytes: bigint;
}

function lowestOf(rules: readonly LimitRule[]): Lowest | undefined {
  const found = rules.flatMap((rule) =>
    rule.maximumBytesBilled === undefined ? [] : [{ rule: rule.name, bytes: rule.maximumBytesBilled }],
  );
  return found.toSorted((a, b) => (a.bytes < b.bytes ? -1 : 1))[0];
}

/** What the caller asked for counts only when it is a number and below the limit. */
function isLower(own: unknown, limit: bigint): boolean {
  if (typeof own !== 'string' && typeof own !== 'number') return false;
  const text = String(own);
  return /^\d{1,18}$/.test(text) && BigInt(text) > 0n && BigInt(text) <= limit;
}

function isBytesLimit(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('errors' in error)) return false;
  const { errors } = error;
  return (
    Array.isArray(errors) &&
    errors.some((item: unknown) => {
      return (
        typeof item === 'object' &&
        item !== null &&
        'reason' in item &&
        item.reason === 'bytesBilledLimitExceeded'
      );
    })
  );
}

function exceeded(call: Call, lowest: Lowest, cause: unknown): GuardError {
  const message = `The query would bill more than the ${lowest.bytes} bytes that limit ${lowest.rule} allows. Name fewer columns, filter on the partition column, or ask the owner of the policy.`;
  return new GuardError('ERR_LIMIT_EXCEEDED', message, {
    callId: call.id,
    reasons: [{ rule: lowest.rule, message: `at most ${lowest.bytes} bytes billed` }],
    cause,
  });
}
