import type { FileAudit } from '../file/file-audit.ts';
import { fileCursor } from './cursor.ts';
import { exportedStore, type ExportedStore } from './exported-store.ts';
import { SinkRun, type SinkRunOptions } from './sink-run.ts';
import type { AuditSink } from './sink.ts';

export interface SinkDelivery extends Pick<SinkRunOptions, 'lotBytes' | 'timeout' | 'firstRetry'> {
  readonly sink: AuditSink;
  /**
   * `eventual`: a call waits for the local record alone. `required`: it goes on only when this sink has its events as well, and
   * is refused with `ERR_AUDIT_UNAVAILABLE` when that takes too long. Default `eventual`.
   */
  readonly delivery?: 'required' | 'eventual';
}

export interface WithSinksOptions {
  readonly sinks: readonly SinkDelivery[];
  /** Where it is kept how far each sink has come, and what it refused for good. */
  readonly folder: string;
  /** How long a call waits for a required sink, in milliseconds; 10 s. */
  readonly patience?: number;
  readonly now?: () => Date;
}

/**
 * Sends a record to sinks as well, at least once and in order. What is not sent yet is in the record's files, so a sink may be
 * down for long.
 *
 * ```ts
 * const store = withSinks(fileAudit({ folder: 'audit' }), { folder: 'audit/sinks', sinks: [{ sink: stdoutSink() }] });
 * ```
 */
export function withSinks(
  store: FileAudit,
  { sinks, folder, patience, now }: WithSinksOptions,
): ExportedStore {
  const runs = sinks.map(({ delivery = 'eventual', sink, ...settings }) => {
    const cursor = fileCursor(folder, sink.name);
    return { delivery, run: new SinkRun({ ...settings, sink, cursor, source: store.durable, now }) };
  });
  return exportedStore(store, runs, patience);
}
