import * as approval from './approval.ts';
import * as audit from './audit.ts';
import { callFailed, type CallFailed } from './call-failed.ts';
import { callFinished, type CallFinished } from './call-finished.ts';
import { callRecovered, type CallRecovered } from './call-recovered.ts';
import { callStarted, type CallStarted } from './call-started.ts';
import * as cost from './cost.ts';
import { decisionMade, type DecisionMade } from './decision-made.ts';
import type { EventDefinition, JsonSchema } from './definition.ts';
import { policyChanged, policyRefused, type PolicyChanged, type PolicyRefused } from './policy-changed.ts';
import { queryStarted, type QueryStarted } from './query-started.ts';
import { resultRecorded, type ResultRecorded } from './result-recorded.ts';
import { tokensDetokenized, type TokensDetokenized } from './tokens.ts';
import { promptRecorded, sessionStarted, type PromptRecorded, type SessionStarted } from './session.ts';

/** What each type of event tells. */
export interface EventData {
  readonly 'call.started': CallStarted;
  readonly 'decision.made': DecisionMade;
  readonly 'cost.estimated': cost.CostEstimated;
  readonly 'budget.reserved': cost.BudgetReserved;
  readonly 'budget.settled': cost.BudgetSettled;
  readonly 'approval.requested': approval.ApprovalRequested;
  readonly 'approval.notified': approval.ApprovalNotified;
  readonly 'approval.undelivered': approval.ApprovalUndelivered;
  readonly 'approval.decided': approval.ApprovalDecided;
  readonly 'approval.escalated': approval.ApprovalEscalated;
  readonly 'approval.stopped': approval.ApprovalStopped;
  readonly 'approval.consumed': approval.ApprovalConsumed;
  readonly 'approval.expired': approval.ApprovalExpired;
  readonly 'approval.withdrawn': approval.ApprovalWithdrawn;
  readonly 'approval.refused': approval.ApprovalRefused;
  readonly 'query.started': QueryStarted;
  readonly 'result.recorded': ResultRecorded;
  readonly 'tokens.detokenized': TokensDetokenized;
  readonly 'call.finished': CallFinished;
  readonly 'call.failed': CallFailed;
  readonly 'call.recovered': CallRecovered;
  readonly 'session.started': SessionStarted;
  readonly 'prompt.recorded': PromptRecorded;
  readonly 'policy.changed': PolicyChanged;
  readonly 'policy.refused': PolicyRefused;
  readonly 'audit.opened': audit.AuditOpened;
  readonly 'audit.closed': audit.AuditClosed;
  readonly 'audit.recovered': audit.AuditRecovered;
}

export type EventType = keyof EventData;

type Catalogue = { readonly [Type in EventType]: EventDefinition<EventData[Type]> };

/** Every event there is. A test holds `docs/audit/events.md` to it. */
export const eventCatalogue: Catalogue = {
  'call.started': callStarted,
  'decision.made': decisionMade,
  'cost.estimated': cost.costEstimated,
  'budget.reserved': cost.budgetReserved,
  'budget.settled': cost.budgetSettled,
  'approval.requested': approval.approvalRequested,
  'approval.notified': approval.approvalNotified,
  'approval.undelivered': approval.approvalUndelivered,
  'approval.decided': approval.approvalDecided,
  'approval.escalated': approval.approvalEscalated,
  'approval.stopped': approval.approvalStopped,
  'approval.consumed': approval.approvalConsumed,
  'approval.expired': approval.approvalExpired,
  'approval.withdrawn': approval.approvalWithdrawn,
  'approval.refused': approval.approvalRefused,
  'query.started': queryStarted,
  'result.recorded': resultRecorded,
  'tokens.detokenized': tokensDetokenized,
  'call.finished': callFinished,
  'call.failed': callFailed,
  'call.recovered': callRecovered,
  'session.started': sessionStarted,
  'prompt.recorded': promptRecorded,
  'policy.changed': policyChanged,
  'policy.refused': policyRefused,
  'audit.opened': audit.auditOpened,
  'audit.closed': audit.auditClosed,
  'audit.recovered': audit.auditRecovered,
};

/** The JSON Schema of one type's `data`. */
export function dataSchema(type: EventType): JsonSchema {
  const { required, properties, summary } = eventCatalogue[type];
  return { description: summary, type: 'object', additionalProperties: false, required, properties };
}
