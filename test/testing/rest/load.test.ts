import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeBigQuery, type FakeBigQuery } from '../../../src/testing/fake/fake-bigquery.ts';
import { failure, send } from './send.ts';

const project = '/bigquery/v2/projects/demo-project';
const destinationTable = { projectId: 'demo-project', datasetId: 'shop', tableId: 'loaded' };
const schema = {
  fields: [
    { name: 'id', type: 'INTEGER' },
    { name: 'note', type: 'STRING' },
  ],
};

let fake: FakeBigQuery;

beforeEach(async () => {
  fake = await fakeBigQuery({ tables: { 'shop.orders': { schema: 'id:INTEGER', rows: [{ id: 1 }] } } });
});

afterEach(() => fake.close());

let jobs = 0;

/** Loads a file by a multipart upload and answers the job as it ended. */
async function load(settings: object, data: string | Buffer): Promise<Record<string, unknown>> {
  const job = { configuration: { load: { destinationTable, ...settings } } };
  const head = `--b\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(job)}\r\n--b\r\ncontent-type: text/plain\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(data), Buffer.from('\r\n--b--')]);
  const headers = { 'content-type': 'multipart/related; boundary=b' };
  const { body: started, status } = await send(
    fake.url,
    `POST /upload${project}/jobs?uploadType=multipart`,
    body,
    headers,
  );
  if (status !== 200) throw new Error(JSON.stringify(started));
  return await finished(String(Object(started['jobReference']).jobId));
}

async function finished(jobId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { body } = await send(fake.url, `GET ${project}/jobs/${jobId}`);
    if (Object(body['status']).state === 'DONE') return body;
  }
}

async function stored(): Promise<unknown> {
  const { body } = await send(fake.url, `GET ${project}/datasets/shop/tables/loaded/data`);
  const rows = Array.isArray(body['rows']) ? body['rows'] : [];
  return rows.map((row) => Object(row).f.map((cell: { v: unknown }) => cell.v));
}

async function fields(): Promise<unknown> {
  const { body } = await send(fake.url, `GET ${project}/datasets/shop/tables/loaded`);
  return Object(body['schema']).fields.map(
    (field: { name: string; type: string; mode: string }) => `${field.name} ${field.type} ${field.mode}`,
  );
}

const errorOf = (job: Record<string, unknown>): unknown => Object(job['status']).errorResult;

describe('a load of CSV', () => {
  it('reads quotes, doubled quotes and nulls', async () => {
    const job = await load({ schema }, '1,"a ""b"", c"\r\n2,\r\n\n3,""\n');
    expect(job['statistics']).toMatchObject({ load: { outputRows: '3', badRecords: '0', inputFiles: '1' } });
    expect(await stored()).toEqual([
      ['1', 'a "b", c'],
      ['2', null],
      ['3', ''],
    ]);
  });

  it.each([
    [{ skipLeadingRows: 1 }, 'id,note\n1,a\n', [['1', 'a']]],
    [{ fieldDelimiter: '\\t' }, '1\ta,b\n', [['1', 'a,b']]],
    [
      { fieldDelimiter: ';', nullMarker: 'NULL' },
      '1;NULL\n2;',
      [
        ['1', null],
        ['2', ''],
      ],
    ],
    [{ allowQuotedNewlines: true }, '1,"a\nb"\n', [['1', 'a\nb']]],
    [{ allowJaggedRows: true }, '1\n', [['1', null]]],
    [{ ignoreUnknownValues: true }, '1,a,b\n', [['1', 'a']]],
    [{ quote: '' }, '1,"a"\n', [['1', '"a"']]],
    [
      { maxBadRecords: 2 },
      '1,a\n2,b,c\nx,d\n3,e',
      [
        ['1', 'a'],
        ['3', 'e'],
      ],
    ],
  ])('with %j reads %j', async (settings, data, rows) => {
    await load({ schema, ...settings }, data);
    expect(await stored()).toEqual(rows);
  });

  it.each([
    ['a broken number', 'x,a\n'],
    ['a row that is too long', '1,a,b\n'],
    ['a row that is too short', '1\n'],
    ['a line break in quotes', '1,"a\nb"\n'],
    ['a quote that does not close', '1,"a\n'],
    ['text after a quote', '1,"a"b\n'],
  ])('fails on %s and stores nothing', async (_, data) => {
    const job = await load({ schema }, `9,good\n${data}`);
    expect(errorOf(job)).toMatchObject({
      reason: 'invalid',
      message: expect.stringContaining('too many errors: 1'),
    });
    expect(await stored()).toEqual([]);
  });

  it('detects types and header', async () => {
    const data =
      'id,price,day,ok,at,note\n1,2.5,2026-01-31,true,2026-01-31 12:00:00 UTC,a\n2,3,2026-02-01,false,,b\n';
    await load({ autodetect: true }, data);
    expect(await fields()).toEqual([
      'id INTEGER NULLABLE',
      'price FLOAT NULLABLE',
      'day DATE NULLABLE',
      'ok BOOLEAN NULLABLE',
      'at TIMESTAMP NULLABLE',
      'note STRING NULLABLE',
    ]);
    expect(await stored()).toEqual([
      ['1', '2.5', '2026-01-31', 'true', '1.7698608E9', 'a'],
      ['2', '3', '2026-02-01', 'false', null, 'b'],
    ]);
  });

  it('names columns itself where there is no header', async () => {
    await load({ autodetect: true }, '1,a\n2,b\n');
    expect(await fields()).toEqual(['int64_field_0 INTEGER NULLABLE', 'string_field_1 STRING NULLABLE']);
  });
});

describe('a load of JSON lines', () => {
  const json = { sourceFormat: 'NEWLINE_DELIMITED_JSON' };

  it('reads rows, compressed or not', async () => {
    await load({ ...json, schema }, '{"id": 1, "note": "a"}\n\n{"note": null, "id": "2"}');
    await load(json, gzipSync('{"id": 3}\n'));
    expect(await stored()).toEqual([
      ['1', 'a'],
      ['2', null],
      ['3', null],
    ]);
  });

  it('detects nested and repeated fields', async () => {
    await load(
      { ...json, autodetect: true },
      '{"a": 1, "r": {"b": "x", "c": [1.5]}}\n{"a": 2.5, "l": ["y"]}\n',
    );
    expect(await fields()).toEqual(['a FLOAT NULLABLE', 'r RECORD NULLABLE', 'l STRING REPEATED']);
  });

  it('fails on a broken line and on unknown fields', async () => {
    expect(errorOf(await load({ ...json, schema }, '{"id": 1}\n{"id"'))).toMatchObject({ reason: 'invalid' });
    expect(errorOf(await load({ ...json, schema }, '{"other": 1}'))).toMatchObject({ reason: 'invalid' });
  });

  it('replaces, appends or insists on an empty table', async () => {
    await load({ ...json, schema }, '{"id": 1}');
    await load({ ...json, writeDisposition: 'WRITE_TRUNCATE' }, '{"id": 2}');
    await load(json, '{"id": 3}');
    expect(await stored()).toEqual([
      ['2', null],
      ['3', null],
    ]);
    const refused = await load({ ...json, writeDisposition: 'WRITE_EMPTY' }, '{"id": 4}');
    expect(errorOf(refused)).toMatchObject({ reason: 'duplicate' });
  });

  it('leaves the old rows where the new ones are bad', async () => {
    await load({ ...json, schema }, '{"id": 1}');
    await load({ ...json, writeDisposition: 'WRITE_TRUNCATE' }, '{"id": "x"}');
    expect(await stored()).toEqual([['1', null]]);
    const { body } = await send(fake.url, `GET ${project}/datasets/shop/tables`);
    expect(body['totalItems']).toBe(2);
  });
});

describe('a load', () => {
  it.each([
    [{ sourceFormat: 'PARQUET', schema }, 'notImplemented'],
    [{ encoding: 'ISO-8859-1', schema }, 'notImplemented'],
    [{}, 'invalid'],
    [{ createDisposition: 'CREATE_NEVER', schema }, 'notFound'],
  ])('with %j fails', async (settings, reason) => {
    expect(errorOf(await load(settings, '1,a'))).toMatchObject({ reason });
  });

  it('refuses settings that it does not know', async () => {
    await expect(load({ schema, dateFormat: 'DD.MM.YYYY' }, '1,a')).rejects.toThrow(
      'the field dateFormat of a load job',
    );
  });

  it('comes in chunks', async () => {
    jobs += 1;
    const job = {
      configuration: { load: { destinationTable, schema } },
      jobReference: { jobId: `chunks${jobs}` },
    };
    const started = await send(fake.url, `POST /upload${project}/jobs?uploadType=resumable`, job);
    const line = `PUT ${(started.headers.get('location') ?? '').replace(fake.url, '')}`;
    const chunk = (text: string, range: string): ReturnType<typeof send> =>
      send(fake.url, line, Buffer.from(text), {
        'content-type': 'text/csv',
        'content-range': `bytes ${range}`,
      });
    const first = await chunk('1,a\n2,', '0-5/*');
    expect([first.status, first.headers.get('range')]).toEqual([308, 'bytes=0-5']);
    expect(failure(await chunk('b\n', '7-8/9'))).toMatchObject({ status: 400, reason: 'invalid' });
    expect((await chunk('b\n', '6-7/8')).status).toBe(200);
    await finished(`chunks${jobs}`);
    expect(await stored()).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
  });

  it('refuses uploads that are no uploads', async () => {
    const multipart = { 'content-type': 'multipart/related; boundary=b' };
    const broken = await send(
      fake.url,
      `POST /upload${project}/jobs?uploadType=multipart`,
      '--b\r\n',
      multipart,
    );
    expect(failure(broken)).toMatchObject({ status: 400, reason: 'invalid' });
    const lost = await send(fake.url, `PUT /upload${project}/jobs?upload_id=none`, 'x');
    expect(failure(lost)).toMatchObject({ status: 404, reason: 'notFound' });
  });
});
