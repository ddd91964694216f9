import { describe, expect, test } from 'vitest';
import type { AuditEntry, AuditEvent, AuditStore } from '../../../src/middleware/audit/index.ts';
import { sha256 } from '../../../src/middleware/audit/canonical.ts';
import { coveredText } from '../../../src/middleware/audit/seal.ts';
import canonicalize from 'canonicalize';
import { entry } from './harness.ts';

export interface StoreUnderTest {
  readonly store: AuditStore;
  /** Every line of the record, also after it was closed. */
  readonly lines: () => readonly string[];
}

/** What every store must do; called once per implementation. */
export function testAuditStore(name: string, create: () => StoreUnderTest): void {
  describe(`${name} as an audit store`, () => {
    test('keeps the events of an append together and in order', async () => {
      const { store, lines } = create();
      const appends = Array.from({ length: 64 }, (_, index) =>
        store.append([entry(index * 2), entry(index * 2 + 1)]),
      );
      await Promise.all(appends);
      expect(numbers(lines())).toEqual(Array.from({ length: 128 }, (_, index) => index));
      await store.close();
    });

    test('writes RFC 8785 JSON whose hash covers everything else', async () => {
      const { store, lines } = create();
      await store.append([withSql('SELECT "hash":"0", \u20ac \u{1f600} \u0007')]);
      await store.close();
      for (const line of lines()) {
        const { hash, ...rest } = event(line);
        expect(line).toBe(canonicalize({ ...rest, hash }));
        expect(hash).toBe(sha256(canonicalize(rest) ?? ''));
        expect(coveredText(line, hash)).toBe(canonicalize(rest));
      }
    });

    test('links each event to the one before it', async () => {
      const { store, lines } = create();
      await store.append([entry(1), entry(2)]);
      await store.append([entry(3)]);
      await store.close();
      const events = lines().map(event);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      expect(events.map(({ previousHash }) => previousHash)).toEqual([
        '0'.repeat(64),
        ...events.slice(0, -1).map(({ hash }) => hash),
      ]);
    });

    test.each([
      ['a cycle', cyclic()],
      ['a bigint', 1n],
      ['NaN', Number.NaN],
      ['infinity', [Number.POSITIVE_INFINITY]],
    ])('refuses %s with a typed error and goes on', async (_name, value) => {
      const { store, lines } = create();
      const refused = store.append([entry(1), withValue(value)]);
      const beside = store.append([entry(2)]);
      await expect(refused).rejects.toMatchObject({ guardCode: 'ERR_MIDDLEWARE' });
      await beside;
      await store.append([entry(3)]);
      expect(numbers(lines())).toEqual([2, 3]);
      await store.close();
    });

    test('keeps members with the names of prototypes', async () => {
      const { store, lines } = create();
      const value: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"\\ud800":"\\ud800"}');
      await store.append([withValue(value)]);
      await store.close();
      const line = lines().find((text) => text.includes('call.started'));
      expect(line).toContain('"value":{"__proto__":{"admin":true},"constructor":1,"\ufffd":"\ufffd"}');
      expect({}).not.toHaveProperty('admin');
    });

    test('takes an event of 10 MB', async () => {
      const { store, lines } = create();
      await store.append([withSql('x'.repeat(10_000_000)), entry(1)]);
      expect(numbers(lines())).toEqual([1]);
      await store.close();
    });

    test('keeps order by sequence when the clock runs backwards', async () => {
      const { store, lines } = create();
      await store.append([{ ...entry(1), time: '2026-01-01T00:00:01.000Z' }]);
      await store.append([{ ...entry(2), time: '2025-01-01T00:00:00.000Z' }]);
      expect(numbers(lines())).toEqual([1, 2]);
      await store.close();
    });

    test('refuses after it was closed, and closes twice', async () => {
      const { store } = create();
      await store.append([entry(1)]);
      await store.close();
      await store.close();
      await expect(store.append([entry(2)])).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
    });
  });
}

function event(line: string): AuditEvent {
  const parsed: AuditEvent = JSON.parse(line);
  return parsed;
}

function numbers(lines: readonly string[]): number[] {
  const events = lines.map(event);
  return events.flatMap((each) => (each.type === 'policy.changed' ? [Number(each.data.policyDigest)] : []));
}

function withSql(text: string): AuditEntry {
  const sql = { text, hash: sha256(text), bytes: text.length };
  return {
    ...entry(0),
    type: 'call.started',
    data: { operation: 'jobs.query', class: 'read', project: 'acme', ids: {}, sql },
  };
}

function withValue(value: unknown): AuditEntry {
  const parameters = [{ type: 'STRING', value }];
  return {
    ...entry(0),
    type: 'call.started',
    data: { operation: 'jobs.query', class: 'read', project: 'acme', ids: {}, parameters },
  };
}

function cyclic(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}
