import { GuardError } from '../../../errors.ts';
import type { JsonObject } from '../../../call/json.ts';
import type { ApprovalChannel, ChannelAnswer, ChannelDesk } from '../channel.ts';
import type { OutgoingOptions } from '../outgoing-url.ts';
import { readBody } from '../read-body.ts';
import { renderSafely } from '../render.ts';
import { sha256 } from '../request-hash.ts';
import { untilDelivered } from './attempts.ts';
import { answerText } from './answer-text.ts';
import { slackApi, type SlackApi } from './slack-api.ts';
import { metadataOf, readInteraction, type SlackInteraction, type SlackPlace } from './slack-interaction.ts';
import { askingMessage, reasonModal, settledMessage } from './slack-message.ts';
import { verifySlack } from './slack-signature.ts';
import { OnceOnly } from './once-only.ts';

export interface SlackOptions extends OutgoingOptions {
  /** The bot token, `xoxb-…`, with the scope `chat:write`. */
  readonly token: string;
  /** The id of the channel or person that is written to. */
  readonly channel: string;
  /** What Slack signs interactions with. Give old and new while it is changed. */
  readonly signingSecrets: readonly [string, ...string[]];
  /** Who is who: the id of a member of the workspace (`U…`) and the id of the person. Nobody else decides. */
  readonly people: Readonly<Record<string, string>>;
  /** The id of the workspace (`T…`); interactions from others are refused. */
  readonly team?: string;
  /** With it, approving takes a page of yours, behind a login; in Slack people can only reject. */
  readonly stepUp?: (id: string) => string;
  readonly name?: string;
  readonly schedule?: readonly number[];
  /** Default `https://slack.com/api/`. */
  readonly apiUrl?: string;
  readonly now?: () => Date;
}

type Sent = Exclude<SlackInteraction, { readonly kind: 'other' }>;

/**
 * Asks in Slack, and takes what people press there. In the settings of the app, "Interactivity" gets the
 * callback's address followed by `/slack`, or by the name that is given.
 *
 * Slack signs with a secret that the guard knows too, so a guard that is broken into could forge a decision;
 * `stepUp` avoids that.
 */
export function slack(options: SlackOptions): ApprovalChannel {
  return new Slack(options);
}

class Slack implements ApprovalChannel {
  readonly name: string;
  readonly #options: SlackOptions;
  readonly #api: SlackApi;
  readonly #places = new Map<string, readonly SlackPlace[]>();
  readonly #seen = new OnceOnly();

  constructor(options: SlackOptions) {
    const { apiUrl = 'https://slack.com/api/', now = () => new Date() } = options;
    if (options.signingSecrets.some((secret) => secret.length < 16)) {
      throw new GuardError('ERR_CONFIG', 'A signing secret of Slack has at least 16 characters.');
    }
    this.name = options.name ?? 'slack';
    this.#options = options;
    this.#api = slackApi(options.token, apiUrl, options, now);
  }

