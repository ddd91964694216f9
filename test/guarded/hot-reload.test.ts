import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

let folder: string;
let fake: FakeBigQuery;
let guard: Guard;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reload-'));
  fake = await fakeBigQuery({ project: 'acme' });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await guard.close();
  await fake.close();
  await rm(folder, { recursive: true });
});

const included = (text: string): Promise<void> =>
  writeFile(join(folder, 'rules.yaml'), `version: 1\n${text}`);

const rule = (effect: string): string =>
  `rules: [{ name: all, operations: [metadata], effect: ${effect} }]\n`;

it('a guard takes over an included file while it runs, and keeps to the old one when the new one is wrong', async () => {
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const audit = join(folder, 'audit');
  await writeFile(
    join(folder, 'guard.yaml'),
    `version: 1\nproject: acme\ninclude: [rules.yaml]\naudit: { folder: ${JSON.stringify(audit)} }\n`,
  );
  await included(rule('deny'));
  const config = await loadConfig(join(folder, 'guard.yaml'), '');
  guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  const bigquery = new BigQuery({ ...fake.clientOptions, guard });
  const outcome = async (): Promise<string> => {
    const error: unknown = await bigquery
      .dataset('shop')
      .getMetadata()
      .then(undefined, (reason: unknown) => reason);
    return Object(error).guardCode === 'ERR_POLICY_DENIED' ? 'denied' : 'sent';
  };
  const becomes = (expected: string) =>
    vi.waitFor(async () => expect(await outcome()).toBe(expected), 10_000);
  await becomes('denied');
  await included(rule('allow'));
  await becomes('sent');
  await included(rule('permit'));
  await vi.waitFor(() => expect(warning).toHaveBeenCalled(), 10_000);
  expect(await outcome()).toBe('sent');
  await guard.close();
  const [file = ''] = (await readdir(audit)).filter((name) => name.endsWith('.jsonl'));
  const types = (await readFile(join(audit, file), 'utf8')).matchAll(/"type":"(policy\.\w+)"/g);
  expect([...types].map(([, type]) => type)).toEqual(['policy.changed', 'policy.changed', 'policy.refused']);
}, 40_000);
