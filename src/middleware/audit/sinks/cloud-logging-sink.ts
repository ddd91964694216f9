import type { Logging } from '@google-cloud/logging';
import { isJsonObject } from '../../../call/json.ts';
import { severityOf } from './severity.ts';
import { EventsRefused, type AuditSink, type RecordedEvent } from './sink.ts';
import { textParts } from './text-parts.ts';

/** Options of Google's client; its own types are there only where it is installed. */
export interface CloudLoggingClientOptions {
  readonly projectId?: string;
  readonly keyFilename?: string;
  readonly apiEndpoint?: string;
  readonly port?: number;
}

export interface CloudLoggingSinkOptions {
  readonly name?: string;
  /** The log that is written; `bigquery-guard`. */
  readonly log?: string;
  /** How Google is reached: project, credentials, endpoint. Default: what the environment says. */
  readonly client?: CloudLoggingClientOptions;
}

/**
 * Cloud Logging takes 256 KiB for an entry; its encoding of JSON is somewhat larger than the text.
 * https://cloud.google.com/logging/quotas
 */
const largestEntry = 200 * 1024;

/**
 * Writes events to Google Cloud Logging through `@google-cloud/logging`, which is loaded with the first lot. An event that is
 * too large for one entry is split (`LogSplit`), its line in parts. Entries carry the time of the event and an `insertId` made
 * from its hash, so that what is sent twice shows once.
 *
 * ```ts
 * cloudLoggingSink({ log: 'bigquery-guard', client: { projectId: 'acme' } })
 * ```
 */
export function cloudLoggingSink({
  name = 'cloud-logging',
  log: logName = 'bigquery-guard',
  client = {},
}: CloudLoggingSinkOptions = {}): AuditSink {
  let logging: Promise<Logging> | undefined;
  return {
    name,
    async send(events) {
      const log = (await (logging ??= open(client))).log(logName);
      const entries = events.flatMap((each) =>
        entriesOf(each).map(({ metadata, payload }) => log.entry(metadata, payload)),
      );
      try {
        await log.write(entries, writing);
      } catch (error) {
        throw isRefusal(error) ? new EventsRefused('Cloud Logging answered INVALID_ARGUMENT.') : error;
      }
      return [];
    },
    async close() {
      const opened = await logging;
      await opened?.loggingService?.close?.();
    },
  };
}

/** All or none of a lot; it is offered again by the run of the sink, and not by the client as well. */
const writing = {
  resource: { type: 'global', labels: {} },
  partialSuccess: false,
  gaxOptions: { timeout: 25_000, retry: null },
};

async function open(client: CloudLoggingClientOptions): Promise<Logging> {
  const { Logging: Client } = await import('@google-cloud/logging');
  return new Client(client);
}

interface Entry {
  readonly metadata: object;
  readonly payload: object;
}

function entriesOf({ event, line }: RecordedEvent): readonly Entry[] {
  const { id, hash, sequence, time, type, call, session, principal } = event;
  const metadata = {
    timestamp: new Date(time),
    severity: severityOf(event).toUpperCase(),
    labels: labelsOf({ type, call, session, principal: principal?.id }),
    ...(call !== null && { operation: { id: call, producer: 'bigquery-guard' } }),
  };
  if (Buffer.byteLength(line) <= largestEntry)
    return [{ metadata: { ...metadata, insertId: hash }, payload: { ...event } }];
  const parts = textParts(line, largestEntry);
  return parts.map((part, index) => ({
    metadata: {
      ...metadata,
      insertId: `${hash}-${index}`,
      split: { uid: hash, index, totalSplits: parts.length },
    },
    payload: { id, hash, sequence, type, part },
  }));
}

/** For finding things; what counts is in the payload, since Google cuts labels at 64 KiB without a word. */
function labelsOf(labels: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`bigquery_guard/${key}`, value.slice(0, 1024)]] : [],
    ),
  );
}

const invalidArgument = 3;

function isRefusal(error: unknown): boolean {
  return isJsonObject(error) && error['code'] === invalidArgument;
}
