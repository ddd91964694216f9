import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { JsonObject } from '../../../src/call/json.ts';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import type { Evidence } from '../../../src/middleware/approval/evidence.ts';
import { requestHash } from '../../../src/middleware/approval/request-hash.ts';
import { requestParts } from '../../../src/middleware/approval/request-parts.ts';
import type { Decision } from '../../../src/middleware/policy/decision.ts';
import { asks, someCall, someContext, type ContextChanges } from './harness.ts';

const orders = { project: 'acme', dataset: 'shop', name: 'orders' };
const evidence: Evidence = { tables: [{ name: orders, etag: 'e1' }], columns: [] };

const body: JsonObject = {
  query: 'SELECT @id',
  useLegacySql: false,
  parameterMode: 'NAMED',
  queryParameters: [{ name: 'id', parameterType: { type: 'INT64' }, parameterValue: { value: '1' } }],
  defaultDataset: { datasetId: 'shop' },
  maximumBytesBilled: '1000',
  labels: { team: 'a' },
  location: 'EU',
};

interface Changes extends ContextChanges {
  readonly call?: Partial<Call>;
  readonly body?: JsonObject;
  readonly evidence?: Evidence;
}

function hash(changes: Changes = {}): string {
  const call = { ...someCall(), body: { ...body, ...changes.body }, ...changes.call };
  const context = someContext(changes);
  return requestHash(requestParts(call, context, changes.decision ?? asks, changes.evidence ?? evidence));
}

const insert = (query: JsonObject, configuration: JsonObject = {}, rest: JsonObject = {}): Changes => ({
  call: { operation: 'jobs.insert' },
  body: { configuration: { query: { query: 'SELECT 1', ...query }, ...configuration }, ...rest },
});

describe('the request hash', () => {
  it('is SHA-256 over RFC 8785 JSON, whatever the order of the members', () => {
    const parts = requestParts(someCall('SELECT 1'), someContext(), asks, undefined);
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sorted);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).filter(([, member]) => member !== undefined);
      return Object.fromEntries(
        entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]),
      );
    };
    const expected = createHash('sha256')
      .update(JSON.stringify(sorted(parts)))
      .digest('hex');
    expect(requestHash(parts)).toBe(expected);
    expect(requestHash({ ...parts, version: 1 })).toBe(expected);
  });

  it('is the same for the same call sent again under new ids', () => {
    expect(hash({ body: { requestId: 'another' } })).toBe(hash({ body: { requestId: 'one' } }));
    expect(hash(insert({}, {}, { jobReference: { jobId: 'one' } }))).toBe(
      hash(insert({}, {}, { jobReference: { jobId: 'another' } })),
    );
    expect(hash({ body: { labels: { team: 'a', guard_call: '1' } } })).toBe(hash());
  });

  it('is the same when the official client sends a job again, and another for another job', () => {
    const url = '/projects/acme/jobs';
    const send = (sql: string): string => {
      const jobReference = { projectId: 'acme', jobId: crypto.randomUUID(), location: 'EU' };
      const job = { configuration: { query: { query: sql } }, jobReference };
      const call = fromHttpRequest({ method: 'POST', url, body: job });
      return requestHash(requestParts(call, someContext(), asks, evidence));
    };
    expect(send('SELECT 1')).toBe(send('SELECT 1'));
    expect(send('SELECT 1')).not.toBe(send('SELECT 2'));
  });

  it('of a call on a job covers which job it is', () => {
    const [one, other] = ['a', 'b'].map((jobId) =>
      hash({ call: { operation: 'jobs.cancel', ids: { jobId } } }),
    );
    expect(one).not.toBe(other);
  });

  it('changes with every part of what would run', () => {
    const mask = { table: orders, path: ['email'], with: 'nullify', rule: 'pii' } as const;
    const masked: Decision = { ...asks, masks: [mask] };
    const changes: Readonly<Record<string, Changes>> = {
      nothing: {},
      sql: { body: { query: 'SELECT @id ' } },
      'parameter value': { body: { queryParameters: parameters('INT64', '2') } },
      'parameter type': { body: { queryParameters: parameters('STRING', '1') } },
      'parameter mode': { body: { parameterMode: 'POSITIONAL' } },
      'default dataset': { body: { defaultDataset: { datasetId: 'hr' } } },
      bytes: { body: { maximumBytesBilled: '1001' } },
      labels: { body: { labels: { team: 'b' } } },
      location: { body: { location: 'US' } },
      'any other setting': { body: { useLegacySql: true } },
      'an unknown setting': { body: { somethingNew: [{ deep: 1 }] } },
      operation: { call: { operation: 'jobs.insert' } },
      project: { call: { project: 'other' } },
      ids: { call: { ids: { projectId: 'acme', tableId: 't' } } },
      path: { call: { path: '/projects/acme/queries/x' } },
      'url parameter': { call: { query: { maxResults: '1' } } },
      insert: insert({}),
      destination: insert({ destinationTable: { tableId: 'x' } }),
      'write disposition': insert({ writeDisposition: 'WRITE_TRUNCATE' }),
      'create disposition': insert({ createDisposition: 'CREATE_NEVER' }),
      'job timeout': insert({}, { jobTimeoutMs: '1' }),
      'job labels': insert({}, { labels: { a: 'b' } }),
      'job location': insert({}, {}, { jobReference: { location: 'EU' } }),
      'a second statement in a place where none belongs': {
        body: { configuration: { query: { query: 'SELECT 1' } } },
      },
      'labels beside the configuration': insert({}, {}, { labels: { a: 'b' } }),
      'beside the configuration': insert({}, {}, { somethingNew: 1 }),
      principal: { principal: 'agent-b' },
      account: { account: 'agents@acme.iam.gserviceaccount.com' },
      delegation: { delegation: ['carl@acme.io'] },
      policy: { decision: { ...asks, policyDigest: 'b'.repeat(64) } },
      masks: { decision: masked },
      'another mask': { decision: { ...masked, masks: [{ ...mask, with: 'sha256' }] } },
      etag: { evidence: { ...evidence, tables: [{ name: orders, etag: 'e2' }] } },
      'no etag': { evidence: { ...evidence, tables: [{ name: orders }] } },
      'no table': { evidence: { ...evidence, tables: [] } },
    };
    const hashes = Object.entries(changes).map(([name, change]) => [name, hash(change)] as const);
    const doubles = hashes.filter(
      ([, value], index) => hashes.findIndex(([, each]) => each === value) !== index,
    );
    expect(doubles).toEqual([]);
  });

  it('takes the statement from the place that the operation names', () => {
    const decoy = { query: 'SELECT 1', configuration: { query: { query: 'SELECT 2' } } };
    const sqlOf = (operation: string): unknown => {
      const call = { ...someCall(), operation, body: decoy };
      return requestParts(call, someContext(), asks, undefined).sql;
    };
    expect([sqlOf('jobs.query'), sqlOf('jobs.insert')]).toEqual(['SELECT 1', 'SELECT 2']);
  });

  it('does not exist for text that is no Unicode', () => {
    expect(() => hash({ body: { query: "SELECT '\uD800'" } })).toThrow(/no canonical JSON form/);
  });
});

function parameters(type: string, value: string): JsonObject[] {
  return [{ name: 'id', parameterType: { type }, parameterValue: { value } }];
}
