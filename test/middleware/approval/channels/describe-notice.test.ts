import { describe, expect, it } from 'vitest';
import { cutMiddle, describeNotice } from '../../../../src/middleware/approval/channels/describe-notice.ts';
import type { ApprovalNotice } from '../../../../src/middleware/approval/index.ts';
import { someRecord } from '../some-record.ts';

const { notice } = someRecord();

const full: ApprovalNotice = {
  ...notice,
  approvers: ['ana@acme.io'],
  needed: 1,
  statement: {
    kind: 'UPDATE',
    sql: 'UPDATE t SET a = 2 WHERE b = 1',
    sha256: 'a'.repeat(64),
    characters: 30,
    previous: { id: 'p', approvedAt: '2026-01-01T00:00:00.000Z', by: ['ben@acme.io'], changes: ['1 → 2'] },
  },
  estimatedBytes: 12_345_678,
  estimatedPrice: { amount: 0.07, currency: 'USD' },
  rowCap: 10_000,
  commentRequired: true,
  votes: [{ person: 'eve@acme.io', verdict: 'approve', comment: 'fine' }],
  next: [{ approvers: ['dora@acme.io'], quorum: 1 }],
  grants: { uses: 5 },
};

describe('a request in words', () => {
  it('says what it costs, what changed since the last approved one, and what is needed', () => {
    const { title, facts, sql } = describeNotice(full);
    expect(title).toBe(`Approval needed: UPDATE by ${notice.requester.principal}`);
    expect(sql).toBe('UPDATE t SET a = 2 WHERE b = 1');
    expect(Object.fromEntries(facts)).toMatchObject({
      Bytes: '12,345,678',
      Price: '0.07 USD',
      'Rows at most': '10,000',
      'Changed since 2026-01-01T00:00:00.000Z, approved by ben@acme.io': '1 → 2',
      'Said so far': 'eve@acme.io approve fine',
      'Still needed': '1 of ana@acme.io',
      'Asked after these': '1 of dora@acme.io',
      Comment: 'required',
      'May be granted': '{"uses":5}',
    });
  });

  it('says in its title when it is an emergency, or asked again', () => {
    const titles = [
      describeNotice({ ...full, round: 'emergency' }).title,
      describeNotice({ ...full, escalated: true }).title,
    ];
    expect(titles.map((title) => title.split(':')[0])).toEqual([
      'EMERGENCY, approved by one person alone',
      'Approval needed, nobody has decided yet',
    ]);
  });

  it('keeps head and tail of a long statement around a mark', () => {
    const sql = `SELECT ${'x'.repeat(10_000)} FROM t`;
    const cut = cutMiddle(sql, 100);
    expect([
      cut.startsWith('SELECT x'),
      cut.endsWith('FROM t'),
      cut.includes(`⟨${sql.length - 100} characters omitted⟩`),
    ]).toEqual([true, true, true]);
  });
});
