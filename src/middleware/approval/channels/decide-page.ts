import type { ApprovalRecord } from '../approval-record.ts';
import { noticeNow } from '../notice.ts';
import { renderSafely } from '../render.ts';
import { describeNotice, describeOutcome } from './describe-notice.ts';

/** The page behind a link of a mail: shows the request, and decides only when its form is sent. */
export function decidePage(record: ApprovalRecord, person: string): Response {
  const { title, facts } = describeNotice(noticeNow(record));
  const rows = facts.map(([label, value]) => `<tr><th>${escape(label)}<td>${escape(value)}`).join('\n');
  const sql = record.notice.statement?.sql;
  return page(200, title, [
    sql === undefined ? '' : `<pre>${escape(sql)}</pre>`,
    `<table>${rows}</table>`,
    record.state === 'pending' ? form(person) : outcome(record),
  ]);
}

export function messagePage(status: number, title: string, text: string): Response {
  return page(status, title, [`<p>${escape(text)}`]);
}

export function outcome(record: ApprovalRecord): string {
  return `<p class="outcome">${escape(describeOutcome(record))}`;
}

/** It is sent to its own address, which holds who decides on what. */
function form(person: string): string {
  return `<form method="post">
<p><label>Comment, which the agent is told<br><textarea name="comment" maxlength="2000" rows="3"></textarea></label>
<p>You decide as ${escape(renderSafely(person))}.
<button name="verdict" value="approve">Approve</button> <button name="verdict" value="reject">Reject</button>
</form>`;
}

export function page(status: number, title: string, parts: readonly string[]): Response {
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style>
<h1>${escape(title)}</h1>
${parts.join('\n')}
</html>`;
  return new Response(html, { status, headers });
}

const style =
  'body{font:16px/1.5 system-ui;margin:2rem auto;max-width:50rem;padding:0 1rem}pre,td{white-space:pre-wrap;overflow-wrap:anywhere}pre{background:#eee;padding:1rem}th{text-align:left;vertical-align:top;padding-right:1rem}textarea{width:100%}.outcome{white-space:pre-line;font-weight:bold}';

/** No script, no other site, no frame, and the address – which decides – goes nowhere else. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
} as const;

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
