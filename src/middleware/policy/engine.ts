import { createHash } from 'node:crypto';
import type { Reason } from '../../errors.ts';
import { fullName } from '../../sql/full-name.ts';
import type { CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import type { ColumnMask, Decision } from './decision.ts';
import { plainMaskNames } from './mask-choice.ts';
import { strictestRequirement } from './requirement.ts';

/** What a call does, as far as it was found out. */
export type PolicyFacts = Pick<
  DecisionRequest,
  'call' | 'pairs' | 'columns' | 'writes' | 'facts' | 'tables' | 'cost'
>;

/** For whom, through what, and when. */
export type PolicyContext = Pick<DecisionRequest, 'principal' | 'agent' | 'session' | 'now'>;

/**
 * An engine that decides beside the rules of the file, such as OPA or Cedar. Every engine must agree: it can narrow
 * what the rules allow, never widen it. One that throws or answers nonsense denies.
 */
export interface Policy {
  readonly name: string;
  /** Milliseconds until a call is denied because the engine has not decided; 5,000. */
  readonly timeout?: number;
  decide(facts: PolicyFacts, context: PolicyContext): Decision | Promise<Decision>;
}

/** The strictest of what the rules and all engines say. Engines are not asked about what the rules deny. */
export async function decideWithEngines(
  compiled: CompiledPolicy,
  engines: readonly Policy[],
  request: DecisionRequest,
  own: Decision,
): Promise<Decision> {
  if (own.effect === 'deny' || engines.length === 0) return own;
  const { principal, agent, session, now, call, pairs, columns, writes, facts, tables, cost } = request;
  const said = await Promise.all(
    engines.map((engine) =>
      ask(engine, { call, pairs, columns, writes, facts, tables, cost }, { principal, agent, session, now }),
    ),
  );
  return said.reduce((before, each) => stricter(compiled, before, each), own);
}

async function ask(engine: Policy, facts: PolicyFacts, context: PolicyContext): Promise<Decision> {
  try {
    const decision: unknown = await withinTime(engine, facts, context);
    if (decision === late) return engineDenial(engine, 'did not decide in time');
    return isDecision(decision) ? decision : engineDenial(engine, 'gave an answer that is no decision');
  } catch {
    // What went wrong may hold what nobody may see; the engine has its own log.
    return engineDenial(engine, 'could not decide');
  }
}

const late: unique symbol = Symbol('late');

async function withinTime(engine: Policy, facts: PolicyFacts, context: PolicyContext): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const ending = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), engine.timeout ?? 5_000);
  });
  try {
    return await Promise.race([engine.decide(facts, context), ending]);
  } finally {
    clearTimeout(timer);
  }
}

function engineDenial({ name }: Policy, what: string): Decision {
  const message = `This policy engine ${what}, so the call is denied. Whoever runs the guard has to look at it.`;
  return { effect: 'deny', policyDigest: '', rules: [name], reasons: [{ rule: name, message }] };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isDecision(value: unknown): value is Decision {
  if (!isObject(value) || typeof value['policyDigest'] !== 'string' || !isTexts(value['rules'])) return false;
  if (value['effect'] === 'deny') return isReasons(value['reasons']);
  if (!Array.isArray(value['masks']) || !value['masks'].every(isMask)) return false;
  if (value['effect'] === 'allow') return true;
  return (
    value['effect'] === 'require-approval' && isReasons(value['reasons']) && isApproval(value['approval'])
  );
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isReasons = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    (each) => isObject(each) && typeof each['rule'] === 'string' && typeof each['message'] === 'string',
  );

const isApproval = (value: unknown): boolean =>
  isObject(value) &&
  isTexts(value['approvers']) &&
  Number.isInteger(value['quorum']) &&
  Number(value['quorum']) > 0 &&
  Number.isFinite(value['expiresInMs']);

const maskNames = new Set<unknown>(plainMaskNames);

const isMask = (value: unknown): boolean =>
  isObject(value) &&
  isObject(value['table']) &&
  isTexts(value['path']) &&
  maskNames.has(value['with']) &&
  typeof value['rule'] === 'string';

function stricter(compiled: CompiledPolicy, a: Decision, b: Decision): Decision {
  const decided = {
    policyDigest: createHash('sha256').update(`${a.policyDigest}\n${b.policyDigest}`).digest('hex'),
    rules: [...new Set([...a.rules, ...b.rules])].toSorted(),
    ...(a.monitored !== undefined && { monitored: a.monitored }),
  };
  const denial = a.effect === 'deny' ? a : b.effect === 'deny' ? b : undefined;
  if (denial !== undefined) return { ...decided, effect: 'deny', reasons: denial.reasons };
  if (a.effect === 'deny' || b.effect === 'deny') return a;
  const masks = mergeMasks(compiled, [...a.masks, ...b.masks]);
  const opened = {
    ...(a.nativePolicies !== undefined && { nativePolicies: a.nativePolicies }),
    ...(a.trusted !== undefined && { trusted: a.trusted }),
  };
  const gates = [a, b].flatMap((each) => (each.effect === 'require-approval' ? [each] : []));
  const [reason, ...more] = gates.flatMap(({ reasons }): readonly Reason[] => reasons);
  if (reason === undefined) return { ...decided, ...opened, effect: 'allow', masks };
  const approval = strictestRequirement(gates.map((gate) => gate.approval));
  const reasons = [reason, ...more] as const;
  if (approval === undefined) return { ...decided, effect: 'deny', reasons };
  return { ...decided, ...opened, effect: 'require-approval', reasons, approval, masks };
}

/** One mask for each column, the strictest. */
function mergeMasks(compiled: CompiledPolicy, masks: readonly ColumnMask[]): readonly ColumnMask[] {
  const kept = new Map<string, ColumnMask>();
  for (const mask of masks) {
    const key = `${fullName(mask.table)}.${mask.path.join('.')}`.toLowerCase();
    const other = kept.get(key);
    const isStricter =
      other === undefined || compiled.strictness(mask.with) < compiled.strictness(other.with);
    if (isStricter) kept.set(key, mask);
  }
  return [...kept.values()];
}
