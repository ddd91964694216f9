import pRetry from 'p-retry';

/** How often the official client sends a request again. */
export interface Retries {
  /** After an answer that says that the service is busy or broken. */
  readonly busy: number;
  /** After no answer. */
  readonly unanswered: number;
}

const busyStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** Tries until there is an answer that is no plea to come again. Between attempts 1 to 2 s pass, twice as long each time. */
export async function attempt<Answer extends { readonly status: number }>(
  send: () => Promise<Answer>,
  { busy, unanswered }: Retries,
  signal: AbortSignal,
): Promise<Answer> {
  let answer: Answer | undefined;
  const once = async (): Promise<Answer> => {
    answer = undefined;
    answer = await send();
    if (busyStatuses.has(answer.status)) throw new Error('The service is busy.');
    return answer;
  };
  try {
    return await pRetry(once, {
      retries: Math.max(busy, unanswered),
      minTimeout: 1000,
      maxTimeout: 64_000,
      maxRetryTime: 600_000,
      randomize: true,
      signal,
      shouldRetry: ({ attemptNumber }) => attemptNumber <= (answer === undefined ? unanswered : busy),
    });
  } catch (error) {
    if (answer === undefined || signal.aborted) throw error;
    return answer;
  }
}
