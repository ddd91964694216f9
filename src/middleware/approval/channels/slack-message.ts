import type { JsonObject } from '../../../call/json.ts';
import type { ApprovalRecord, Verdict } from '../approval-record.ts';
import type { ApprovalNotice } from '../notice.ts';
import { cutMiddle, describeNotice, describeOutcome } from './describe-notice.ts';

/** Texts stand in `plain_text` and `rich_text` only: neither makes links, mentions or markup of what they hold. */
const plain = (text: string): JsonObject => ({
  type: 'plain_text',
  text: cutMiddle(text, 2900),
  emoji: false,
});

/** The message that asks; the buttons carry which request, of which content. */
export function askingMessage(notice: ApprovalNotice, decidePage: string | undefined): JsonObject {
  const { title } = describeNotice(notice);
  return { text: title, blocks: [...bodyOf(notice), buttons(notice, decidePage)] };
}

/** The same message once nobody is asked any more. */
export function settledMessage(record: ApprovalRecord): JsonObject {
  const outcome = describeOutcome(record);
  return { text: outcome, blocks: [...bodyOf(record.notice), { type: 'section', text: plain(outcome) }] };
}

/** Asks why; `metadata` comes back with the answer. */
export function reasonModal(verdict: Verdict, metadata: string): JsonObject {
  const word = verdict === 'approve' ? 'Approve' : 'Reject';
  return {
    type: 'modal',
    callback_id: verdict,
    private_metadata: metadata,
    title: plain(`${word} the request`),
    submit: plain(word),
    close: plain('Cancel'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Reason, which the agent is told'),
        element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 2000 },
      },
    ],
  };
}

function bodyOf(notice: ApprovalNotice): readonly JsonObject[] {
  const { title, facts, sql } = describeNotice(notice);
  const text = facts.map(([label, value]) => `${label}: ${value}`).join('\n');
  return [
    { type: 'header', text: plain(title.slice(0, 150)) },
    ...(sql === undefined ? [] : [preformatted(sql)]),
    { type: 'section', text: plain(text) },
  ];
}

function preformatted(text: string): JsonObject {
  const element = { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
  return { type: 'rich_text', elements: [element] };
}

function buttons(
  { id, requestHash, commentRequired }: ApprovalNotice,
  decidePage: string | undefined,
): JsonObject {
  const approving = commentRequired === true ? 'approve-reasoned' : 'approve';
  const value = `${id}.${requestHash}`;
  const approve =
    decidePage === undefined
      ? { type: 'button', action_id: approving, style: 'primary', text: plain('Approve'), value }
      : { type: 'button', action_id: 'open', text: plain('Review and approve'), url: decidePage };
  const reject = { type: 'button', action_id: 'reject', style: 'danger', text: plain('Reject'), value };
  return { type: 'actions', block_id: 'decide', elements: [approve, reject] };
}
