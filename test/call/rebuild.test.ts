import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { operationOf, operations } from '../../src/call/operations.ts';
import { filterResponse, rebuildRequest } from '../../src/call/rebuild.ts';
import { someCall } from './harness.ts';
import type { Json } from '../../src/call/json.ts';

const rows = Array.from({ length: 3 }, (_, row) => ({ f: [{ v: String(row) }] }));

describe('a rebuilt request', () => {
  it('has the method and encoded path of its operation, whatever the call says beside it', () => {
    const call = someCall({
      operation: 'tabledata.list',
      ids: { projectId: 'example.com:proj', datasetId: 'd', tableId: 't ä$20240101' },
      query: { maxResults: '5', selectedFields: 'a,b', prettyPrint: 'false' },
      body: undefined,
      method: 'DELETE',
      path: '/elsewhere',
    });
    expect(rebuildRequest(call)).toEqual({
      method: 'GET',
      path: '/projects/example.com:proj/datasets/d/tables/t%20%C3%A4%2420240101/data',
      query: { maxResults: '5', selectedFields: 'a,b', prettyPrint: 'false' },
      body: undefined,
      upload: false,
    });
  });

  it('has a body of its own', () => {
    const body = {
      query: 'SELECT @a',
      labels: { team: 'shop' },
      queryParameters: [{ name: 'a', parameterValue: { structValues: { x: { value: '1' } } } }],
    };
    const rebuilt = rebuildRequest(someCall({ body })).body;
    expect([rebuilt, rebuilt === body]).toEqual([body, false]);
  });

  it('hands the rows of an insert on by reference', () => {
    const json = { email: 'ana@acme.io', any: { thing: [1] } };
    const call = someCall({
      operation: 'tabledata.insertAll',
      ids: { projectId: 'acme', datasetId: 'd', tableId: 't' },
      body: { rows: [{ insertId: '1', json }] },
    });
    const [row] = list(rebuildRequest(call).body?.['rows']);
    expect(row).toEqual({ insertId: '1', json });
    expect(Object(row).json).toBe(json);
  });

  it('of an upload goes to the upload address', () => {
    const upload = { contentType: 'text/csv', stream: new PassThrough() };
    const body = {
      configuration: { load: { destinationTable: { projectId: 'acme', datasetId: 'd', tableId: 't' } } },
    };
    const call = someCall({ operation: 'jobs.insert', body, upload, query: { uploadType: 'multipart' } });
    expect(rebuildRequest(call)).toEqual({
      method: 'POST',
      path: '/projects/acme/jobs',
      query: { uploadType: 'multipart' },
      body,
      upload: true,
    });
  });

  it('may clear what a patch sets to null', () => {
    const call = someCall({
      operation: 'tables.patch',
      ids: { projectId: 'acme', datasetId: 'd', tableId: 't' },
      body: { description: null, labels: { team: null }, view: null, clustering: { fields: null } },
    });
    expect(rebuildRequest(call).body).toEqual(call.body);
  });

  it.each([
    [
      'an unknown method',
      { operation: 'unknown', path: '/x' },
      'POST "/x" is not a method of the BigQuery v2 interface.',
    ],
    ['a flaw', { flaw: 'A request target has no fragment.' }, 'A request target has no fragment.'],
    [
      'an unknown field',
      { body: { query: 'q', x: 'ana@acme.io' } },
      'The request field "x" is not known for jobs.query, or has another form there.',
    ],
    [
      'an unknown parameter',
      { query: { fields: 'ana@acme.io' } },
      'The query parameter "fields" is not known for jobs.query.',
    ],
    ['a missing id', { operation: 'jobs.get', body: undefined }, 'jobs.get needs a valid jobId.'],
    ['an id that climbs', { ids: { projectId: '..' } }, 'jobs.query needs a valid projectId.'],
    [
      'a long name',
      { body: { query: 'q', ['x'.repeat(9999)]: 1 } },
      `The request field "${'x'.repeat(200)}…" is not known for jobs.query, or has another form there.`,
    ],
  ])('is refused for %s, without values', (_, changes, flaw) => {
    expect(() => rebuildRequest(someCall(changes))).toThrow(
      expect.objectContaining({
        code: 'ERR_POLICY_DENIED',
        callId: someCall().id,
        message: `${flaw} The call was refused and nothing was sent.`,
        reasons: [{ rule: 'operations', message: flaw }],
      }),
    );
  });

  it('is read back to the same operation and ids', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
    const ids = fc.record({
      projectId: name,
      datasetId: name,
      tableId: fc.stringMatching(/^[a-zäöü][a-zäöü0-9]{0,9}([$@][0-9]{4})?$/),
      jobId: name,
      modelId: name,
      routineId: name,
      policyId: name,
    });
    const bodyless = [...operations.values()].filter(
      ({ request, creates }) => request === undefined && creates === undefined,
    );
    fc.assert(
      fc.property(fc.constantFrom(...bodyless), ids, (operation, all) => {
        const wanted = Object.fromEntries(
          operation.parts.flatMap((part) => (part.kind === 'id' ? [[part.id, all[part.id]]] : [])),
        );
        const { method, path } = rebuildRequest(
          someCall({ operation: operation.name, ids: wanted, body: undefined }),
        );
        const route = operationOf(method, path);
        expect([route.operation, route.ids]).toEqual([operation, wanted]);
      }),
    );
  });
});

describe('a filtered answer', () => {
  it('keeps what the method is known to answer, and the rows as they are', () => {
    const body = {
      kind: 'bigquery#queryResponse',
      schema: { fields: [{ name: 'a', type: 'RECORD', fields: [{ name: 'b', type: 'STRING', secret: 1 }] }] },
      rows,
      sample: rows,
      jobReference: { projectId: 'acme', jobId: 'j', x: 1 },
      arrowRecordBatch: { serializedRecordBatch: 'QUJD' },
    };
    const filtered = filterResponse(someCall(), body);
    expect(filtered).toEqual({
      kind: 'bigquery#queryResponse',
      schema: { fields: [{ name: 'a', type: 'RECORD', fields: [{ name: 'b', type: 'STRING' }] }] },
      rows,
      jobReference: { projectId: 'acme', jobId: 'j' },
    });
    expect(Object(filtered).rows).toBe(rows);
  });

  it('drops a value of another form', () => {
    expect(
      filterResponse(someCall(), { kind: { rows }, totalRows: rows, jobReference: rows, schema: 'x' }),
    ).toEqual({});
  });

  it.each([
    ['jobs.delete', { anything: 1 }, {}],
    ['unknown', { anything: 1 }, {}],
    ['jobs.query', '', ''],
    ['jobs.query', null, null],
    ['jobs.query', 'ana@acme.io', null],
    ['jobs.query', [1], null],
  ] satisfies [string, Json, Json][])('of %s for %j is %j', (operation, body, expected) => {
    expect(filterResponse(someCall({ operation }), body)).toEqual(expected);
  });

  it('costs the same for a million rows as for one', () => {
    let touched = 0;
    const counting = new Proxy(rows, {
      get: (target, name) => {
        touched += 1;
        return Reflect.get(target, name);
      },
    });
    filterResponse(someCall(), { rows: counting });
    expect(touched).toBe(0);
  });
});

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
