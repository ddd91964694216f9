import type { Call } from '../../call/call.ts';
import { compose } from '../../call/compose.ts';
import { createContext, type Context } from '../../call/context.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { Agent, Principal, Session } from '../../call/principal.ts';
import { wellFormed } from '../../call/well-formed.ts';
import { GuardError, isGuardError, type ErrorCode, type Instead, type Reason } from '../../errors.ts';
import type { Catalog, CatalogTable } from '../../sql/catalog.ts';
import type { Facts } from '../../sql/facts.ts';
import { limits } from '../limits/index.ts';
import { accountOf, withAccountFlaw } from '../impersonation/account-of.ts';
import { masking } from '../masking/index.ts';
import type { AccessPair } from '../policy/access.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { ColumnMask, MonitoredRule } from '../policy/decision.ts';
import type { ApprovalRequirement } from '../policy/requirement.ts';
import type { Policy } from '../policy/engine.ts';
import { explainRules, type RuleVerdict } from '../policy/explain-rules.ts';
import { jobRegistry } from '../policy/job-registry.ts';
import { judge, type Judgement, type Sources } from '../policy/judge.ts';
import type { NativeSource } from '../policy/native-source.ts';
import { policy as policyLayer } from '../policy/policy.ts';
import { analysisKey } from '../policy/subject.ts';
import { appliedLimits, type AppliedLimits } from './applied-limits.ts';
import { costOfBytes } from './cost-of-bytes.ts';

/** Who asks. */
export interface Asker {
  readonly principal: Principal;
  readonly agent?: Agent | undefined;
  readonly session?: Session | undefined;
  readonly now?: Date | undefined;
}

/** What is known, in place of BigQuery. */
export interface Known {
  readonly catalog: Catalog;
  /** What `INFORMATION_SCHEMA` and lists can tell of. */
  readonly tables?: readonly CatalogTable[] | undefined;
  /** Nothing is protected by BigQuery itself where it is absent. */
  readonly native?: NativeSource | undefined;
  /** What a dry run would say, in bytes. Rules over the cost cannot be judged where it is absent. */
  readonly bytes?: bigint | undefined;
  readonly engines?: readonly Policy[] | undefined;
}

/** What would happen to a call. */
export interface Rehearsal {
  readonly effect: 'allow' | 'require-approval' | 'deny';
  /** Only of a call that is refused. */
  readonly code?: ErrorCode | undefined;
  readonly policyDigest: string;
  /** The rules that decided, by name. */
  readonly rules: readonly string[];
  readonly reasons: readonly Reason[];
  /** What a refused call could ask for instead. */
  readonly instead?: Instead | undefined;
  readonly pairs: readonly AccessPair[];
  readonly verdicts: readonly RuleVerdict[];
  readonly monitored: readonly MonitoredRule[];
  readonly masks: readonly ColumnMask[];
  readonly approval?: ApprovalRequirement | undefined;
  readonly limits: AppliedLimits;
  readonly facts?: Facts | undefined;
  /** The statement as BigQuery would get it: masked. */
  readonly sql?: string | undefined;
  /** `maximumBytesBilled` as BigQuery would get it. */
  readonly maximumBytesBilled?: string | undefined;
}

/**
 * Says what would happen to a call, through the layers that decide at run time: nothing is sent, recorded, counted or
 * asked of people. Budgets, rates and running jobs are therefore listed and not judged.
 */
export async function rehearse(
  policy: CompiledPolicy,
  call: Call,
  asker: Asker,
  known: Known,
): Promise<Rehearsal> {
  const sources = sourcesOf(policy, known);
  const applied = appliedLimits(policy.document, asker.principal, asker.agent);
  const nothing = {
    policyDigest: policy.digest,
    rules: [],
    reasons: [],
    pairs: [],
    verdicts: [],
    monitored: [],
    masks: [],
    limits: applied,
  };
  const asked = withAccountFlaw(call, asker, policy.document.impersonate);
  const run = await runThrough(policy, asked, asker, known, sources);
  if (asked.flaw !== undefined && run.refusal !== undefined) return { ...nothing, ...run.refusal };
  try {
    const judged = await judge(policy, call, contextOf(asker, policy), sources);
    return { ...nothing, ...judgementOf(policy, judged), ...outcomeOf(run, judged) };
  } catch (error) {
    if (!isGuardError(error) || run.refusal === undefined) throw error;
    return { ...nothing, ...run.refusal };
  }
}

