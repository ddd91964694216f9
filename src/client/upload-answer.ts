import type { WireAnswer } from '../transport/official.ts';

/** Told how the official client shall send what it was asked to upload. */
export type OnAuthenticated = (error: unknown, options?: object) => void;

/**
 * The official client sends an upload itself once it may. The guard has sent it by then, so the client is sent to
 * fetch the answer, which stands in the address.
 */
export function answerUpload({ error, body }: WireAnswer, onAuthenticated: OnAuthenticated): void {
  if (error !== null && error !== undefined) {
    onAuthenticated(error);
    return;
  }
  const content = Buffer.from(JSON.stringify(body ?? {})).toString('base64');
  onAuthenticated(null, { method: 'GET', uri: `data:application/json;base64,${content}`, headers: {} });
}
