import type { JsonObject } from '../../../call/json.ts';
import type { ApprovalRecord } from '../approval-record.ts';
import type { ApprovalChannel, ChannelWay } from '../channel.ts';
import type { ApprovalNotice } from '../notice.ts';
import { checkOutgoingUrl, type OutgoingOptions } from '../outgoing-url.ts';
import { reach } from '../reach.ts';
import { attemptRequest, untilDelivered, type AttemptFailure } from './attempts.ts';
import { describeNotice, describeOutcome } from './describe-notice.ts';

export interface TeamsOptions extends OutgoingOptions {
  /** The address of a workflow "When a Teams webhook request is received". It is a secret: whoever has it can post. */
  readonly url: string;
  /** The page, behind a login, where the request is decided: everybody in the channel sees the link. */
  readonly link: (id: string) => string;
  readonly name?: string;
  readonly schedule?: readonly number[];
  readonly now?: () => Date;
}

const whose = 'the Teams workflow';

/**
 * Tells a channel of Microsoft Teams by an adaptive card with a link. What is decided comes back by the page
 * behind the link: a workflow cannot say who pressed a button.
 */
export function teams(options: TeamsOptions): ApprovalChannel {
  const url = checkOutgoingUrl(options.url, options, whose);
  const now = options.now ?? (() => new Date());
  const told = new Set<string>();

  async function post(card: JsonObject, signal: AbortSignal): Promise<AttemptFailure | undefined> {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(messageOf(card)), signal } as const;
    const answer = await attemptRequest(
      async () => reach(url, request, options, whose),
      whose,
      signal,
      now(),
    );
    return 'message' in answer ? answer : undefined;
  }

  return {
    name: options.name ?? 'teams',
    async notify(notice: ApprovalNotice, way: ChannelWay) {
      const card = askingCard(notice, options.link(notice.id));
      await untilDelivered(async () => post(card, way.signal), way, options.schedule);
      told.add(notice.id);
    },
    /** A workflow cannot change what it has posted, so a second card says that it is over. */
    async settled(record: ApprovalRecord, signal: AbortSignal) {
      if (told.delete(record.id)) await post(settledCard(record), signal);
    },
    async ping(signal: AbortSignal) {
      const failure = await post(cardOf([line('bigquery-guard can post here.')]), signal);
      return failure === undefined
        ? { ok: true, detail: 'posted a card' }
        : { ok: false, detail: failure.message };
    },
  };
}

function messageOf(content: JsonObject): JsonObject {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function askingCard(notice: ApprovalNotice, url: string): JsonObject {
  const { title, facts, sql } = describeNotice(notice);
  const body = [
    line(title, { weight: 'Bolder', size: 'Medium' }),
    ...(sql === undefined ? [] : [line(sql, { fontType: 'Monospace' })]),
    ...facts.map(([label, value]) => line(`${label}: ${value}`)),
  ];
  return { ...cardOf(body), actions: [{ type: 'Action.OpenUrl', title: 'Review and decide', url }] };
}

function settledCard(record: ApprovalRecord): JsonObject {
  return cardOf([line(describeNotice(record.notice).title), line(describeOutcome(record))]);
}

function cardOf(body: readonly JsonObject[]): JsonObject {
  const $schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
  return { $schema, type: 'AdaptiveCard', version: '1.4', msteams: { width: 'Full' }, body };
}

/** Unlike a `TextBlock`, a `TextRun` makes no links or markup of its text. */
function line(text: string, style: JsonObject = {}): JsonObject {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] };
}
