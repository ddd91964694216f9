import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudLoggingSink } from '../../../../src/middleware/audit/sinks/cloud-logging-sink.ts';
import { testSink } from '../../../../src/testing/index.ts';
import { entry } from '../harness.ts';
import { chained, never } from './events.ts';
import { loggingService, type LoggingService, type WireEntry } from './logging-service.ts';

function sinkTo({ port }: LoggingService) {
  const insecure = { apiEndpoint: '127.0.0.1', port, sslCreds: credentials.createInsecure() };
  return cloudLoggingSink({ client: { projectId: 'acme', ...insecure } });
}

const text = ({ jsonPayload }: WireEntry, field: string): string =>
  jsonPayload.fields[field]?.stringValue ?? '';

/** Puts together what was split; what is twice in the log with one insertId is shown once. */
function eventsIn(entries: readonly WireEntry[]): readonly string[] {
  // Google's client tells about itself in the first request of a process.
  const ours = entries.filter((each) => text(each, 'id') !== '');
  const shown = [...new Map(ours.map((each) => [each.insertId, each])).values()];
  const whole = new Map<string, string>();
  for (const each of shown)
    whole.set(text(each, 'id'), (whole.get(text(each, 'id')) ?? '') + text(each, 'part'));
  return [...whole].map(([id, line]) => (line === '' ? id : JSON.parse(line).id));
}

async function bench() {
  const service = await loggingService();
  let refused = '';
  let lines = new Map<string, string>();
  const sink = sinkTo(service);
  return {
    sink: {
      ...sink,
      send(events: Parameters<typeof sink.send>[0], signal: AbortSignal) {
        lines = new Map([...lines, ...events.map(({ event, line }) => [event.id, line] as const)]);
        return sink.send(events, signal);
      },
    },
    received: async () =>
      eventsIn(service.requests.flatMap(({ entries }) => entries)).map((id) => lines.get(id) ?? ''),
    fail: (now: boolean) => service.answer(now ? () => status.INTERNAL : undefined),
    refuse: (id: string) => {
      refused = id;
      service.answer((entries) =>
        entries.some((each) => text(each, 'id') === refused) ? status.INVALID_ARGUMENT : undefined,
      );
    },
    close: () => service.close(),
  };
}

testSink('Cloud Logging', bench, { describe, expect, it });

describe('an entry of Cloud Logging', () => {
  it('has the time and the hash of its event, so that what is sent twice shows once', async () => {
    const service = await loggingService();
    onTestFinished(() => service.close());
    const sink = sinkTo(service);
    const events = chained([{ ...entry(1), session: 's1', call: 'c1' }]);
    await sink.send(events, never);
    await sink.send(events, never);
    const [first, second] = service.requests.map(({ entries }) => entries);
    expect(second).toEqual(first);
    const [{ event } = { event: undefined }] = events;
    expect(service.requests[0]?.logName).toBe('projects/acme/logs/bigquery-guard');
    expect(first).toMatchObject([
      {
        insertId: event?.hash,
        severity: 'NOTICE',
        timestamp: { seconds: '1767225600' },
        labels: {
          'bigquery_guard/type': 'policy.changed',
          'bigquery_guard/call': 'c1',
          'bigquery_guard/session': 's1',
          'bigquery_guard/principal': 'ana',
        },
      },
    ]);
  });

  it('never holds more than Google takes: a large event is split, and its parts make up its line', async () => {
    const service = await loggingService();
    onTestFinished(() => service.close());
    const prompt = { hash: '0'.repeat(64), bytes: 1, text: '😀é'.repeat(100_000) };
    const [large] = chained([{ ...entry(1), type: 'prompt.recorded', data: { prompt } }]);
    if (large === undefined) throw new Error('no event');
    await sinkTo(service).send([large], never);
    const parts = service.requests.flatMap(({ entries }) => entries);
    expect(parts.map(({ split }) => ({ ...split, index: split?.index ?? 0 }))).toEqual(
      parts.map((_part, index) => ({ uid: large.event.hash, index, totalSplits: parts.length })),
    );
    expect(parts.every((part) => Buffer.byteLength(text(part, 'part')) <= 200 * 1024)).toBe(true);
    expect(parts.map((part) => text(part, 'part')).join('')).toBe(large.line);
    expect(new Set(parts.map(({ insertId }) => insertId)).size).toBe(parts.length);
  });
});
