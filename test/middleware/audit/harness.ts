import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createContext, type Context } from '../../../src/call/context.ts';
import { compose, type Handler } from '../../../src/call/compose.ts';
import type { Middleware } from '../../../src/call/middleware.ts';
import {
  audit,
  fileAudit,
  recorded,
  sendsRecorded,
  type AuditEntry,
  type AuditEvent,
  type AuditOptions,
  type AuditStore,
} from '../../../src/middleware/audit/index.ts';
import { ok } from '../../call/harness.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function entry(number: number): AuditEntry {
  return {
    type: 'policy.changed',
    data: { policyDigest: String(number).padStart(64, '0') },
    principal: { id: 'ana', groups: ['owners'], delegation: [], verified: true },
    agent: null,
    session: null,
    call: null,
    job: null,
    time: '2026-01-01T00:00:00.000Z',
  };
}

/** The numbers of the entries that a file holds, in order. */
export function numbersIn(file: string): number[] {
  const numbers: number[] = [];
  for (const event of eventsIn(file)) {
    if (event.type === 'policy.changed') numbers.push(Number(event.data.policyDigest));
  }
  return numbers;
}

export function eventsIn(file: string): AuditEvent[] {
  return linesIn(file).map((line) => {
    const event: AuditEvent = JSON.parse(line);
    return event;
  });
}

export function linesIn(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** Writes a file of `count` entries between `audit.opened` and `audit.closed`. */
export async function writtenFile(count: number, every?: number): Promise<string> {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file, ...(every === undefined ? {} : { signing: { every } }) });
  for (let number = 1; number <= count; number += 1) await store.append([entry(number)]);
  await store.close();
  return file;
}

export interface Guarded {
  readonly run: Handler;
  readonly context: Context;
}

/** A pipeline of audit, the given layers and a transport, wired as the client does it. */
export function guarded(
  options: AuditOptions,
  layers: readonly Middleware[] = [],
  transport: Handler = () => Promise.resolve(ok),
  about: Partial<Pick<Context, 'agent' | 'session' | 'signal'>> = {},
): Guarded {
  const context: Context = createContext({
    principal: { id: 'agent-a', groups: ['agents'], delegation: ['ana'], verified: false },
    now: () => new Date(0),
    signal: new AbortController().signal,
    upstream: (call) => recorded(transport, 'own')(call, context),
    ...about,
  });
  context.set(sendsRecorded, true);
  return { run: compose([audit(options), ...layers], recorded(transport, 'statement')), context };
}

/** A store that notes what becomes durable, and can be told to refuse. */
export interface WatchedStore extends AuditStore {
  readonly log: string[];
  refusing: Error | undefined;
}

export function watchedStore(log: string[] = []): WatchedStore {
  return {
    log,
    refusing: undefined,
    async append(entries) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.refusing !== undefined) throw this.refusing;
      log.push(entries.map(({ type }) => type).join(' '));
    },
    async close() {},
  };
}
