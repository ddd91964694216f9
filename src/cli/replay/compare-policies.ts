import type { CompiledPolicy } from '../../middleware/policy/index.ts';
import { rehearse, type Known, type Rehearsal } from '../../middleware/rehearsal/rehearse.ts';
import { fullName } from '../../sql/full-name.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** A call that the new policy decides otherwise. */
export interface Change {
  readonly call: string;
  readonly time: string;
  readonly principal: string;
  readonly agent?: string | undefined;
  readonly operation: string;
  /** What it does: `read acme.shop.orders`. */
  readonly does: readonly string[];
  readonly before: string;
  readonly after: string;
  /** The rules of either policy that make the difference. */
  readonly rules: readonly string[];
}

export interface PolicyDifference {
  readonly replayed: number;
  readonly unchanged: number;
  readonly changes: readonly Change[];
  /** Calls that could not be proved under either policy, so that nothing can be said. */
  readonly unproven: number;
}

/** Decides recorded calls by both policies. */
export async function comparePolicies(
  before: CompiledPolicy,
  after: CompiledPolicy,
  calls: readonly RecordedCall[],
  known: Known,
): Promise<PolicyDifference> {
  const changes: Change[] = [];
  let unproven = 0;
  for (const recorded of calls) {
    const { call, asker, bytes } = recorded;
    const what = { ...known, bytes };
    const old = await rehearse(before, call, asker, what);
    const young = await rehearse(after, call, asker, what);
    if (isUnproven(old) && isUnproven(young)) unproven += 1;
    else if (outcome(old) !== outcome(young)) changes.push(changeOf(recorded, old, young));
  }
  const replayed = calls.length - unproven;
  return { replayed, unchanged: replayed - changes.length, changes, unproven };
}

const isUnproven = ({ code }: Rehearsal): boolean => code === 'ERR_SQL_UNPROVEN' || code === 'ERR_SQL_SYNTAX';

/** What the caller would notice, as text: effect, masks and who is asked. */
function outcome({ effect, code, masks, approval }: Rehearsal): string {
  const hidden = masks.map(({ table, path, with: mask }) => `${fullName(table)}.${path.join('.')} ${mask}`);
  return [
    `${effect}${code === undefined || code === 'ERR_POLICY_DENIED' ? '' : ` (${code})`}`,
    ...(hidden.length === 0 ? [] : [`masks ${hidden.toSorted().join(', ')}`]),
    ...(approval === undefined ? [] : [`${approval.quorum} of ${approval.approvers.join(', ')}`]),
  ].join('; ');
}

function changeOf({ id, time, call, asker }: RecordedCall, old: Rehearsal, young: Rehearsal): Change {
  const pairs = young.pairs.length > 0 ? young.pairs : old.pairs;
  const does = pairs.map(({ operation, object }) =>
    object.kind === 'table'
      ? `${operation} ${fullName({ ...object, name: object.table })}`
      : `${operation} ${object.kind}`,
  );
  return {
    call: id,
    time,
    principal: asker.principal.id,
    agent: asker.agent?.name,
    operation: call.operation,
    does: [...new Set(does)],
    before: outcome(old),
    after: outcome(young),
    rules: responsible(old, young),
  };
}

const strictness = { allow: 0, 'require-approval': 1, deny: 2 } as const;

/** The rules that stop the call where it is stopped; of what is only masked otherwise, the masks that differ. */
function responsible(old: Rehearsal, young: Rehearsal): readonly string[] {
  const stricter = strictness[young.effect] >= strictness[old.effect] ? young : old;
  if (old.effect !== young.effect || stricter.masks.length + old.masks.length === 0) {
    return [...new Set(stricter.reasons.map(({ rule }) => rule))];
  }
  const [a, b] = [masksOf(old), masksOf(young)];
  const differing = [...a.filter((each) => !b.includes(each)), ...b.filter((each) => !a.includes(each))];
  const named = differing.length === 0 ? [...a, ...b] : differing;
  return [...new Set(named.map((each) => each.slice(0, each.lastIndexOf(' '))))];
}

const masksOf = ({ masks }: Rehearsal): readonly string[] =>
  masks.map(({ rule, with: mask }) => `${rule} ${mask}`);
