import type { AuditSink } from './sink.ts';

export interface StdoutSinkOptions {
  readonly name?: string;
  /** Where to write; `process.stdout`. */
  readonly stream?: { write(text: string, done: (error?: Error | null) => void): unknown };
}

/**
 * Writes every event as a line of JSON, e.g. for a container whose output is collected.
 *
 * ```ts
 * stdoutSink()
 * ```
 */
export function stdoutSink({ name = 'stdout', stream = process.stdout }: StdoutSinkOptions = {}): AuditSink {
  return {
    name,
    send: (events) =>
      new Promise((resolve, reject) => {
        stream.write(events.map(({ line }) => `${line}\n`).join(''), (error) =>
          error ? reject(error) : resolve([]),
        );
      }),
  };
}
