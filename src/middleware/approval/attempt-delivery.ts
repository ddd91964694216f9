import { ForbiddenAddress, pinAddress, resolveHost } from './address.ts';
import type { SigningKey } from './keys.ts';
import { post } from './post.ts';
import { readRetryAfter } from './retry-after.ts';
import { signatureHeaders } from './signature.ts';
import { addressRules } from './webhook-url.ts';
import type { WebhookOptions } from './webhook.ts';

export interface Attempt {
  readonly options: WebhookOptions;
  readonly url: URL;
  readonly keys: readonly SigningKey[];
  readonly message: { readonly id: string; readonly body: Buffer };
  readonly signal: AbortSignal;
}

export interface DeliveryFailure {
  readonly message: string;
  readonly error: Error;
  /** Nothing that waiting could mend. */
  readonly final: boolean;
  readonly gone: boolean;
  /** Milliseconds that the receiver asked for. */
  readonly wait: number;
}

/** Sends the message once. The address is looked up, checked and pinned anew each time. */
export async function attemptDelivery({
  options,
  url,
  keys,
  message,
  signal,
}: Attempt): Promise<DeliveryFailure | undefined> {
  const now = (options.now ?? (() => new Date()))();
  try {
    const address = await pinAddress(
      url.hostname,
      addressRules(url, options),
      options.resolve ?? resolveHost,
    );
    const timestamp = Math.floor(now.getTime() / 1000);
    const signature = signatureHeaders({ id: message.id, timestamp, body: message.body }, keys);
    const headers = { 'content-type': 'application/json', 'user-agent': 'bigquery-guard', ...signature };
    const { certificates, timeout = 15_000 } = options;
    const answer = await post({ url, address, headers, body: message.body, timeout, signal, certificates });
    if (answer.status >= 200 && answer.status < 300) return undefined;
    return badStatus(answer.status, readRetryAfter(answer.retryAfter, now));
  } catch (error) {
    if (signal.aborted) throw error;
    return noAnswer(error);
  }
}

function badStatus(status: number, wait: number): DeliveryFailure {
  const gone = status === 410;
  const message = status >= 300 && status < 400 ? `redirected (${status})` : `answered ${status}`;
  const error = new Error(`The webhook ${message}${gone ? ' and is switched off' : ''}.`);
  return { message, error, final: gone, gone, wait };
}

/** p-retry takes a `TypeError` for a bug of ours, so whatever went wrong is wrapped. */
function noAnswer(cause: unknown): DeliveryFailure {
  if (cause instanceof ForbiddenAddress) {
    return { message: 'host is not a public address', error: cause, final: true, gone: false, wait: 0 };
  }
  const error = new Error(`The webhook gave no proper answer (${nameOf(cause)}).`, { cause });
  return { message: `gave no proper answer (${nameOf(cause)})`, error, final: false, gone: false, wait: 0 };
}

function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