interface Run {
  readonly sent?: Call;
  readonly refusal?: Pick<Rehearsal, 'effect' | 'code' | 'reasons' | 'rules'>;
}

async function runThrough(
  policy: CompiledPolicy,
  call: Call,
  asker: Asker,
  known: Known,
  sources: Sources,
): Promise<Run> {
  const sent: Call[] = [];
  const { limits: rules, cost } = policy.document;
  const layers = [
    wellFormed(),
    policyLayer({ ...sources, document: { current: () => policy }, jobs: jobRegistry() }),
    masking(),
    limits({
      limits: rules.map(({ concurrent: _c, callsPerMinute: _r, ...rest }) => rest),
      ...(cost !== undefined && {
        cost: { ...cost, dryRun: known.bytes === undefined ? 'when-needed' : 'always' },
      }),
      estimate: (_call, context) =>
        Promise.resolve(costOfBytes(context.get(analysisKey)?.facts, known.bytes ?? 0n, cost)),
    }),
  ];
  const send = compose(layers, (received) => {
    sent.push(received);
    return Promise.resolve({ status: 200, body: {}, headers: {} });
  });
  try {
    await send(call, contextOf(asker, policy));
  } catch (error) {
    const [received] = sent;
    // What comes after the sending is about the answer, and there is none.
    if (received !== undefined) return { sent: received };
    if (!isGuardError(error)) throw error;
    const { guardCode: code, reasons } = error;
    return { refusal: { effect: 'deny', code, reasons, rules: reasons.map(({ rule }) => rule) } };
  }
  const [received] = sent;
  return received === undefined ? {} : { sent: received };
}

function judgementOf(
  policy: CompiledPolicy,
  { decision, subject, request, instead }: Judgement,
): Partial<Rehearsal> & Pick<Rehearsal, 'effect'> {
  const { effect, rules, monitored = [], policyDigest } = decision;
  return {
    effect,
    rules,
    policyDigest,
    reasons: effect === 'allow' ? [] : decision.reasons,
    instead,
    pairs: request.pairs,
    verdicts: explainRules(policy, request),
    monitored,
    masks: effect === 'deny' ? [] : decision.masks,
    ...(effect === 'require-approval' && { approval: decision.approval }),
    facts: subject.analysis?.facts,
  };
}

/** What a layer inside refuses, such as a mask that cannot be applied, is refused though the rules allow it. */
function outcomeOf({ sent, refusal }: Run, { decision }: Judgement): Partial<Rehearsal> {
  if (refusal !== undefined) {
    const { code } = refusal;
    return decision.effect === 'deny' ? { code } : { ...refusal, approval: undefined, masks: [] };
  }
  const query = sent === undefined ? undefined : queryRequest(sent);
  const most = query?.settings['maximumBytesBilled'];
  return {
    ...(query !== undefined && { sql: query.sql }),
    ...(typeof most === 'string' && { maximumBytesBilled: most }),
  };
}

/** Nothing is protected by BigQuery itself. */
const unprotected = (tables: readonly CatalogTable[]): NativeSource => ({
  dataset: () => Promise.resolve(undefined),
  tables: (project, dataset) =>
    Promise.resolve(tables.filter(({ name }) => name.project === project && name.dataset === dataset)),
  hasRowAccessPolicies: () => Promise.resolve(false),
});

function sourcesOf(
  { document }: CompiledPolicy,
  { catalog, tables = [], native = unprotected(tables), bytes, engines }: Known,
): Sources {
  return {
    catalog: () => catalog,
    native: () => native,
    engines,
    ...(bytes !== undefined && {
      cost: (_call, _context, { analysis }) =>
        Promise.resolve(costOfBytes(analysis.facts, bytes, document.cost)),
    }),
  };
}

function contextOf(
  { principal, agent, session, now = new Date() }: Asker,
  { document }: CompiledPolicy,
): Context {
  return createContext({
    principal,
    agent,
    session,
    account: accountOf(document.impersonate, { principal, agent }),
    signal: new AbortController().signal,
    now: () => now,
    upstream: () => Promise.reject(new GuardError('ERR_INTERNAL', 'A rehearsal sends nothing.')),
  });
}
