import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { newId } from '../../src/call/new-id.ts';
import type { Change, CommitOutcome, Entry, EntryStore } from '../../src/store/index.ts';

/** That SQL can keep entries: one table, compared and changed within one transaction. Keys are not checked here. */
export function sqliteEntries(): EntryStore {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT, version TEXT, expires_at INTEGER)');
  const listeners = new Set<{ readonly prefix: string; readonly listener: (key: string) => void }>();
  const alive = '(expires_at IS NULL OR expires_at > ?)';
  const find = database.prepare(`SELECT * FROM entries WHERE key = ? AND ${alive}`);
  const some = database.prepare(
    `SELECT * FROM entries WHERE key >= ? AND key < ? AND key > ? AND ${alive} ORDER BY key LIMIT ?`,
  );
  const put = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM entries WHERE key = ?');

  const get = (key: string, now: Date): Entry | undefined => {
    const row = find.get(key, timeOf(now));
    return row === undefined ? undefined : entryOf(row);
  };
  const change = (changes: readonly Change[], now: Date): CommitOutcome => {
    const conflict = changes.find(({ key, expected }) => get(key, now)?.version !== expected);
    if (conflict !== undefined) return { kind: 'conflict', key: conflict.key };
    const version = newId();
    for (const { key, value, expiresAt } of changes) {
      if (value === undefined) remove.run(key);
      else put.run(key, value, version, expiresAt === undefined ? null : timeOf(expiresAt));
    }
    return { kind: 'committed', version };
  };
  return {
    get: async (key, now) => get(checked(key), now),
    async list(prefix, now, { after = '', limit = -1 } = {}) {
      return some.all(prefix, `${prefix}\u{7f}`, after, timeOf(now), limit).map(entryOf);
    },
    async commit(changes, now) {
      if (changes.length === 0 || new Set(changes.map(({ key }) => checked(key))).size < changes.length) {
        throw new TypeError('No commit.');
      }
      database.exec('BEGIN IMMEDIATE');
      try {
        const outcome = change(changes, now);
        database.exec('COMMIT');
        for (const { prefix, listener } of listeners) {
          for (const { key } of changes) if (key.startsWith(prefix)) queueMicrotask(() => listener(key));
        }
        return outcome;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    watch(prefix, listener) {
      const entry = { prefix, listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    close: async () => database.close(),
  };
}

function entryOf(row: Readonly<Record<string, SQLOutputValue>>): Entry {
  const { key, value, version, expires_at: expiresAt } = row;
  const entry = { key: String(key), value: String(value), version: String(version) };
  return expiresAt === null ? entry : { ...entry, expiresAt: new Date(Number(expiresAt)) };
}

function timeOf(time: Date): number {
  if (Number.isNaN(time.getTime())) throw new TypeError('No time.');
  return time.getTime();
}

function checked(key: string): string {
  if (!/^[!-~]{1,500}$/.test(key)) throw new TypeError('No key.');
  return key;
}
