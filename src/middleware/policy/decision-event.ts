import type { Context } from '../../call/context.ts';
import type { ColumnSource, Facts } from '../../sql/facts.ts';
import { fullName } from '../../sql/full-name.ts';
import { effectKey, type StatementEffect } from '../audit/as-job.ts';
import { digestOf } from '../audit/canonical.ts';
import { record } from '../audit/record.ts';
import type { RecordedClearance } from '../audit/events/decision-made.ts';
import type { ClearedColumn, Decision } from './decision.ts';
import type { Subject } from './subject.ts';

/** Puts what was decided, and over what, on the record of the call. */
export function recordDecision(context: Context, decision: Decision, subject: Subject): Promise<void> {
  const { effect, rules, policyDigest } = decision;
  if (subject.analysis !== undefined) context.set(effectKey, effectOf(subject));
  return record(context, {
    type: 'decision.made',
    data: {
      effect,
      rules,
      policyDigest,
      reasons: effect === 'allow' ? [] : decision.reasons,
      masks: effect === 'deny' ? [] : decision.masks.map(recordedMask),
      ...(effect !== 'deny' &&
        decision.cleared !== undefined && { cleared: decision.cleared.map(recordedClearance) }),
      ...(context.session?.purpose !== undefined && { purpose: context.session.purpose }),
      tables: subject.tables.map(({ name }) => fullName(name)),
      columns: subject.columns.map(columnText),
      ...(decision.monitored !== undefined && { monitored: decision.monitored }),
      ...(effect !== 'deny' &&
        decision.nativePolicies !== undefined && { nativePolicies: decision.nativePolicies }),
      ...(effect !== 'deny' && decision.trusted !== undefined && { trusted: decision.trusted }),
      ...(subject.analysis !== undefined && { factsDigest: digestOfFacts(subject.analysis.facts) }),
    },
  });
}

function effectOf({ analysis, pairs }: Subject): StatementEffect {
  const reads = pairs.every(({ operation }) => operation === 'read' || operation === 'metadata');
  return reads && analysis?.facts.kind === 'SELECT' ? 'reads' : 'changes';
}

/** A text that was seen before has the same facts, and their digest need not be made again. */
const digests = new WeakMap<Facts, string>();

export function digestOfFacts(facts: Facts): string {
  const known = digests.get(facts);
  if (known !== undefined) return known;
  const digest = digestOf(facts);
  digests.set(facts, digest);
  return digest;
}

function recordedMask(mask: Extract<Decision, { effect: 'allow' }>['masks'][number]): {
  readonly table: string;
  readonly column: string;
  readonly mask: string;
  readonly rule: string;
} {
  return { table: fullName(mask.table), column: mask.path.join('.'), mask: mask.with, rule: mask.rule };
}

const recordedClearance = ({ table, path, rule }: ClearedColumn): RecordedClearance => ({
  table: fullName(table),
  column: path.join('.'),
  rule,
});

const columnText = ({ table, path }: ColumnSource): string => `${fullName(table)}.${path.join('.')}`;
