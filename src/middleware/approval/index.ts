export { approval, type ApprovalMiddleware, type ApprovalOptions } from './approval.ts';
export { webhook, type WebhookOptions } from './webhook.ts';
export { mail, type Mail, type MailOptions } from './channels/mail.ts';
export { teams, type TeamsOptions } from './channels/teams.ts';
export { slack, type SlackOptions } from './channels/slack.ts';
export { memoryApprovals, type MemoryApprovalsOptions } from './memory-approvals.ts';
export { entryApprovals, type EntryApprovalsOptions } from './entry-approvals.ts';
export { generateApproverKeys, type ApproverKeys } from './keys.ts';
export {
  signDecision,
  signList,
  signRead,
  signRevoke,
  type SignDecisionOptions,
  type SignedRequest,
} from './sign-decision.ts';
export { requestHash } from './request-hash.ts';
export type { RequestParts } from './request-parts.ts';
export { evidenceKey, reconsiderKey, type Evidence, type Reconsidered } from './evidence.ts';
export { approvedKey, approvedOf, assertApproved, onlyApproved, type Approved } from './approved.ts';
export { ApprovalError, type ApprovalHandle } from './errors.ts';
export type {
  ApprovalRecord,
  ChannelProof,
  ApprovalState,
  Edit,
  Grant,
  GrantTerms,
  JobName,
  Requester,
  SignatureProof,
  TokenProof,
  Transition,
  Verdict,
  Vote,
  VoteProof,
} from './approval-record.ts';
export type { ApprovalNotice, NoticePrompt, NoticeStatement, PromptShown } from './notice.ts';
export type {
  ApprovalChannel,
  ChannelAnswer,
  ChannelDecision,
  ChannelDesk,
  ChannelWay,
  PingAnswer,
} from './channel.ts';
export type { TokenAlgorithm, TokenIssuer } from './decision-token.ts';
export type { DeliveryEntry } from './delivery-log.ts';
export type { OutgoingOptions } from './outgoing-url.ts';
export type { ApprovalStore, Stop } from './store.ts';
export type { StopSubject } from './stop.ts';
export type { ResumeOptions } from './resume.ts';
export type { ApprovalEvent, CallbackRefusal, RecordApproval } from './approval-event.ts';
export type { ApprovalProgress, ReportProgress } from './progress.ts';
export type { DecisionMessage, ListMessage, ReadMessage, RevokeMessage } from './decision-message.ts';
export type { Absence, Person } from './people.ts';
export type { Refusal } from './transition.ts';
export type { PollOptions } from './poll.ts';
export type { Listener } from './listen.ts';
export { nodeHandler, type FetchHandler, type NodeHandler } from './node-handler.ts';
export type { Resolve, ResolvedAddress } from './address.ts';
export {
  verifyDecisions,
  type DecisionProblem,
  type DecisionsReport,
  type VerifyDecisionsOptions,
} from './verify-decisions.ts';
