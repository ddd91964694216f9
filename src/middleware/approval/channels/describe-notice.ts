import type { Json } from '../../../call/json.ts';
import type { ApprovalRecord } from '../approval-record.ts';
import type { ApprovalNotice } from '../notice.ts';
import { renderSafely } from '../render.ts';

/** A request in words, for channels that show text. Everything in it is rendered safely already. */
export interface Description {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly sql: string | undefined;
}

/** Characters of a statement that a chat or a mail shows; the rest is behind the link. */
const shown = 2400;

export function describeNotice(notice: ApprovalNotice): Description {
  const { statement, requester } = notice;
  const kind = statement?.kind ?? notice.operation;
  const facts = [...whoAndWhy(notice), ...whatAndHowMuch(notice), ...howItIsDecided(notice)];
  return {
    title: `${titleOf(notice)}: ${oneLine(kind)} by ${oneLine(requester.principal)}`,
    facts: facts.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, value]])),
    sql: statement === undefined ? undefined : cutMiddle(statement.sql, shown),
  };
}

type Fact = readonly [label: string, value: string | undefined];

function titleOf({ round, escalated }: ApprovalNotice): string {
  if (round === 'emergency') return 'EMERGENCY, approved by one person alone';
  return escalated === true ? 'Approval needed, nobody has decided yet' : 'Approval needed';
}

function whoAndWhy(notice: ApprovalNotice): readonly Fact[] {
  const { requester, reasons, prompt } = notice;
  return [
    ['Asked by', [requester.principal, ...requester.delegation].join(', for ')],
    ['Agent', agentOf(notice)],
    ['Why', reasons.map(({ rule, message }) => `${message} (${rule})`).join('\n')],
    ['Prompt', prompt?.excerpt],
  ];
}

function whatAndHowMuch(notice: ApprovalNotice): readonly Fact[] {
  const { statement, tables, columns, masked, estimatedBytes, estimatedPrice, rowCap } = notice;
  const { previous } = statement ?? {};
  const changes = previous === undefined ? undefined : previous.changes.join('\n') || 'nothing';
  return [
    ['Target', statement === undefined ? notice.target : undefined],
    ['Project', notice.project],
    ['Tables', listed(tables)],
    ['Columns', listed(columns)],
    ['Masked', listed(masked)],
    ['Parameters', jsonOf(notice.parameters)],
    ['Destination', jsonOf(notice.destination)],
    ['Bytes', estimatedBytes?.toLocaleString('en')],
    [
      'Price',
      estimatedPrice === undefined ? undefined : `${estimatedPrice.amount} ${estimatedPrice.currency}`,
    ],
    ['Rows at most', rowCap?.toLocaleString('en')],
    ['Edited from', statement?.editOf],
    [`Changed since ${previous?.approvedAt ?? ''}, approved by ${listed(previous?.by ?? [])}`, changes],
  ];
}

function howItIsDecided(notice: ApprovalNotice): readonly Fact[] {
  const { needed, approvers, next = [], votes = [], commentRequired, breakGlass = [], grants } = notice;
  const said = votes.map(({ person, verdict, comment }) =>
    [person, verdict, comment].filter(Boolean).join(' '),
  );
  return [
    ['Said so far', said.join('\n')],
    ['Still needed', `${needed} of ${listed(approvers)}`],
    ['Asked after these', next.map((stage) => `${stage.quorum} of ${listed(stage.approvers)}`).join('\n')],
    ['Comment', commentRequired === true ? 'required' : undefined],
    ['In an emergency alone', listed(breakGlass)],
    ['May be granted', grants === undefined ? undefined : jsonOf({ ...grants })],
    ['Until', notice.expiresAt],
    ['Request', notice.id],
  ];
}

function jsonOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : cutMiddle(JSON.stringify(value), 1000);
}

/** How the question ended, for a message that asks it no more. */
export function describeOutcome({ state, votes }: ApprovalRecord): string {
  const said = votes.map(({ person, verdict, comment }) => {
    const words = comment === undefined ? '' : `: ${renderSafely(comment)}`;
    return `${verdict === 'approve' ? 'approved' : 'rejected'} by ${renderSafely(person)}${words}`;
  });
  return [capital(state), ...said].join('\n');
}

export function cutMiddle(text: string, keep: number): string {
  if (text.length <= keep) return text;
  const half = keep / 2;
  const mark = `\n⟨${text.length - keep} characters omitted⟩\n`;
  return `${text.slice(0, half)}${mark}${text.slice(-half)}`.toWellFormed();
}

function agentOf({ requester: { agent } }: ApprovalNotice): string | undefined {
  return agent === undefined ? undefined : [agent.name, agent.version, agent.model].filter(Boolean).join(' ');
}

/** A list that is long is in the full request. */
function listed(items: readonly string[]): string {
  const rest = items.length - 20;
  return [...items.slice(0, 20), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
