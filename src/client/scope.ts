import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '../call/new-id.ts';
import { freezePrincipal, type Agent, type Principal, type Session } from '../call/principal.ts';

/** Who a call is made for and by: what `withContext` states for everything that is called inside it. */
export interface ContextFields {
  /** An id, or an id with groups. A process vouches for itself here, so the principal counts as not verified. */
  readonly principal?: string | (Pick<Principal, 'id'> & Partial<Principal>);
  readonly session?: string | Session;
  /** The name of the agent, or more about it. */
  readonly agent?: string | Agent;
  /** What the agent was asked. It joins the session; without one, a new session is made. */
  readonly prompt?: string;
  /** What the work is for, in a word that policies know. It joins the session; without one, a new session is made. */
  readonly purpose?: string;
}

/** The fields of all contexts around a call, the inner ones winning. */
export interface Scope {
  readonly principal?: Principal | undefined;
  readonly agent?: Agent | undefined;
  readonly session?: Session | undefined;
}

const storage = new AsyncLocalStorage<Scope>();

/**
 * Runs `work` so that every call begun inside it carries these fields, however deep and however late: streams
 * and further pages keep the context in which they were begun.
 *
 * ```ts
 * await withContext({ principal: 'ana@acme.io', session: 's-1', agent: 'analyst' }, () => bigquery.query(sql));
 * ```
 */
export function withContext<T>(fields: ContextFields, work: () => T): T {
  return storage.run(joinScope(currentScope(), fields), work);
}

export function currentScope(): Scope {
  return storage.getStore() ?? {};
}

export function runInScope<T>(scope: Scope, work: () => T): T {
  return storage.run(scope, work);
}

export function joinScope(outer: Scope, fields: ContextFields): Scope {
  return {
    ...outer,
    principal: principalOf(fields.principal) ?? outer.principal,
    agent: agentOf(fields.agent) ?? outer.agent,
    session: sessionOf(fields, outer.session),
  };
}

export function principalOf(value: ContextFields['principal']): Principal | undefined {
  if (value === undefined) return undefined;
  const {
    id,
    groups = [],
    delegation = [],
  }: Pick<Principal, 'id'> & Partial<Principal> = typeof value === 'string' ? { id: value } : value;
  return freezePrincipal({ id, groups, delegation, verified: false });
}

export function agentOf(value: ContextFields['agent']): Agent | undefined {
  return typeof value === 'string' ? { name: value } : value;
}

function sessionOf(
  { session, prompt, purpose }: ContextFields,
  outer: Session | undefined,
): Session | undefined {
  const named = typeof session === 'string' ? { id: session } : session;
  const base = named ?? outer;
  if (prompt === undefined && purpose === undefined) return base;
  return {
    ...(base ?? { id: newId() }),
    ...(prompt !== undefined && { prompt }),
    ...(purpose !== undefined && { purpose }),
  };
}
