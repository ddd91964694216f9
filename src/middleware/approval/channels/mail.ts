import { GuardError } from '../../../errors.ts';
import type { ApprovalRecord, Verdict } from '../approval-record.ts';
import type { ApprovalChannel, ChannelAnswer, ChannelDesk, ChannelWay, PingAnswer } from '../channel.ts';
import { readSigningKey } from '../keys.ts';
import type { ApprovalNotice } from '../notice.ts';
import { checkOutgoingUrl } from '../outgoing-url.ts';
import { sameName } from '../people.ts';
import { readBody } from '../read-body.ts';
import { sha256 } from '../request-hash.ts';
import { failed, untilDelivered, type AttemptFailure } from './attempts.ts';
import { answerText } from './answer-text.ts';
import { decidePage, messagePage, outcome, page } from './decide-page.ts';
import { describeNotice } from './describe-notice.ts';
import { makeMailToken, readMailToken, type MailToken } from './mail-token.ts';
import { smtpSender } from './smtp.ts';

/** One mail, as plain text. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same over all attempts, so that a mail that comes twice can be told. */
  readonly messageId: string;
}

export interface MailOptions {
  readonly from: string;
  /** Addresses by the id of the person; people without one are not written to. */
  readonly to: Readonly<Record<string, string>>;
  /** What links are signed with, `whsec_…`: the first makes them, all are taken. */
  readonly secrets: readonly [string, ...string[]];
  /** Where the links lead: the callback's address followed by `/mail`, or by the name that is given. */
  readonly url: string | (() => string);
  /** How mails are sent: an SMTP address such as `smtps://user:password@mail.acme.io`, which needs the package
   * `nodemailer`, or a function of yours. */
  readonly send: string | ((mail: Mail, signal: AbortSignal) => Promise<void>);
  readonly name?: string;
  readonly schedule?: readonly number[];
  /** For development: links without TLS to this machine. */
  readonly allowInsecureLoopback?: boolean;
}

const whose = 'the mail server';

/**
 * Writes to each person who may decide, with a link of their own. Looking at it decides nothing: the page has
 * a form. Whoever reads the mailbox can decide, so use it for what a mailbox may decide.
 *
 * ```ts
 * mail({
 *   from: 'guard@acme.io',
 *   to: { 'ana@acme.io': 'ana@acme.io' },
 *   secrets: ['whsec_…'],
 *   url: 'https://guard.acme.io/approvals/mail',
 *   send: 'smtps://guard:password@mail.acme.io',
 * })
 * ```
 */
export function mail(options: MailOptions): ApprovalChannel {
  return new MailChannel(options);
}

class MailChannel implements ApprovalChannel {
  readonly name: string;
  readonly people: readonly string[];
  readonly #options: MailOptions;
  readonly #secrets: readonly [Buffer, ...Buffer[]];
  readonly #send: (mail: Mail, signal: AbortSignal) => Promise<void>;

  constructor(options: MailOptions) {
    this.name = options.name ?? 'mail';
    this.people = Object.keys(options.to);
    this.#options = options;
    const [first, ...others] = options.secrets;
    this.#secrets = [secretOf(first), ...others.map(secretOf)];
    this.#send = typeof options.send === 'string' ? smtpSender(options.send) : options.send;
    if (typeof options.url === 'string') this.#checkUrl(options.url);
  }

