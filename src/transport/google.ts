import { GoogleAuth } from 'google-auth-library';
import { GoogleError } from '../call/google-error.ts';
import { defaultAnswerWithin } from './answer-limit.ts';
import { restTransport, type Transport } from './rest.ts';

export interface GoogleTransportOptions {
  /** `https://bigquery.googleapis.com`, or the address of an emulator. */
  readonly url: string;
  /** `none` only for an emulator that asks for no credentials. */
  readonly credentials: 'application-default' | 'none';
  /** What an answer may take beyond the call's own `timeoutMs`, in milliseconds. */
  readonly answerWithin?: number | undefined;
}

/** Sends calls to BigQuery itself under the application default credentials of this process. */
export function googleTransport(options: GoogleTransportOptions): Transport {
  const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/bigquery'] });
  return restTransport({
    url: options.url,
    answerWithin: options.answerWithin ?? defaultAnswerWithin,
    async headers() {
      if (options.credentials === 'none') return {};
      const headers = await auth.getRequestHeaders(options.url);
      return Object.fromEntries(headers.entries());
    },
    failure: (_call, status, body) => new GoogleError(status, body ?? null),
  });
}
