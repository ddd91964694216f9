import { digest, listOf, oneOf, reasons, record, text } from './definition.ts';
import type { EventDefinition, RecordedReason } from './definition.ts';

export interface RecordedMask {
  /** `project.dataset.table` */
  readonly table: string;
  /** Field path joined by dots. */
  readonly column: string;
  readonly mask: string;
  readonly rule: string;
}

/** A column that was seen as it is, although a mask hides it from others. */
export interface RecordedClearance {
  readonly table: string;
  readonly column: string;
  /** The mask that excepts the principal. */
  readonly rule: string;
}

export interface DecisionMade {
  readonly effect: 'allow' | 'require-approval' | 'deny';
  /** Names of the rules that spoke. */
  readonly rules: readonly string[];
  readonly reasons: readonly RecordedReason[];
  readonly policyDigest: string;
  readonly masks: readonly RecordedMask[];
  readonly cleared?: readonly RecordedClearance[];
  /** What the caller said that it is for. */
  readonly purpose?: string;
  /** What rules in `mode: monitor` would have said. */
  readonly monitored?: readonly { readonly rule: string; readonly effect: string }[];
  /** Rules by which protection of BigQuery's own was accepted to be judged for the guard's account. */
  readonly nativePolicies?: readonly string[];
  /** Rules by which views or routines showed masked columns beneath them as they are. */
  readonly trusted?: readonly string[];
  /** SHA-256 over RFC 8785 JSON of the facts that were judged. */
  readonly factsDigest?: string;
  /** What the statement touches, as `project.dataset.table`. */
  readonly tables?: readonly string[];
  /** The columns that are read or influence the result, as `project.dataset.table.column`. */
  readonly columns?: readonly string[];
}

export const decisionMade: EventDefinition<DecisionMade> = {
  version: 1,
  summary: 'The policy has judged the call. Durable before the statement is sent.',
  required: ['effect', 'rules', 'reasons', 'policyDigest', 'masks'],
  properties: {
    effect: oneOf('allow', 'require-approval', 'deny'),
    rules: listOf(text),
    reasons,
    policyDigest: digest,
    masks: listOf(
      record(['table', 'column', 'mask', 'rule'], { table: text, column: text, mask: text, rule: text }),
    ),
    cleared: listOf(record(['table', 'column', 'rule'], { table: text, column: text, rule: text })),
    purpose: text,
    monitored: listOf(record(['rule', 'effect'], { rule: text, effect: text })),
    nativePolicies: listOf(text),
    trusted: listOf(text),
    factsDigest: digest,
    tables: listOf(text),
    columns: listOf(text),
  },
};