  /** Done when one person has been written to; the other mails go on meanwhile. */
  async notify(notice: ApprovalNotice, way: ChannelWay): Promise<void> {
    const approvers = new Set(notice.approvers.map(sameName));
    const addressed = Object.entries(this.#options.to).filter(([person]) => approvers.has(sameName(person)));
    if (addressed.length === 0) throw new Error('There is no address of anybody who may decide.');
    await Promise.any(
      addressed.map(async ([person, address]) => {
        const message = this.#write(notice, person, address);
        await untilDelivered(async () => this.#attempt(message, way.signal), way, this.#options.schedule);
      }),
    );
  }

  async ping(): Promise<PingAnswer> {
    return { ok: true, detail: 'a mail is sent only when somebody is asked' };
  }

  async receive(request: Request, desk: ChannelDesk): Promise<Response> {
    const url = new URL(request.url);
    const tokens = url.searchParams.getAll('token');
    const token = readMailToken(tokens.length === 1 ? (tokens[0] ?? '') : '', this.#secrets);
    if (token === undefined) {
      await desk.turnAway('unsigned');
      return messagePage(401, 'This link is not good', 'It is incomplete, or was not made here.');
    }
    if (request.method === 'GET' || request.method === 'HEAD') return this.#show(token, desk);
    if (request.method !== 'POST') return answerText(405, 'Only GET and POST.', { allow: 'GET, POST' });
    return this.#decide(token, request, desk);
  }

  async #show(token: MailToken, desk: ChannelDesk): Promise<Response> {
    const record = await desk.find(token.id);
    if (record === undefined || record.requestHash !== token.requestHash) return unknown();
    return decidePage(record, token.person);
  }

  async #decide(token: MailToken, request: Request, desk: ChannelDesk): Promise<Response> {
    if (desk.now.getTime() >= token.expiresAt) return refusal('expired');
    const body = await readBody(request);
    if (body === undefined) {
      await desk.turnAway('too_large');
      return messagePage(413, 'Too long', 'Write a shorter comment.');
    }
    const form = readForm(request.headers, body);
    if (form === undefined) {
      await desk.turnAway('malformed');
      return messagePage(400, 'That was no decision', 'Use the form of the page that the mail links to.');
    }
    const answer = await desk.decide(token.id, token.requestHash, {
      ...form,
      person: token.person,
      evidence: { link: sha256(JSON.stringify(token)) },
    });
    return answer.kind === 'refused' ? refusal(answer.reason) : done(answer);
  }

  async #attempt(message: Mail, signal: AbortSignal): Promise<AttemptFailure | undefined> {
    try {
      await this.#send(message, signal);
      return undefined;
    } catch (cause) {
      if (signal.aborted || cause instanceof GuardError) throw cause;
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'Error';
      return failed(`took no mail (${code})`, whose);
    }
  }

  #write(notice: ApprovalNotice, person: string, address: string): Mail {
    const { id, requestHash } = notice;
    const token = { id, requestHash, person, expiresAt: Date.parse(notice.expiresAt) };
    const link = new URL(this.#url());
    link.searchParams.set('token', makeMailToken(token, this.#secrets));
    const { title, facts, sql } = describeNotice(notice);
    const lines = [
      title,
      ...(sql === undefined ? [] : [sql]),
      facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
      `Look at it and decide, as ${person}:\n${link.href}`,
      'The link is yours alone: whoever has it can decide in your name. Do not forward this mail.',
    ];
    const part = sha256(`${notice.round ?? ''} ${sameName(person)}`).slice(0, 16);
    const messageId = `<${id}.${part}@bigquery-guard.invalid>`;
    return { from: this.#options.from, to: address, subject: title, text: lines.join('\n\n'), messageId };
  }

  #url(): string {
    const { url } = this.#options;
    return typeof url === 'string' ? url : this.#checkUrl(url());
  }

  /** It carries what decides, so it must not go over the wire in the clear. */
  #checkUrl(url: string): string {
    const { allowInsecureLoopback = false } = this.#options;
    const port = Number(URL.parse(url)?.port ?? '');
    checkOutgoingUrl(
      url,
      { allowInsecureLoopback, allowPrivateAddresses: true, ports: [port] },
      'links in mails',
    );
    return url;
  }
}

function secretOf(text: string): Buffer {
  const key = readSigningKey(text);
  if (key.scheme === 'v1') return key.secret;
  throw new GuardError(
    'ERR_CONFIG',
    'Links in mails are signed with a secret (whsec_…), not with a private key.',
  );
}

interface Form {
  readonly verdict: Verdict;
  readonly comment?: string;
}

/** Exactly what the form of our page sends. */
function readForm(headers: Headers, body: Buffer): Form | undefined {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers.get('content-type') ?? ''))
    return undefined;
  const form = new URLSearchParams(body.toString());
  const [verdict, ...moreVerdicts] = form.getAll('verdict');
  const [comment = '', ...moreComments] = form.getAll('comment');
  if (moreVerdicts.length > 0 || moreComments.length > 0 || comment.length > 2000) return undefined;
  if (verdict !== 'approve' && verdict !== 'reject') return undefined;
  return comment.trim() === '' ? { verdict } : { verdict, comment };
}

function done({ record }: Extract<ChannelAnswer, { kind: 'accepted' }>): Response {
  return page(200, 'Thank you', [told(record)]);
}

function told(record: ApprovalRecord): string {
  return record.state === 'pending' ? '<p>Your decision counts; others have to agree.' : outcome(record);
}

function unknown(): Response {
  return messagePage(404, 'There is no such request', 'It may have been forgotten since.');
}

function refusal(reason: Extract<ChannelAnswer, { kind: 'refused' }>['reason']): Response {
  if (reason === 'unknown_request') return unknown();
  const status = reason === 'expired' || reason === 'already_consumed' ? 410 : 409;
  return messagePage(status, 'That did not count', `Reason: ${reason.replaceAll('_', ' ')}.`);
}
