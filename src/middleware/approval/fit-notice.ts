import type { ApprovalNotice, NoticeStatement } from './notice.ts';

/** Standard Webhooks asks for payloads below 20 kB; the rest of the room is for the envelope. */
export const maximumNoticeBytes = 19_000;

/**
 * The notice, cut until it fits, or as it is. What is cut is named in `omitted`, the statement keeps its head
 * and its tail around a mark, and `link` says where the whole is.
 */
export function fitNotice(notice: ApprovalNotice, link: string | undefined): ApprovalNotice {
  if (fits(notice)) return notice;
  const linked = link === undefined ? notice : { ...notice, link };
  const cuts = [
    dropSettings,
    dropPrompt,
    shortenLists,
    dropParameters,
    shortenStatement(6000),
    shortenStatement(1500),
    keepLittle,
  ];
  let cut: ApprovalNotice = linked;
  for (const next of cuts) {
    cut = next(cut);
    if (fits(cut)) return cut;
  }
  return cut;
}

function fits(notice: ApprovalNotice): boolean {
  return Buffer.byteLength(JSON.stringify(notice)) <= maximumNoticeBytes;
}

function omit(notice: ApprovalNotice, what: string): ApprovalNotice {
  return { ...notice, omitted: [...(notice.omitted ?? []), what] };
}

function dropSettings(notice: ApprovalNotice): ApprovalNotice {
  const { settings, ...rest } = notice;
  return settings === undefined ? notice : omit(rest, 'settings');
}

function dropPrompt(notice: ApprovalNotice): ApprovalNotice {
  if (notice.prompt?.excerpt === undefined) return notice;
  return omit({ ...notice, prompt: { sha256: notice.prompt.sha256 } }, 'prompt.excerpt');
}

function dropParameters(notice: ApprovalNotice): ApprovalNotice {
  const { parameters, ...rest } = notice;
  return parameters === undefined ? notice : omit(rest, 'parameters');
}

function shortenLists(notice: ApprovalNotice): ApprovalNotice {
  return {
    ...notice,
    tables: head(notice.tables),
    columns: head(notice.columns),
    masked: head(notice.masked),
    omitted: [...(notice.omitted ?? []), ...longLists(notice)],
  };
}

function longLists({ tables, columns, masked }: ApprovalNotice): readonly string[] {
  return Object.entries({ tables, columns, masked }).flatMap(([name, list]) =>
    list.length > 20 ? [`${list.length - 20} of ${name}`] : [],
  );
}

function head(list: readonly string[]): readonly string[] {
  return list.slice(0, 20).map((item) => (item.length > 200 ? `${item.slice(0, 200)}…` : item));
}

function shortenStatement(keep: number): (notice: ApprovalNotice) => ApprovalNotice {
  return (notice) => {
    const { statement } = notice;
    if (statement === undefined || statement.sql.length <= keep) return notice;
    const half = keep / 2;
    const { sql } = statement;
    const cut = `${sql.slice(0, half)}\n⟨${sql.length - keep} characters omitted⟩\n${sql.slice(-half)}`;
    return omit({ ...notice, statement: { ...statement, sql: cut.toWellFormed() } }, 'statement.sql');
  };
}

/** Labels, reasons and names can be long as well; what is left are fields of bounded length. */
function keepLittle(notice: ApprovalNotice): ApprovalNotice {
  const { id, requestHash, requestedAt, expiresAt, quorum, statement, link } = notice;
  const { principal, delegation, callId } = notice.requester;
  const bare = statement === undefined ? undefined : withoutPrevious(statement);
  return {
    id,
    requestHash,
    requestedAt,
    expiresAt,
    quorum,
    ...(notice.round === undefined ? {} : { round: notice.round }),
    needed: notice.needed,
    ...(bare === undefined ? {} : { statement: bare }),
    ...(link === undefined ? {} : { link }),
    approvers: head(notice.approvers),
    operation: notice.operation.slice(0, 100),
    project: notice.project.slice(0, 100),
    target: notice.target.slice(0, 300),
    tables: notice.tables.slice(0, 5),
    columns: [],
    masked: [],
    rules: head(notice.rules).slice(0, 5),
    reasons: notice.reasons
      .slice(0, 3)
      .map(({ rule, message }) => ({ rule: rule.slice(0, 100), message: message.slice(0, 300) })),
    requester: {
      principal: principal.slice(0, 200),
      delegation: head(delegation).slice(0, 5),
      callId,
    },
    omitted: ['everything but a summary'],
  };
}

function withoutPrevious({ previous: _previous, ...statement }: NoticeStatement): NoticeStatement {
  return statement;
}
