import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import {
  eventCatalogue,
  eventSchema,
  fileAudit,
  memoryStore,
  record,
  type AuditEvent,
  type EventType,
  type NewEvent,
} from '../../../src/middleware/audit/index.ts';
import { layer, someCall } from '../../call/harness.ts';
import { entry, guarded, linesIn, temporaryFolder } from './harness.ts';
import { join } from 'node:path';
import { appendFileSync } from 'node:fs';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const types = Object.keys(eventCatalogue).filter(isType);
const validators = new Map(types.map((type) => [type, ajv.compile(eventSchema(type))]));

function isType(name: string): name is EventType {
  return name in eventCatalogue;
}

function faults(event: AuditEvent): unknown {
  const validate = validators.get(event.type);
  return validate?.(event) === true ? [] : (validate?.errors ?? 'no such type');
}

const hash = 'a'.repeat(64);

/** One of each type that other layers tell, with every member that it may have. */
const told: readonly NewEvent[] = [
  {
    type: 'decision.made',
    data: {
      effect: 'require-approval',
      rules: ['r'],
      reasons: [{ rule: 'r', message: 'why' }],
      policyDigest: hash,
      masks: [{ table: 'p.d.t', column: 'a.b', mask: 'nullify', rule: 'm' }],
      factsDigest: hash,
      tables: ['p.d.t'],
      columns: ['p.d.t.a'],
    },
  },
  {
    type: 'approval.requested',
    data: {
      approval: 'a',
      requestHash: hash,
      approvers: ['ana'],
      quorum: 1,
      expiresAt: '2026-01-01T00:00:00.000Z',
      reasons: [],
      noticeDigest: hash,
      transition: hash,
    },
  },
  { type: 'approval.notified', data: { approval: 'a', requestHash: hash, channel: 'webhook', attempt: 2 } },
  {
    type: 'approval.undelivered',
    data: {
      approval: 'a',
      requestHash: hash,
      channel: 'webhook',
      attempt: 1,
      outcome: 'failed',
      message: 'answered 503',
    },
  },
  {
    type: 'approval.decided',
    data: {
      approval: 'a',
      requestHash: hash,
      person: 'ana',
      verdict: 'approve',
      state: 'approved',
      comment: 'fine',
      proof: { kind: 'signature', messageId: 'm', timestamp: 1, signature: 's', key: hash, body: '{}' },
      transition: hash,
    },
  },
  {
    type: 'approval.decided',
    data: {
      approval: 'a',
      requestHash: hash,
      person: 'ben',
      verdict: 'approve',
      state: 'approved',
      inPlaceOf: 'ana',
      breakGlass: true,
      editedSql: 'SELECT 1',
      grant: { scope: 'shape', uses: 2, until: '2026-01-01T00:00:00.000Z', session: true, bytes: 1, rows: 1 },
      proof: { kind: 'channel', channel: 'chat' },
    },
  },
  {
    type: 'approval.escalated',
    data: { approval: 'a', requestHash: hash, approvers: ['carl'], transition: hash },
  },
  {
    type: 'approval.stopped',
    data: { subject: 'session:s', state: 'stopped', by: 'ana', reason: 'r' },
  },
  {
    type: 'approval.consumed',
    data: {
      approval: 'a',
      requestHash: hash,
      by: 'call',
      people: ['ana'],
      breakGlass: true,
      grant: 'use 1 of 2 of this request',
      transition: hash,
    },
  },
  {
    type: 'approval.expired',
    data: { approval: 'a', requestHash: hash, expiresAt: '2026-01-01T00:00:00.000Z', transition: hash },
  },
  {
    type: 'approval.withdrawn',
    data: { approval: 'a', requestHash: hash, state: 'revoked', by: 'ana', reason: 'r', transition: hash },
  },
  { type: 'approval.refused', data: { approval: 'a', requestHash: hash, reason: 'expired', person: 'ana' } },
  {
    type: 'cost.estimated',
    data: {
      bytes: 1,
      billedBytes: 10_485_760,
      bounded: true,
      price: '0.00006 USD',
      statementType: 'SELECT',
      tables: ['p.d.t'],
      cached: false,
    },
  },
  {
    type: 'budget.reserved',
    data: { lease: 'l', bytes: 10_485_760, limits: ['b'], expiresAt: '2026-01-01T00:00:00.000Z' },
  },
  {
    type: 'call.recovered',
    data: {
      operation: 'jobs.insert',
      outcome: 'failed',
      jobId: 'guard_1',
      jobError: 'invalidQuery',
      statementType: 'INSERT',
      bytesProcessed: 1,
      bytesBilled: 1,
      cacheHit: false,
      affectedRows: 1,
    },
  },
  { type: 'budget.settled', data: { lease: 'l', bytes: 1, known: true } },
  { type: 'tokens.detokenized', data: { mask: 'm', key: 'k', tokens: 2, found: 1 } },
  { type: 'policy.changed', data: { policyDigest: hash, previousDigest: hash, by: 'ana' } },
  { type: 'policy.refused', data: { policyDigest: hash, fault: 'guard.yaml:4:1 …' } },
];

