import { operations } from '../../../call/operations.ts';
import type { CompiledPolicy, CompiledRule } from '../compile.ts';
import type { ApprovalSettings } from '../document.ts';
import { mayMatchName } from '../match-name.ts';
import type { NamePattern } from '../names.ts';
import { strictestApproval } from '../strictest-approval.ts';
import { patternContains, selectorContains } from './contains.ts';
import type { Finding } from './finding.ts';
import { staysOpen } from './stays-open.ts';

/** Rules that never speak, and rules that can only deny though they say otherwise. */
export function unreachableRule(
  policy: CompiledPolicy,
  rule: CompiledRule,
  index: number,
): readonly Finding[] {
  const { name } = rule.source;
  const finding = (message: string, ...path: readonly PropertyKey[]): Finding => ({
    severity: 'warning',
    kind: 'unreachable',
    path: ['rules', index, ...path],
    message: `Rule ${name} ${message}`,
  });
  const never = neverSpeaks(rule);
  if (never !== undefined) return [finding(`never speaks: ${never.why}.`, never.key)];
  const object = namesNoObject(rule);
  const rest = staysOpen(rule) ? ', so it only lets ask queries over no table and list datasets' : '';
  return [
    ...unknownMethods(rule).map((each) =>
      finding(`names the method ${each}, which BigQuery does not have.`, 'operations'),
    ),
    ...(object === undefined ? [] : [finding(`speaks about no object: ${object.why}${rest}.`, object.key)]),
    ...(rule.source.effect === 'require-approval' && !canBeApproved(policy, rule, rule.source.approval)
      ? [finding('always denies: fewer people may approve than its quorum asks for.', 'approval')]
      : []),
    ...(isAlwaysFault(rule)
      ? [finding('denies whatever it speaks about: its condition can never be judged.', 'when')]
      : []),
  ];
}

interface Why {
  readonly why: string;
  readonly key: string;
}

function neverSpeaks({ source, when }: CompiledRule): Why | undefined {
  const { principals, except } = source;
  if (principals !== undefined && Object.values(principals).every((list) => list?.length === 0))
    return { why: 'its principals name nobody', key: 'principals' };
  if (principals !== undefined && except !== undefined && selectorContains(except, principals))
    return { why: 'its except takes out everybody whom its principals name', key: 'except' };
  if (source.operations?.every(isUnknownMethod) === true)
    return { why: 'BigQuery has none of its operations', key: 'operations' };
  if (when?.isConstant === true && constantOf(when) === false)
    return { why: 'its condition is always false', key: 'when' };
  return undefined;
}

const known = new Set<string>(operations.keys());

const isUnknownMethod = (operation: string): boolean => operation.includes('.') && !known.has(operation);

function unknownMethods({ source }: CompiledRule): readonly string[] {
  return (source.operations ?? []).filter(isUnknownMethod);
}

function constantOf(when: NonNullable<CompiledRule['when']>): boolean | undefined {
  try {
    return when.holds({ principal: {} });
  } catch {
    return undefined;
  }
}

const isAlwaysFault = ({ when }: CompiledRule): boolean =>
  when?.isConstant === true && constantOf(when) === undefined;

function namesNoObject({ source, datasets, tables, tags, out }: CompiledRule): Why | undefined {
  if (out !== undefined && isAllTakenOut(datasets, out.datasets))
    return { why: 'its except takes out all of its datasets', key: 'except' };
  if (out !== undefined && isAllTakenOut(tables, out.tables))
    return { why: 'its except takes out all of its tables', key: 'except' };
  if (datasets !== undefined && tables !== undefined && !datasets.some((each) => mayMeet(each, tables)))
    return { why: 'none of its tables can lie in its datasets', key: 'tables' };
  const opens = tags?.some((tag) => tag.tables.length + tag.datasets.length + tag.labels.length > 0);
  const opensTokens = source.operations?.includes('detokenize') === true;
  if (source.effect === 'allow' && opens === false && !opensTokens)
    return { why: 'its tags are on columns, and an allow opens tables and datasets', key: 'tags' };
  return undefined;
}

function isAllTakenOut(named: readonly NamePattern[] | undefined, out: readonly NamePattern[]): boolean {
  return named?.every((each) => out.some((wide) => patternContains(wide, each))) === true;
}

function mayMeet({ project, segments }: NamePattern, tables: readonly NamePattern[]): boolean {
  return tables.some(
    (table) =>
      table.project === project &&
      (table.segments.includes('**') || mayMatchName(segments, table.segments.slice(0, 1))),
  );
}

function canBeApproved(policy: CompiledPolicy, rule: CompiledRule, { from }: ApprovalSettings): boolean {
  // A group that is not defined is a fault of its own.
  if (from.some((group) => policy.document.people[group] === undefined)) return true;
  return strictestApproval(policy, [rule]) !== undefined;
}
