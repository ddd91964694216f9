import { answer } from './answer.ts';
import { answerMessage } from './answer-message.ts';
import { authenticate, type Authenticated } from './authenticate.ts';
import { DecisionTokens } from './decision-token.ts';
import type { CallbackRefusal } from './approval-event.ts';
import { readApproverMessage } from './decision-message.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalChannel, ChannelDesk } from './channel.ts';
import { decideByChannel } from './decide-by-channel.ts';
import type { KnownPerson } from './people.ts';
import { readBody } from './read-body.ts';
import { RefusalLog } from './refusal-log.ts';
import { SeenMessages } from './seen-messages.ts';

/** Where decisions come in: who sends one is known by the signature alone, and every refusal is written down. */
export class Callback {
  readonly #options: ApprovalParts;
  readonly #seen = new SeenMessages();
  readonly #refusals: RefusalLog;
  readonly #tokens: DecisionTokens | undefined;

  constructor(options: ApprovalParts) {
    this.#options = options;
    const { tokens = [] } = options.options;
    this.#tokens = tokens.length === 0 ? undefined : new DecisionTokens(tokens);
    this.#refusals = new RefusalLog(options.desk, options.now);
  }

  /** Never throws: when a store or the audit fails, nothing is decided and the answer is 503. */
  async handle(request: Request): Promise<Response> {
    try {
      return await this.#receive(request);
    } catch {
      return answer(503, { error: 'unavailable' }, { 'retry-after': '5' });
    }
  }

  async #receive(request: Request): Promise<Response> {
    const channel = this.#channelOf(request);
    if (channel?.receive !== undefined) return channel.receive(request, this.#deskFor(channel.name));
    if (request.method !== 'POST') return answer(405, { error: 'method_not_allowed' }, { allow: 'POST' });
    const authenticated = this.#authenticatorOf(mediaType(request.headers));
    if (authenticated === undefined) return answer(415, { error: 'unsupported_media_type' });
    const body = await readBody(request);
    if (body === undefined) return this.#turnUnknownAway(413, 'too_large');
    const sender = await authenticated(request.headers, body);
    if (sender.kind === 'refused') return this.#turnUnknownAway(401, sender.reason);
    const { person, proof } = sender;
    if (!this.#seen.admit(proof.messageId, proof.body, this.#options.now()))
      return this.#turnAway(409, 'replayed', person);
    const message = readApproverMessage(sender.message);
    if (message === undefined) return this.#turnAway(400, 'malformed', person);
    return answerMessage(message, { person, proof }, this.#options, this.#refusals);
  }

  #authenticatorOf(type: string): ((headers: Headers, body: Buffer) => Promise<Authenticated>) | undefined {
    const { people, now } = this.#options;
    const tokens = this.#tokens;
    if (type === 'application/json')
      return async (headers, body) => authenticate(headers, body, people, now());
    if (type !== 'application/jwt' || tokens === undefined) return undefined;
    return async (_headers, body) => tokens.authenticate(body.toString(), people, now());
  }

  #channelOf({ url }: Request): ApprovalChannel | undefined {
    const last = new URL(url).pathname.split('/').at(-1);
    return this.#options.options.channels.find(({ name }) => encodeURIComponent(name) === last);
  }

  #deskFor(channel: string): ChannelDesk {
    const parts = this.#options;
    return {
      now: parts.now(),
      find: async (id) => parts.desk.read(id),
      decide: async (id, requestHash, decision) =>
        decideByChannel(channel, { id, requestHash }, decision, parts),
      turnAway: async (reason) => this.#refusals.unknown(reason),
    };
  }

  async #turnAway(status: 400 | 409, reason: CallbackRefusal, person: KnownPerson): Promise<Response> {
    await this.#refusals.known(reason, person.id);
    return answer(status, { error: reason });
  }

  /** To somebody unknown the answer tells nothing, not even whether the approval exists. */
  async #turnUnknownAway(status: 401 | 413, reason: CallbackRefusal): Promise<Response> {
    await this.#refusals.unknown(reason);
    return answer(status, { error: status === 401 ? 'unauthorized' : reason });
  }
}

/** A header that came twice is joined by a comma, and so names no type. */
function mediaType(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
