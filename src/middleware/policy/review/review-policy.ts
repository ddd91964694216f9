import { limitWarnings } from '../../limits/warnings.ts';
import { compilePolicy, type CompiledPolicy } from '../compile.ts';
import type { PolicyDocument } from '../document.ts';
import type { Finding } from './finding.ts';
import { shadowedMasks, shadowedRules } from './shadowed.ts';
import { unfitMasks } from './unfit-masks.ts';
import { unmatchedPatterns, type KnownObjects } from './unmatched.ts';
import { unreachableRule } from './unreachable.ts';
import { wideApproval } from './wide.ts';

/**
 * What the owner of a policy should look at. What it says of rules is proved for every call; that it is silent proves
 * nothing.
 */
export function reviewPolicy(document: PolicyDocument, known?: KnownObjects): readonly Finding[] {
  const faults: Finding[] = [];
  const policy = compilePolicy(document, (fault) =>
    faults.push({ severity: 'error', kind: 'invalid', ...fault }),
  );
  // What is wrong was left out, so that a rule may look wider than it is meant.
  if (faults.length > 0) return [...faults, ...unmatchedPatterns(document, known)];
  return [
    ...unmatchedPatterns(document, known),
    ...rulesOf(policy),
    ...unusedTags(policy),
    ...limits(document),
    ...(known === undefined ? [] : unfitMasks(policy, known)),
  ];
}

function rulesOf(policy: CompiledPolicy): readonly Finding[] {
  const places = new Map(policy.document.rules.map(({ name }, index) => [name, index]));
  const { list } = policy.rules;
  const unreachable = list.map((rule) => ({
    rule,
    findings: unreachableRule(policy, rule, places.get(rule.source.name) ?? 0),
  }));
  const others = unreachable.filter(({ findings }) => findings.length === 0).map(({ rule }) => rule);
  const shadowed = shadowedRules(policy, others, ({ source }) => places.get(source.name) ?? 0);
  const wide = list.flatMap((rule) => wideApproval(rule, places.get(rule.source.name) ?? 0));
  return [...unreachable.flatMap(({ findings }) => findings), ...wide, ...shadowed, ...shadowedMasks(policy)];
}

/** Without `unclassified`, a tag that nothing names has no effect. */
function unusedTags({ document, rules, masks }: CompiledPolicy): readonly Finding[] {
  if (document.unclassified !== undefined && document.unclassified !== 'allow') return [];
  const used = new Set([
    ...rules.list.flatMap(({ source, when }) => [
      ...(source.tags ?? []),
      ...(source.except?.tags ?? []),
      ...(when?.tags ?? []),
    ]),
    ...masks.flatMap(({ source }) => source.tags),
  ]);
  return Object.keys(document.tags)
    .filter((name) => !used.has(name))
    .map((name) => ({
      severity: 'warning',
      kind: 'unused',
      path: ['tags', name],
      message: `No rule or mask names the tag ${name}, so it protects nothing.`,
    }));
}

function limits(document: PolicyDocument): readonly Finding[] {
  return limitWarnings(document).map((message) => ({
    severity: 'warning',
    kind: 'limit',
    path: ['limits'],
    message,
  }));
}
