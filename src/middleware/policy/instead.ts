import type { Instead } from '../../errors.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import type { CompiledPolicy } from './compile.ts';
import { decide, type DecisionRequest } from './decide.ts';
import type { Decision } from './decision.ts';
import { traitsOf } from './traits.ts';

/** How many columns a message names; the error itself has more. */
const mostNamed = 20;

const mostListed = 1000;

/**
 * What a call that is denied could ask for instead. It names nothing that the call would not get: the columns that
 * are left when those with a tag are taken out, once the rules allow exactly these.
 */
export function insteadOf(
  policy: CompiledPolicy,
  request: DecisionRequest,
  decision: Decision,
): Instead | undefined {
  if (decision.effect !== 'deny' || request.columns.length === 0) return undefined;
  const rules = new Set(decision.reasons.map(({ rule }) => rule));
  const bounded = withColumns(policy, request, rules);
  return bounded ?? withFilter(policy, request, decision);
}

function withColumns(
  policy: CompiledPolicy,
  request: DecisionRequest,
  rules: ReadonlySet<string>,
): Instead | undefined {
  const closed = new Set(
    policy.document.rules.flatMap(({ name, tags = [] }) => (rules.has(name) ? tags : [])),
  );
  const columns = request.columns.filter((column) =>
    tagsOf(policy, request, column).every((tag) => !closed.has(tag)),
  );
  const isNarrower = columns.length > 0 && columns.length < request.columns.length;
  if (!isNarrower || decide(policy, { ...request, columns }).effect !== 'allow') return undefined;
  const named = columns.map(({ table, path }) => `${table.dataset}.${table.name}.${path.join('.')}`);
  return { columns: named.slice(0, mostListed) };
}

/** A rule over the cost may let the same call pass when it reads less. */
function withFilter(
  policy: CompiledPolicy,
  request: DecisionRequest,
  decision: Decision,
): Instead | undefined {
  if (request.cost === undefined) return undefined;
  const free = { ...request, cost: { ...request.cost, bytes: 0n, billedBytes: 0n, price: 0 } };
  if (decision.effect !== 'deny' || decide(policy, free).effect !== 'allow') return undefined;
  const partitions = (request.tables ?? []).flatMap(({ name, partitionColumn }) =>
    partitionColumn === undefined ? [] : [`${name.dataset}.${name.name}.${partitionColumn}`],
  );
  return { lessData: true, ...(partitions.length > 0 && { partitionFilter: partitions }) };
}

/** The same in words, for the message. */
export function insteadInWords({ columns = [], partitionFilter }: Instead): string {
  if (columns.length > 0) {
    const more = columns.length > mostNamed ? `, and ${columns.length - mostNamed} more` : '';
    return `With only these columns the call would be allowed: ${columns.slice(0, mostNamed).join(', ')}${more}.`;
  }
  const filter =
    partitionFilter === undefined ? '' : ` Filter on the partition column: ${partitionFilter.join(', ')}.`;
  return `The call would be allowed if it read less.${filter}`;
}

function tagsOf(policy: CompiledPolicy, request: DecisionRequest, column: ColumnSource): readonly string[] {
  return policy.tags.ofColumn(column, traitsOf(request)).map(({ name }) => name);
}
