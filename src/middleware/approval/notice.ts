import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Agent } from '../../call/principal.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { Reason } from '../../errors.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import { fullName } from '../../sql/full-name.ts';
import type { Cost } from '../limits/cost.ts';
import type { ApprovalRequirement, ApprovalStage, GrantOffer } from '../policy/requirement.ts';
import type { ApprovalRecord, Requester } from './approval-record.ts';
import type { Evidence } from './evidence.ts';
import { renderSafely } from './render.ts';
import { sha256 } from './request-hash.ts';
import type { RequestParts } from './request-parts.ts';
import { askedNow, currentStage, stillNeeded } from './stages.ts';
import { textChanges } from './text-changes.ts';
import type { Decision } from '../policy/decision.ts';

/** What an approver is shown. Every text is rendered safely; it holds no row of any table and no credential. */
export interface ApprovalNotice {
  readonly id: string;
  readonly requestHash: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  /** The groups that are asked after these have approved. */
  readonly next?: readonly ApprovalStage[];
  /** How many people have to approve yet, over all groups. */
  readonly needed: number;
  /** What was said so far. */
  readonly votes?: readonly NoticeVote[];
  /** What this message is about when it is not the first one of the request. */
  readonly round?: string;
  /** True: further people are asked, because nobody has decided for a while. */
  readonly escalated?: true;
  /** True: every decision needs a comment. */
  readonly commentRequired?: true;
  /** Who may let it run alone in an emergency. */
  readonly breakGlass?: readonly string[];
  /** The most that may be granted beyond this one execution. */
  readonly grants?: GrantOffer;
  readonly operation: string;
  readonly project: string;
  /** The service account under which it runs; absent: the guard's own. */
  readonly account?: string;
  readonly target: string;
  readonly statement?: NoticeStatement;
  readonly parameters?: Json;
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly masked: readonly string[];
  readonly defaultDataset?: Json;
  readonly destination?: Json;
  readonly writeDisposition?: Json;
  /** What BigQuery's dry run says that would be read. */
  readonly estimatedBytes?: number;
  /** The most that would be billed for it. */
  readonly estimatedPrice?: { readonly amount: number; readonly currency: string };
  /** The most rows that may be handed out. */
  readonly rowCap?: number;
  readonly maximumBytesBilled?: Json;
  readonly labels?: Json;
  readonly settings?: Json;
  readonly reasons: readonly Reason[];
  readonly rules: readonly string[];
  readonly requester: Requester;
  readonly prompt?: NoticePrompt;
  /** Where the full text is when this one was cut. */
  readonly link?: string;
  /** What was cut to keep the message small. */
  readonly omitted?: readonly string[];
}

export interface NoticeStatement {
  readonly kind?: string;
  readonly sql: string;
  /** Of the text as it will run. */
  readonly sha256: string;
  readonly characters: number;
  /** What is different since a query of this shape was approved the last time. */
  readonly previous?: NoticePrevious;
  /** The request in whose place an approver wants this one to run. */
  readonly editOf?: string;
}

export interface NoticePrevious {
  readonly id: string;
  readonly approvedAt: string;
  readonly by: readonly string[];
  /** `1006 → 1007`, one entry for each place; empty when nothing is different. */
  readonly changes: readonly string[];
}

export interface NoticeVote {
  readonly person: string;
  readonly verdict: string;
  readonly comment?: string;
}

export interface NoticePrompt {
  readonly sha256: string;
  readonly excerpt?: string;
}

/** How much of the session's prompt approvers are shown. */
export type PromptShown = 'none' | 'digest' | 'excerpt';

export interface NoticeSubject {
  readonly call: Call;
  readonly context: Context;
  readonly decision: Extract<Decision, { effect: 'require-approval' }>;
  readonly evidence: Evidence | undefined;
  readonly parts: RequestParts;
  readonly requestHash: string;
  readonly cost?: Cost | undefined;
  readonly previous?: ApprovalRecord | undefined;
  readonly editOf?: string | undefined;
}

export interface NoticeFrame {
  readonly id: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly promptShown: PromptShown;
  readonly currency?: string | undefined;
  readonly rowCap?: number | undefined;
}

export function buildNotice(subject: NoticeSubject, frame: NoticeFrame): ApprovalNotice {
  const { call, context, decision, evidence, parts, requestHash } = subject;
  return {
    id: frame.id,
    requestHash,
    requestedAt: frame.requestedAt,
    expiresAt: frame.expiresAt,
    approvers: decision.approval.approvers,
    quorum: decision.approval.quorum,
    ...termsOf(decision.approval),
    needed: stillNeeded({ requirement: decision.approval, votes: [] }),
    operation: call.operation,
    project: call.project,
    ...(parts.account !== null && { account: parts.account }),
    target: renderSafely(`${call.method} ${call.path}`),
    ...statementOf(subject),
    ...costOf(subject.cost, frame.currency),
    ...(frame.rowCap === undefined ? {} : { rowCap: frame.rowCap }),
    tables: (evidence?.tables ?? []).map(({ name }) => renderSafely(fullName(name))),
    columns: (evidence?.columns ?? []).map((column) => renderSafely(columnName(column))),
    masked: decision.masks.map((mask) =>
      renderSafely(`${columnName(mask)} with ${mask.with} (${mask.rule})`),
    ),
    ...settingsOf(parts),
    reasons: decision.reasons.map(({ rule, message }) => ({ rule, message: renderSafely(message) })),
    rules: decision.rules,
    requester: renderRequester(requesterOf(call, context)),
    ...promptOf(context.session?.prompt, frame.promptShown),
  };
}

