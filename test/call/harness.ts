import { createContext } from '../../src/call/context.ts';
import type { Call } from '../../src/call/call.ts';
import type { Context } from '../../src/call/context.ts';
import type { Middleware, Next } from '../../src/call/middleware.ts';
import type { Result } from '../../src/call/result.ts';

export const ok: Result = { status: 200, body: { kind: 'bigquery#queryResponse' }, headers: {} };

export function someCall(changes: Partial<Call> = {}): Call {
  return {
    id: '0190a1f0-0000-7000-8000-000000000001',
    operation: 'jobs.query',
    class: 'read',
    project: 'acme',
    ids: { projectId: 'acme' },
    query: {},
    body: { query: 'SELECT 1', useLegacySql: false },
    upload: undefined,
    method: 'POST',
    path: '/projects/acme/queries',
    ...changes,
  };
}

export function someContext(signal: AbortSignal = new AbortController().signal): Context {
  return createContext({
    principal: { id: 'agent-a', groups: [], delegation: [], verified: false },
    signal,
    now: () => new Date(0),
    upstream: () => Promise.resolve(ok),
  });
}

export function layer(name: string, handle: Middleware['handle']): Middleware {
  return { name, handle };
}

export const pass = (name: string): Middleware => layer(name, (call, _context, next: Next) => next(call));

/** A transport that counts what reaches it. */
export function transport(answer: () => Promise<Result> = () => Promise.resolve(ok)): {
  readonly sent: Call[];
  readonly send: (call: Call) => Promise<Result>;
} {
  const sent: Call[] = [];
  return {
    sent,
    send: (call) => {
      sent.push(call);
      return answer();
    },
  };
}
