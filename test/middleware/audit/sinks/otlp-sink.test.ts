import { describe, expect, it, onTestFinished } from 'vitest';
import { otlpSink } from '../../../../src/middleware/audit/sinks/otlp-sink.ts';
import { testSink, type SinkBench } from '../../../../src/testing/index.ts';
import { entry } from '../harness.ts';
import { chained, events, never } from './events.ts';
import { otherSide, type Answer, type Received } from './other-side.ts';

interface LogRecord {
  readonly body: { readonly stringValue: string };
}

interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[];
  }[];
}

function recordsIn(body: string): readonly LogRecord[] {
  const request: LogsRequest = JSON.parse(body);
  return request.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
}

async function bench(): Promise<SinkBench> {
  let failing = false;
  let refused: string | undefined;
  const answer = ({ body }: Received): Answer => {
    if (failing) return { status: 503 };
    const isRefused = refused !== undefined && body.includes(refused);
    return { status: 200, body: isRefused ? '{"partialSuccess":{"rejectedLogRecords":"1"}}' : '{}' };
  };
  const side = await otherSide(answer);
  const isTaken = (line: string): boolean => refused === undefined || !line.includes(refused);
  return {
    sink: otlpSink({ url: side.url }),
    received: async () =>
      side.requests
        .flatMap(({ body }) => recordsIn(body))
        .map(({ body }) => body.stringValue)
        .filter(isTaken),
    fail: (now) => void (failing = now),
    refuse: (id) => void (refused = id),
    close: () => side.close(),
  };
}

testSink('OTLP', bench, { describe, expect, it });

describe('a log record', () => {
  it('says when, what, how grave and for whom, by the names of OpenTelemetry', async () => {
    const side = await otherSide(() => ({ status: 200, body: '' }));
    onTestFinished(() => side.close());
    const [event] = chained([
      { ...entry(1), agent: { name: 'reporter', model: 'm1' }, session: 's1', call: 'c1' },
    ]);
    if (event === undefined) throw new Error('no event');
    await otlpSink({ url: side.url, service: 'guard-eu' }).send([event], never);
    const [request] = side.requests;
    expect(JSON.parse(request?.body ?? '')).toEqual({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'guard-eu' } }] },
          scopeLogs: [
            {
              scope: { name: 'bigquery-guard.audit' },
              logRecords: [
                {
                  timeUnixNano: '1767225600000000000',
                  observedTimeUnixNano: '1767225600000000000',
                  severityNumber: 10,
                  severityText: 'NOTICE',
                  eventName: 'bigquery_guard.policy.changed',
                  body: { stringValue: event.line },
                  attributes: [
                    { key: 'db.system.name', value: { stringValue: 'gcp.bigquery' } },
                    { key: 'bigquery_guard.event.id', value: { stringValue: event.event.id } },
                    { key: 'bigquery_guard.event.sequence', value: { intValue: '1' } },
                    { key: 'bigquery_guard.call', value: { stringValue: 'c1' } },
                    { key: 'user.id', value: { stringValue: 'ana' } },
                    { key: 'gen_ai.agent.name', value: { stringValue: 'reporter' } },
                    { key: 'gen_ai.request.model', value: { stringValue: 'm1' } },
                    { key: 'gen_ai.conversation.id', value: { stringValue: 's1' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each(['{"partialSuccess":{"rejectedLogRecords":"many"}}', 'taken'])(
    'is not taken for sent where the answer is %s',
    async (body) => {
      const side = await otherSide(() => ({ status: 200, body }));
      onTestFinished(() => side.close());
      await expect(otlpSink({ url: side.url }).send(events(1), never)).rejects.toThrow();
    },
  );
});