  async notify(...[notice, way]: Parameters<ApprovalChannel['notify']>): Promise<void> {
    const { channel, stepUp, schedule } = this.#options;
    const message = { channel, unfurl_links: false, ...askingMessage(notice, stepUp?.(notice.id)) };
    await untilDelivered(
      async () => {
        const answer = await this.#api('chat.postMessage', message, way.signal);
        if (answer.kind === 'failed') return answer;
        this.#remember(notice.id, {
          channel: textOf(answer.body, 'channel'),
          message: textOf(answer.body, 'ts'),
        });
        return undefined;
      },
      way,
      schedule,
    );
  }

  async settled(...[record, signal]: Parameters<NonNullable<ApprovalChannel['settled']>>): Promise<void> {
    const places = this.#places.get(record.id) ?? [];
    this.#places.delete(record.id);
    const message = settledMessage(record);
    await Promise.all(
      places.map(async (place) =>
        this.#api('chat.update', { channel: place.channel, ts: place.message, ...message }, signal),
      ),
    );
  }

  /** A request has several messages when further people are asked later. */
  #remember(id: string, place: SlackPlace): void {
    const known = this.#places.get(id) ?? [];
    const isKnown = known.some(
      ({ channel, message }) => channel === place.channel && message === place.message,
    );
    if (!isKnown) this.#places.set(id, [...known, place]);
  }

  async ping(signal: AbortSignal): Promise<{ readonly ok: boolean; readonly detail: string }> {
    const answer = await this.#api('auth.test', {}, signal);
    if (answer.kind === 'failed') return { ok: false, detail: answer.message };
    return { ok: true, detail: `signed in as ${textOf(answer.body, 'user')}` };
  }

  async receive(request: Request, desk: ChannelDesk): Promise<Response> {
    if (request.method !== 'POST') return answerText(405, 'Only POST.', { allow: 'POST' });
    const body = await readBody(request);
    if (body === undefined) return this.#turnAway(413, 'too_large', desk);
    const signed = verifySlack(request.headers, body, this.#options.signingSecrets, desk.now);
    if (signed.kind === 'refused') return this.#turnAway(401, signed.reason, desk);
    if (!this.#seen.admit(signed.signature, desk.now)) return this.#turnAway(409, 'replayed', desk);
    const interaction = readInteraction(body.toString());
    if (interaction === undefined) return this.#turnAway(400, 'malformed', desk);
    if (interaction.kind === 'other') return answerText(200, '');
    const { team } = this.#options;
    if (team !== undefined && team !== interaction.team) return this.#turnAway(401, 'unknown_key', desk);
    const evidence = {
      timestamp: signed.timestamp,
      signature: signed.signature,
      bodySha256: sha256(body.toString()),
    };
    return this.#act(interaction, evidence, desk);
  }

  async #act(
    interaction: Sent,
    evidence: Readonly<Record<string, string>>,
    desk: ChannelDesk,
  ): Promise<Response> {
    const { kind, user, team, id, requestHash, place } = interaction;
    if (kind === 'ask-reason') {
      await this.#api(
        'views.open',
        { trigger_id: interaction.trigger, view: reasonModal(interaction.verdict, metadataOf(interaction)) },
        soon(),
      );
      return answerText(200, '');
    }
    // An approval in Slack counts only where Slack is to decide it.
    const verdict = kind === 'approve' ? kind : interaction.verdict;
    if (verdict === 'approve' && this.#options.stepUp !== undefined)
      return this.#turnAway(400, 'malformed', desk);
    // After a restart this is how we know which message to change.
    this.#remember(id, place);
    const answer = await desk.decide(id, requestHash, {
      verdict,
      person: this.#options.people[user] ?? `slack:${user}`,
      ...(kind === 'reasoned' && interaction.reason !== '' ? { comment: interaction.reason } : {}),
      evidence: { user, team, ...evidence },
    });
    if (answer.record === undefined) this.#places.delete(id);
    await this.#tell(interaction, answer);
    return answerText(200, '');
  }

  /** Says to the person alone what became of it, and takes the buttons off what is no question any more. */
  async #tell({ user, place }: Sent, answer: ChannelAnswer): Promise<void> {
    const { record } = answer;
    const text = whatBecame(answer);
    await Promise.all([
      this.#api('chat.postEphemeral', { channel: place.channel, user, text }, soon()),
      record === undefined || record.state === 'pending' ? undefined : this.settled(record, soon()),
    ]);
  }

  async #turnAway(
    status: number,
    reason: Parameters<ChannelDesk['turnAway']>[0],
    desk: ChannelDesk,
  ): Promise<Response> {
    await desk.turnAway(reason);
    return answerText(status, status === 401 ? 'unauthorized' : reason);
  }
}

function whatBecame(answer: ChannelAnswer): string {
  if (answer.kind === 'refused') return `That did not count: ${answer.reason.replaceAll('_', ' ')}.`;
  return answer.record.state === 'pending'
    ? 'Your approval counts; others have to agree.'
    : `The request is ${renderSafely(answer.record.state)}.`;
}

/** Slack waits three seconds for us. */
function soon(): AbortSignal {
  return AbortSignal.timeout(2500);
}

function textOf(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}