async function everything(): Promise<AuditEvent[]> {
  const store = memoryStore();
  const telling = layer('telling', async (call, context, next) => {
    for (const event of told) await record(context, event);
    await context.upstream(someCall({ operation: 'tables.get', class: 'metadata', body: undefined }));
    return next(call);
  });
  const body = {
    jobReference: { projectId: 'p', jobId: 'j' },
    rows: [],
    totalRows: '0',
    jobComplete: true,
    cacheHit: true,
    statistics: { query: { statementType: 'SELECT', totalBytesBilled: '1', numDmlAffectedRows: '3' } },
    status: { state: 'DONE', errorResult: { reason: 'invalidQuery' } },
  };
  const options = { store, prompts: 'full', parameters: 'full', results: 'digest' } as const;
  const session = { id: 's', prompt: 'p' };
  const good = guarded(options, [telling], async () => ({ status: 200, body, headers: {} }), { session });
  await good.run(
    someCall({
      body: { query: 'SELECT ?', queryParameters: [{ parameterValue: { value: '1' } }], dryRun: true },
    }),
    good.context,
  );
  const bad = guarded(options, [], () => Promise.reject(new Error('lost')), { session });
  await bad.run(someCall({ operation: 'x', class: 'unknown' }), bad.context).catch(() => undefined);
  return [...store.events(), ...(await fileEvents())];
}

async function fileEvents(): Promise<AuditEvent[]> {
  const file = join(temporaryFolder(), 'audit.jsonl');
  for (const number of [1, 2]) {
    const store = fileAudit({ file, signing: {} });
    await store.append([entry(number)]);
    await store.close();
    appendFileSync(file, 'torn');
  }
  return linesIn(file).map((line) => {
    const event: AuditEvent = JSON.parse(line);
    return event;
  });
}

test('every event that is emitted fits its schema, and every type is emitted', async () => {
  const events = await everything();
  expect(events.flatMap(faults)).toEqual([]);
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types));
});

test.each([
  ['a member that no schema names', { extra: 1 }],
  ['a sequence of 0', { sequence: 0 }],
  ['another version', { version: 2 }],
  ['data of another type', { data: { operation: 'x' } }],
  ['a hash in capitals', { hash: 'A'.repeat(64) }],
])('%s does not fit', async (_name, change) => {
  const store = memoryStore();
  await store.append([entry(1)]);
  const [event] = store.events();
  if (event === undefined) throw new Error('no event');
  expect(faults(event)).toEqual([]);
  expect(faults(Object.assign({}, event, change))).not.toEqual([]);
});

test('every event and every member of its data is documented', () => {
  const text = readFileSync('docs/audit/events.md', 'utf8');
  const sections = new Map(
    text
      .split(/^## /m)
      .map((section) => [section.slice(0, section.indexOf('\n')).replaceAll('`', ''), section]),
  );
  const undocumented = types.flatMap((type) => {
    const section = sections.get(type);
    if (section === undefined) return [type];
    const names = Object.keys(eventCatalogue[type].properties);
    return names.filter((name) => !section.includes(`\`${name}\``)).map((name) => `${type} ${name}`);
  });
  expect(undocumented).toEqual([]);
});

test('the document names no event that does not exist', () => {
  const text = readFileSync('docs/audit/events.md', 'utf8');
  const named = [...text.matchAll(/^## `([a-z]+\.[a-z]+)`/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(types));
});
