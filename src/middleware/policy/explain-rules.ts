import type { CompiledPolicy, CompiledRule } from './compile.ts';
import { lazyVariables, type DecisionRequest } from './decide.ts';
import type { Rule } from './document.ts';
import { judgeRule } from './judge-rule.ts';
import { selectsPrincipal } from './select-principal.ts';
import { touchedBy, type Touched } from './touched.ts';
import type { Variables } from './variables.ts';

/** What one rule says of a call, or why it says nothing. */
export interface RuleVerdict {
  readonly rule: string;
  readonly effect: Rule['effect'];
  readonly mode: 'enforce' | 'monitor';
  /** `fault`: its condition could not be judged, which denies. `pending`: it needs what was not looked at yet. */
  readonly said: 'speaks' | 'fault' | 'pending' | 'nothing';
  /** The selector by which it does not speak. */
  readonly because?: Selector;
}

type Selector = 'principals' | 'except' | 'operations' | 'datasets' | 'tables' | 'tags' | 'when';

/** What every rule of a policy says of a call, in the order of the file. */
export function explainRules(policy: CompiledPolicy, request: DecisionRequest): readonly RuleVerdict[] {
  const touched = touchedBy(policy, request);
  const variables = lazyVariables(policy, request, touched);
  const places = new Map(policy.document.rules.map(({ name }, index) => [name, index]));
  return policy.rules.list
    .map((rule) => verdictOf(rule, request, touched, variables))
    .toSorted((a, b) => (places.get(a.rule) ?? 0) - (places.get(b.rule) ?? 0));
}

function verdictOf(
  rule: CompiledRule,
  request: DecisionRequest,
  touched: Touched,
  variables: () => Variables,
): RuleVerdict {
  const { name, effect, mode = 'enforce' } = rule.source;
  const about = { rule: name, effect, mode };
  const judged = judgeRule(rule, request, touched, variables);
  if (judged !== undefined) return { ...about, said: judged.outcome === 'holds' ? 'speaks' : judged.outcome };
  const speaks = (reduced: CompiledRule): boolean =>
    judgeRule(reduced, request, touched, variables) !== undefined;
  return { ...about, said: 'nothing', because: silencedBy(rule, request, speaks) };
}

/** The first selector with which the rule no longer speaks, when they are put on one after the other. */
function silencedBy(
  rule: CompiledRule,
  { principal, agent }: DecisionRequest,
  speaks: (reduced: CompiledRule) => boolean,
): Selector {
  const { principals, except } = rule.source;
  if (principals !== undefined && !selectsPrincipal(principals, principal, agent)) return 'principals';
  if (except !== undefined && selectsPrincipal(except, principal, agent)) return 'except';
  const { datasets: _d, tables: _t, tags: _g, out: _o, when: _w, ...bare } = rule;
  const datasets = rule.datasets === undefined ? bare : { ...bare, datasets: rule.datasets };
  const tables = rule.tables === undefined ? datasets : { ...datasets, tables: rule.tables };
  const tags = rule.tags === undefined ? tables : { ...tables, tags: rule.tags };
  if (!speaks(bare)) return 'operations';
  if (!speaks(datasets)) return 'datasets';
  if (!speaks(tables)) return 'tables';
  if (!speaks(tags)) return 'tags';
  return rule.out === undefined || speaks({ ...tags, out: rule.out }) ? 'when' : 'except';
}
