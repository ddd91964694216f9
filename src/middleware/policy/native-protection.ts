import type { Reason } from '../../errors.ts';
import type { AccessPair } from './access.ts';
import type { DecisionRequest } from './decide.ts';
import type { Judged } from './judge-rule.ts';
import { policyTagsOf } from './tags.ts';
import { isTableOf, isUnseen, type Touched } from './touched.ts';
import type { NativeProtection } from './traits.ts';

/**
 * BigQuery judges its own protection for whoever runs the query, and that is the guard, not the principal. Unless
 * an account of the principal's runs it, a rule has to say that this is accepted.
 */
export function unopenedProtection(
  request: DecisionRequest,
  touched: Touched,
  judged: readonly Judged[],
): Reason | undefined {
  if (request.account !== undefined || isUnseen(request)) return undefined;
  const accepting = judged.filter(
    ({ rule: { source } }) => source.effect !== 'deny' && source.nativePolicies === 'accept',
  );
  const found = request.pairs
    .filter((pair) => !accepting.some(({ covers }) => covers.has(pair)))
    .flatMap((pair) => protectionOf(pair, request, touched));
  const [kind] = found.toSorted();
  return kind === undefined ? undefined : { rule: 'nativePolicies', message: `${texts[kind]} ${remedy}` };
}

const texts: Readonly<Record<NativeProtection, string>> = {
  authorizedView:
    'The call reads through an authorized view, which shows what the guard may see and not what this principal may see.',
  policyTag:
    'The call reads a column with a policy tag of BigQuery, which would be judged for the guard and not for this principal.',
  rowAccessPolicy:
    'The call reads a table with row access policies, which would be judged for the guard and not for this principal.',
  sessionUser: 'The call depends on SESSION_USER(), which would be the guard and not this principal.',
  unknown:
    'It could not be found out whether a table of the call has row access policies, which would be judged for the guard.',
};

const remedy =
  'Leave it out, or ask the owner of the policy, who can accept this by nativePolicies in the rule that allows the call.';

function protectionOf(
  pair: AccessPair,
  { facts }: DecisionRequest,
  { traits, columns }: Touched,
): readonly NativeProtection[] {
  if (
    pair.operation !== 'read' &&
    pair.operation !== 'export' &&
    (pair.operation !== 'write' || facts === undefined)
  )
    return [];
  const session = facts?.functions.includes('SESSION_USER') === true ? (['sessionUser'] as const) : [];
  const { object } = pair;
  if (object.kind !== 'table') return session;
  const tagged = columns.some(
    ({ column }) =>
      isTableOf(object, column) && policyTagsOf(traits.table(column.table), column.path).length > 0,
  );
  return [
    ...session,
    ...(tagged ? (['policyTag'] as const) : []),
    ...traits.nativeOf({ project: object.project, dataset: object.dataset, name: object.table }),
  ];
}
