import { isJsonObject } from '../../../call/json.ts';
import { postLot } from './post-lot.ts';
import { severityOf } from './severity.ts';
import { EventsRefused, type AuditSink, type RecordedEvent } from './sink.ts';

export interface OtlpSinkOptions {
  /** The whole address, e.g. `http://collector:4318/v1/logs`. */
  readonly url: string;
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The `service.name` of the resource; `bigquery-guard`. */
  readonly service?: string;
}

/**
 * Sends events as OpenTelemetry log records (OTLP 1.x over HTTP, JSON). The body of a record is the event's line, so that the
 * chain can be verified from there too.
 *
 * ```ts
 * otlpSink({ url: 'http://collector:4318/v1/logs' })
 * ```
 */
export function otlpSink({
  url,
  name = 'otlp',
  headers = {},
  service = 'bigquery-guard',
}: OtlpSinkOptions): AuditSink {
  return {
    name,
    async send(events, signal) {
      const text = await postLot({
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(logsRequest(service, events)),
        signal,
      });
      const rejected = rejectedCount(text);
      // OTLP tells how many it rejected and not which: smaller lots find out.
      if (rejected > 0) throw new EventsRefused(`The collector rejected ${rejected} log records.`);
      return [];
    },
  };
}

function logsRequest(service: string, events: readonly RecordedEvent[]): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: attribute('service.name', service) },
        scopeLogs: [{ scope: { name: 'bigquery-guard.audit' }, logRecords: events.map(logRecord) }],
      },
    ],
  };
}

const severities = { info: 9, notice: 10, warning: 13 } as const;

function logRecord({ event, line }: RecordedEvent): object {
  const nanoseconds = `${BigInt(Date.parse(event.time)) * 1_000_000n}`;
  const severity = severityOf(event);
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber: severities[severity],
    severityText: severity.toUpperCase(),
    eventName: `bigquery_guard.${event.type}`,
    body: { stringValue: line },
    attributes: [
      attribute('db.system.name', 'gcp.bigquery'),
      attribute('bigquery_guard.event.id', event.id),
      attribute('bigquery_guard.event.sequence', event.sequence),
      attribute('bigquery_guard.call', event.call),
      attribute('bigquery_guard.job', event.job),
      attribute('user.id', event.principal?.id),
      attribute('gen_ai.agent.name', event.agent?.name),
      attribute('gen_ai.request.model', event.agent?.model),
      attribute('gen_ai.conversation.id', event.session),
    ].flat(),
  };
}

function attribute(key: string, value: string | number | null | undefined): readonly object[] {
  if (value === null || value === undefined) return [];
  const stated = typeof value === 'number' ? { intValue: String(value) } : { stringValue: value };
  return [{ key, value: stated }];
}

function rejectedCount(text: string): number {
  const answer: unknown = text === '' ? {} : JSON.parse(text);
  const partial = isJsonObject(answer) ? answer['partialSuccess'] : undefined;
  const rejected = isJsonObject(partial) ? Number(partial['rejectedLogRecords'] ?? 0) : 0;
  if (Number.isSafeInteger(rejected)) return rejected;
  throw new Error('The collector gave an answer that is none of OTLP.');
}