export function requesterOf(call: Call, { principal, agent, session }: Context): Requester {
  return {
    principal: principal.id,
    delegation: principal.delegation,
    ...(agent === undefined ? {} : { agent }),
    ...(session === undefined ? {} : { session: session.id }),
    callId: call.id,
  };
}

/** Agents choose their own names. */
function renderRequester({ principal, delegation, agent, session, callId }: Requester): Requester {
  return {
    principal: renderSafely(principal),
    delegation: delegation.map(renderSafely),
    ...(agent === undefined ? {} : { agent: renderAgent(agent) }),
    ...(session === undefined ? {} : { session: renderSafely(session) }),
    callId,
  };
}

function renderAgent({ name, version, model, toolCallId }: Agent): Agent {
  return {
    name: renderSafely(name),
    ...(version === undefined ? {} : { version: renderSafely(version) }),
    ...(model === undefined ? {} : { model: renderSafely(model) }),
    ...(toolCallId === undefined ? {} : { toolCallId: renderSafely(toolCallId) }),
  };
}

function termsOf({ next, comment, breakGlass, grants }: ApprovalRequirement): Partial<ApprovalNotice> {
  return {
    ...(next !== undefined && { next }),
    ...(comment !== undefined && { commentRequired: true as const }),
    ...(breakGlass !== undefined && { breakGlass: breakGlass.approvers }),
    ...(grants !== undefined && { grants }),
  };
}

/** The notice as of now: who is asked, what was said, and how many people are needed yet. */
export function noticeNow(record: ApprovalRecord): ApprovalNotice {
  const { notice, votes, escalatedAt, requirement } = record;
  const said = votes.map(({ person, verdict, comment }) => ({
    person,
    verdict,
    ...(comment !== undefined && { comment: renderSafely(comment) }),
  }));
  return {
    ...notice,
    approvers: askedNow(record),
    quorum: currentStage(record)?.quorum ?? requirement.quorum,
    needed: stillNeeded(record),
    ...(said.length > 0 && { votes: said }),
    ...(escalatedAt !== undefined && { escalated: true as const }),
  };
}

function statementOf({
  parts: { sql, parameters },
  evidence,
  previous,
  editOf,
}: NoticeSubject): Pick<ApprovalNotice, 'statement' | 'parameters'> {
  const shown = typeof sql === 'string' ? statement(sql, evidence?.kind) : undefined;
  return {
    ...(shown !== undefined && {
      statement: {
        ...shown,
        ...(previous !== undefined && { previous: since(previous, shown.sql) }),
        ...(editOf !== undefined && { editOf }),
      },
    }),
    ...(parameters === null ? {} : { parameters: renderJson(parameters) }),
  };
}

function statement(sql: string, kind: string | undefined): NoticeStatement {
  const text = { sql: renderSafely(sql), sha256: sha256(sql), characters: sql.length };
  return kind === undefined ? text : { kind, ...text };
}

function since({ id, notice, votes }: ApprovalRecord, sql: string): NoticePrevious {
  const approving = votes.filter(({ verdict }) => verdict === 'approve');
  return {
    id,
    approvedAt: approving.at(-1)?.at ?? notice.requestedAt,
    by: approving.map(({ person }) => person),
    changes: textChanges(notice.statement?.sql ?? '', sql),
  };
}

function costOf(
  cost: Cost | undefined,
  currency = 'USD',
): Pick<ApprovalNotice, 'estimatedBytes' | 'estimatedPrice'> {
  if (cost === undefined) return {};
  const { price } = cost;
  return {
    estimatedBytes: Number(cost.bytes),
    ...(price !== undefined && { estimatedPrice: { amount: price, currency } }),
  };
}

function settingsOf(parts: RequestParts): Partial<ApprovalNotice> {
  const { defaultDataset, destination, writeDisposition, maximumBytesBilled, labels, settings } = parts;
  const shown = { defaultDataset, destination, writeDisposition, maximumBytesBilled, labels, settings };
  return Object.fromEntries(
    Object.entries(shown).flatMap(([name, value]) => (isEmpty(value) ? [] : [[name, renderJson(value)]])),
  );
}

function isEmpty(value: Json): boolean {
  if (!isJsonObject(value)) return value === null;
  return Object.values(value).every((part) => part === undefined || isEmpty(part));
}

/** `rows` are the values that `tabledata.insertAll` writes: counted, never shown. */
function renderJson(value: Json): Json {
  if (typeof value === 'string') return renderSafely(value);
  if (Array.isArray(value)) return value.map((item: Json) => renderJson(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]): [string, Json][] => {
      if (part === undefined) return [];
      if (name === 'rows' && Array.isArray(part)) return [[name, `${part.length} rows`]];
      return [[renderSafely(name), renderJson(part)]];
    }),
  );
}

function promptOf(prompt: string | undefined, shown: PromptShown): { readonly prompt?: NoticePrompt } {
  if (prompt === undefined || shown === 'none') return {};
  const digest = sha256(prompt);
  if (shown === 'digest') return { prompt: { sha256: digest } };
  return { prompt: { sha256: digest, excerpt: renderSafely(excerpt(prompt)) } };
}

function excerpt(prompt: string): string {
  return prompt.length > 500 ? `${prompt.slice(0, 500)}…` : prompt;
}

export function columnName({ table, path }: ColumnSource): string {
  return `${fullName(table)}.${path.join('.')}`;
}
