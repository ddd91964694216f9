import { GoogleAuth } from 'google-auth-library';
import { GoogleError } from '../call/google-error.ts';
import { defaultAnswerWithin } from './answer-limit.ts';
import { impersonation, sourceOf } from './impersonation.ts';
import { restTransport, type Transport } from './rest.ts';

export interface GoogleTransportOptions {
  /** `https://bigquery.googleapis.com`, or the address of an emulator. */
  readonly url: string;
  /** `none` only for an emulator that asks for no credentials. */
  readonly credentials: 'application-default' | 'none';
  /** What an answer may take beyond the call's own `timeoutMs`, in milliseconds. */
  readonly answerWithin?: number | undefined;
  /** The address of the IAM Service Account Credentials API, where calls run under other accounts. */
  readonly iamUrl?: string | undefined;
}

/**
 * Sends calls to BigQuery itself, under the application default credentials of this process or, with their help, under
 * the account of the call.
 */
export function googleTransport(options: GoogleTransportOptions): Transport {
  const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/bigquery'] });
  const tokenOf = impersonation({ source: sourceOf(auth), url: options.iamUrl });
  return restTransport({
    url: options.url,
    answerWithin: options.answerWithin ?? defaultAnswerWithin,
    async headers(_call, _context, account) {
      if (account !== undefined) return { authorization: `Bearer ${await tokenOf(account)}` };
      if (options.credentials === 'none') return {};
      const headers = await auth.getRequestHeaders(options.url);
      return Object.fromEntries(headers.entries());
    },
    failure: (_call, status, body) => new GoogleError(status, body ?? null),
  });
}
