import { pinAddress, resolveHost } from './address.ts';
import { addressRules, type OutgoingOptions } from './outgoing-url.ts';
import { sendPinned, type Answer } from './send-pinned.ts';

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * Sends one request to an address of the configuration. The host is looked up, checked and pinned anew each
 * time, so that a name which changes its mind leads nowhere else.
 */
export async function reach(
  url: URL,
  request: OutgoingRequest,
  options: OutgoingOptions,
  whose: string,
): Promise<Answer> {
  const { method, headers, body = '', signal } = request;
  const resolve = options.resolve ?? resolveHost;
  const address = await pinAddress(url.hostname, addressRules(url, options), resolve, whose);
  const { timeout = 15_000, certificates } = options;
  return sendPinned({
    url,
    address,
    method,
    headers: { 'user-agent': 'bigquery-guard', ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
    timeout,
    signal,
    certificates,
  });
}
