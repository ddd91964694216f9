import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../src/config/build-record.ts';
import { buildSink } from '../../src/config/build-sink.ts';
import type { SinkSettings } from '../../src/config/guard-file.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { entry, linesIn, temporaryFolder } from '../middleware/audit/harness.ts';
import { otherSide } from '../middleware/audit/sinks/other-side.ts';

const withSink = (sink: string): string => `version: 1
project: acme
audit:
  folder: ./audit
  sinks:
    out: ${sink}
`;

function messageOf(sink: string): string {
  try {
    parseConfig(withSink(sink));
  } catch (error) {
    if (isGuardError(error) && error.code === 'ERR_CONFIG') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a sink in a policy file', () => {
  it.each([
    '{ http: "https://siem.acme.io/x", secretFromEnv: S, authorizationFromEnv: A, confirm: hash, delivery: required }',
    '{ otlp: "http://collector:4318/v1/logs", authorizationFromEnv: A }',
    '{ cloudLogging: guard, project: acme }',
    '{ bigquery: guard.events, project: acme }',
    '{ stdout: true }',
  ])('%s is one', (sink) => {
    expect(messageOf(sink)).toBe('accepted');
  });

  it.each([
    ['{}', 'Name one kind of sink: http, otlp, cloudLogging, bigquery, stdout.'],
    ['{ stdout: true, cloudLogging: guard }', 'Name one kind of sink'],
    ['{ stdout: true, confirm: hash }', 'confirm belongs to http.'],
    ['{ otlp: "http://c/v1/logs", secretFromEnv: S }', 'secretFromEnv belongs to http.'],
    ['{ http: "https://x.io", project: acme }', 'project belongs to cloudLogging and bigquery.'],
    ['{ bigquery: events }', 'Write dataset.table.'],
    ['{ bigquery: "a.b`; DROP" }', 'Write dataset.table.'],
    ['{ http: "file:///etc/passwd" }', 'http'],
    ['{ http: "https://x.io", delivery: sometimes }', 'delivery'],
  ])('%s is none', (sink, message) => {
    expect(messageOf(sink)).toContain(message);
  });

  it('needs its secret in the environment, and does not tell it', async () => {
    const settings: SinkSettings = {
      http: 'https://x.io',
      secretFromEnv: 'SIEM_SECRET',
      delivery: 'eventual',
    };
    await expect(buildSink('siem', settings, {})).rejects.toThrow('SIEM_SECRET');
    await expect(buildSink('siem', settings, { SIEM_SECRET: 'hunter2' })).rejects.toThrow(
      expect.not.stringContaining('hunter2'),
    );
  });

  it.each([
    { cloudLogging: 'guard', project: 'acme', delivery: 'eventual' },
    { bigquery: 'guard.events', project: 'acme', delivery: 'eventual' },
    { stdout: true, delivery: 'eventual' },
    { otlp: 'http://collector/v1/logs', delivery: 'eventual' },
  ] as const)('is made by its kind: %j', async (settings) => {
    expect((await buildSink('out', settings, {})).name).toBe('out');
  });
});

it('the record of a policy file goes to its sinks', async () => {
  const side = await otherSide(() => ({ status: 200 }));
  const folder = temporaryFolder();
  const sinks = { siem: { http: side.url, authorizationFromEnv: 'TOKEN', delivery: 'required' } } as const;
  const store = await buildRecord(
    { folder, sinks, parameters: 'hash', prompts: 'hash', durability: 'before' },
    { TOKEN: 'Bearer t' },
  );
  await store.append([entry(1)]);
  const sent = side.requests.flatMap(({ body }) => body.split('\n').slice(0, -1));
  expect(sent).toEqual(linesIn(join(folder, 'audit-0001.jsonl')));
  expect(side.requests[0]?.headers.authorization).toBe('Bearer t');
  await store.close();
  await side.close();
});
