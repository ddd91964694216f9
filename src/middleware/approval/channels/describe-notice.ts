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
  const { statement, requester, reasons, tables, columns, masked, estimatedBytes } = notice;
  const kind = statement?.kind ?? notice.operation;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Asked by', [requester.principal, ...requester.delegation].join(', for ')],
    ['Agent', agentOf(notice)],
    ['Why', reasons.map(({ rule, message }) => `${message} (${rule})`).join('\n')],
    ['Target', statement === undefined ? notice.target : undefined],
    ['Project', notice.project],
    ['Tables', listed(tables)],
    ['Columns', listed(columns)],
    ['Masked', listed(masked)],
    ['Bytes', estimatedBytes === undefined ? undefined : estimatedBytes.toLocaleString('en')],
    ['Prompt', notice.prompt?.excerpt],
    ['Needed', `${notice.quorum} of ${listed(notice.approvers)}`],
    ['Until', notice.expiresAt],
    ['Request', notice.id],
  ];
  return {
    title: `Approval needed: ${oneLine(kind)} by ${oneLine(requester.principal)}`,
    facts: facts.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, value]])),
    sql: statement === undefined ? undefined : cutMiddle(statement.sql, shown),
  };
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
