import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { JsonObject } from '../../../src/call/json.ts';
import { evidenceKey } from '../../../src/middleware/approval/evidence.ts';
import { fitNotice, maximumNoticeBytes } from '../../../src/middleware/approval/fit-notice.ts';
import type { ApprovalNotice, PromptShown } from '../../../src/middleware/approval/notice.ts';
import { draftRecord, subjectOf } from '../../../src/middleware/approval/subject.ts';
import { costKey, type Cost } from '../../../src/middleware/limits/cost.ts';
import { asks, someCall, someContext } from './harness.ts';

const now = new Date('2026-01-02T03:04:05Z');
const orders = { project: 'acme', dataset: 'shop', name: 'orders' };
const mask = { table: orders, path: ['email'], with: 'nullify', rule: 'pii' } as const;

const cost: Cost = {
  bytes: 123n,
  billedBytes: 10_485_760n,
  price: 0.00006,
  referencedTables: [orders],
  statementType: 'UPDATE',
  undeclaredParameters: [],
  bounded: true,
};

async function notice(call: Call, prompt: PromptShown = 'digest'): Promise<ApprovalNotice> {
  const decision = { ...asks, masks: [mask] };
  const account = 'agents@acme.iam.gserviceaccount.com';
  const context = someContext({
    account,
    delegation: ['carl@acme.io'],
    decision,
    prompt: 'Tidy \u202E the orders',
  });
  context.set(evidenceKey, {
    kind: 'UPDATE',
    tables: [{ name: orders, etag: 'e1' }],
    columns: [{ table: orders, path: ['status'] }],
  });
  context.set(costKey, async () => cost);
  const subject = await subjectOf({ call, context, decision });
  return draftRecord(subject, { now, promptShown: prompt, currency: 'EUR', rowCap: 100 }).notice;
}

const withBody = (body: JsonObject): Call => ({ ...someCall(), body: { ...someCall().body, ...body } });

describe('what an approver sees', () => {
  it('is all that decides: statement, tables, masks, bytes, rule, requester, expiry, hash', async () => {
    const sql = 'UPDATE shop.orders SET status = "paid\u202E"';
    const call = withBody({
      query: sql,
      queryParameters: [{ name: 'a\u200B', parameterValue: { value: 'b' } }],
      maximumBytesBilled: '1000',
      defaultDataset: { datasetId: 'shop' },
      labels: { team: 'a' },
    });
    const shown = await notice(call, 'excerpt');
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      requestHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      requestedAt: '2026-01-02T03:04:05.000Z',
      expiresAt: '2026-01-02T03:05:05.000Z',
      approvers: ['ana@acme.io', 'ben@acme.io'],
      quorum: 1,
      needed: 1,
      operation: 'jobs.query',
      project: 'acme',
      account: 'agents@acme.iam.gserviceaccount.com',
      target: 'POST /projects/acme/queries',
      statement: {
        kind: 'UPDATE',
        sql: 'UPDATE shop.orders SET status = "paid⟨U+202E⟩"',
        sha256: createHash('sha256').update(sql).digest('hex'),
        characters: sql.length,
      },
      parameters: [{ name: 'a⟨U+200B⟩', parameterValue: { value: 'b' } }],
      tables: ['acme.shop.orders'],
      columns: ['acme.shop.orders.status'],
      masked: ['acme.shop.orders.email with nullify (pii)'],
      defaultDataset: { datasetId: 'shop' },
      maximumBytesBilled: '1000',
      estimatedBytes: 123,
      estimatedPrice: { amount: 0.00006, currency: 'EUR' },
      rowCap: 100,
      labels: { team: 'a' },
      settings: { useLegacySql: false },
      reasons: [{ rule: 'writes-need-a-person', message: 'Ask a data owner.' }],
      rules: ['writes-need-a-person'],
      requester: {
        principal: 'agent-a',
        delegation: ['carl@acme.io'],
        agent: { name: 'shop-bot', version: '1', model: 'some-model' },
        session: 'session-1',
        callId: call.id,
      },
      prompt: {
        sha256: createHash('sha256').update('Tidy \u202E the orders').digest('hex'),
        excerpt: 'Tidy ⟨U+202E⟩ the orders',
      },
    });
  });

  it('shows of the prompt what is configured', async () => {
    expect((await notice(someCall(), 'none')).prompt).toBeUndefined();
    expect((await notice(someCall(), 'digest')).prompt).toEqual({ sha256: expect.any(String) });
  });

  it('counts rows that are to be written and never shows them', async () => {
    const call = {
      ...someCall(),
      operation: 'tabledata.insertAll',
      body: { rows: [{ json: { ssn: '078-05-1120' } }] },
    };
    const shown = await notice(call);
    expect(shown.settings).toEqual({ rows: '1 rows' });
    expect(JSON.stringify(shown)).not.toContain('078-05-1120');
  });
});

describe('a message to approvers', () => {
  const long = `SELECT 1 -- ${'ab '.repeat(20_000)} OR TRUE`;
  const many = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [`label_${index}`, 'x'.repeat(60)]),
  );

  it('is left alone when it is short', async () => {
    const shown = await notice(someCall());
    expect(fitNotice(shown, 'https://guard.acme.io/1')).toBe(shown);
  });

  it('keeps head and tail of a long statement around a mark, and names link and hash of the whole', async () => {
    const whole = await notice(withBody({ query: long }));
    const cut = fitNotice(whole, 'https://guard.acme.io/1');
    const length = whole.statement?.sql.length ?? 0;
    expect(cut.statement?.sql).toMatch(/^SELECT 1 -- ab/);
    expect(cut.statement?.sql).toContain(`\n⟨${length - 6000} characters omitted⟩\n`);
    expect(cut.statement?.sql).toMatch(/OR TRUE$/);
    expect(cut.statement?.sha256).toBe(whole.statement?.sha256);
    expect([cut.link, cut.omitted]).toEqual(['https://guard.acme.io/1', ['settings', 'statement.sql']]);
  });

  it('fits into 20 kB whatever is in it', async () => {
    const deep = { a: 'ü'.repeat(30_000) };
    const bodies: JsonObject[] = [
      { query: long },
      { query: '\u202E'.repeat(50_000) },
      { query: '世'.repeat(50_000) },
      { queryParameters: [{ parameterValue: { value: 'x'.repeat(100_000) } }] },
      { labels: many },
      { destinationTable: deep },
      { somethingNew: deep },
    ];
    const sizes = await Promise.all(
      bodies.map(async (body) =>
        JSON.stringify(fitNotice(await notice(withBody(body), 'excerpt'), 'https://x')),
      ),
    );
    expect(sizes.filter((text) => Buffer.byteLength(text) > maximumNoticeBytes)).toEqual([]);
  });
});
