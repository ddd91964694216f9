import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../call/new-id.ts';
import { isJsonObject, type Json, readJson } from '../../call/json.ts';
import { attemptRequest } from './channels/attempts.ts';
import { readSigningKey } from './keys.ts';
import { checkOutgoingUrl, type OutgoingOptions } from './outgoing-url.ts';
import { reach } from './reach.ts';
import { signatureHeaders } from './signature.ts';

export interface PollOptions extends OutgoingOptions {
  /** The mailbox that keeps decisions for us. */
  readonly url: string;
  /** What our questions are signed with, as messages of the webhook are. */
  readonly secrets: readonly [string, ...string[]];
  /** Milliseconds between two questions while something is pending. Default 5 s. */
  readonly interval?: number;
  readonly now?: () => Date;
}

export interface PollParts {
  /** What there are decisions to be had about. */
  pending(): Promise<readonly string[]>;
  /** The handler of decisions: it verifies what was fetched as it does what was sent. */
  take(request: Request): Promise<Response>;
}

const whose = 'the mailbox of decisions';

/** Fetches decisions where no connection can come in. It asks only while something is pending. */
export class Poller {
  readonly #options: PollOptions;
  readonly #parts: PollParts;
  readonly #url: URL;
  readonly #keys: readonly ReturnType<typeof readSigningKey>[];
  readonly #closed = new AbortController();
  /** Messages that were dealt with, to be named in the next question so that the mailbox forgets them. */
  #received: string[] = [];
  #isRunning = false;

  constructor(options: PollOptions, parts: PollParts) {
    this.#options = options;
    this.#parts = parts;
    this.#url = checkOutgoingUrl(options.url, options, whose);
    this.#keys = options.secrets.map(readSigningKey);
  }

  /** To be called whenever something may be pending. */
  wake(): void {
    if (this.#isRunning || this.#closed.signal.aborted) return;
    this.#isRunning = true;
    void this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    const { interval = 5000 } = this.#options;
    let failures = 0;
    for (;;) {
      // A store that does not answer says so to whoever asks it next.
      const ids = await this.#parts.pending().catch(() => []);
      if (ids.length === 0 || signal.aborted) return;
      const reached = await this.#ask(ids).catch(() => false);
      failures = reached ? 0 : failures + 1;
      const pause = Math.min(interval * 2 ** failures, Math.max(interval, longestPause));
      const isOver = await sleep(pause * (1 + Math.random() / 5), false, { signal, ref: false }).catch(
        () => true,
      );
      if (isOver) return;
    }
  }

  async #ask(ids: readonly string[]): Promise<boolean> {
    const now = (this.#options.now ?? (() => new Date()))();
    const { signal } = this.#closed;
    const received = this.#received.slice(0, 100);
    const question = {
      type: 'approval.poll',
      timestamp: now.toISOString(),
      data: { ids: ids.slice(0, 200), received },
    };
    const body = Buffer.from(JSON.stringify(question));
    const message = { id: `msg_${newId()}`, timestamp: Math.floor(now.getTime() / 1000), body };
    const headers = { 'content-type': 'application/json', ...signatureHeaders(message, this.#keys) };
    const request = { method: 'POST', headers, body, signal } as const;
    const answer = await attemptRequest(
      async () => reach(this.#url, request, this.#options, whose),
      whose,
      signal,
      now,
    );
    if ('message' in answer) return false;
    this.#received = this.#received.slice(received.length);
    for (const each of messagesIn(readJson(answer.body))) await this.#take(each);
    return true;
  }

  /** What could not be dealt with now is not named as received, so it comes again. */
  async #take({ headers, body }: Mailed): Promise<void> {
    const request = new Request('http://approval.invalid/', { method: 'POST', headers, body });
    const { status } = await this.#parts.take(request);
    const id = headers['webhook-id'] ?? body;
    if (status !== 503) this.#received.push(id);
  }
}

const longestPause = 60_000;

interface Mailed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const passedOn = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Of what the mailbox answers, only what a sender of a decision could have sent himself. */
function messagesIn(answer: Json | undefined): readonly Mailed[] {
  const messages = isJsonObject(answer) ? answer['messages'] : undefined;
  return Array.isArray(messages) ? messages.flatMap(mailedIn) : [];
}

function mailedIn(message: Json): readonly Mailed[] {
  if (!isJsonObject(message) || typeof message['body'] !== 'string') return [];
  const given = isJsonObject(message['headers']) ? message['headers'] : {};
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      passedOn.includes(name.toLowerCase()) && typeof value === 'string' && /^[ -~]*$/.test(value)
        ? [[name.toLowerCase(), value]]
        : [],
    ),
  );
  return [{ headers, body: message['body'] }];
}
