import { PassThrough } from 'node:stream';
import { isGuardError } from '../errors.ts';
import type { WireAnswer } from '../transport/official.ts';

/** What `requestStream` hands out: the answer as a stream of bytes, with the response as an event before it. */
export class RequestStream extends PassThrough {
  /** Ends the call; for users of the old HTTP library, whose streams had it. */
  abort(): void {
    this.destroy();
  }

  /**
   * Google's errors come as a response with their body, as the official client has it. A refusal destroys the
   * stream, so that nobody takes it for data.
   */
  deliver({ error, body, response }: WireAnswer): void {
    if (this.destroyed) return;
    if (isGuardError(error) || (error !== null && response === undefined)) {
      this.destroy(error instanceof Error ? error : new Error('The request failed.', { cause: error }));
      return;
    }
    this.emit('response', response);
    this.end(body === undefined ? '' : JSON.stringify(body));
    this.emit('complete', response);
  }
}
