import type { AuditEntry } from '../../../src/middleware/audit/index.ts';

type Who = Pick<AuditEntry, 'principal' | 'agent' | 'session'>;

export const shop: Who = {
  principal: { id: 'ana', groups: ['analysts'], delegation: ['portal'], verified: true },
  agent: { name: 'reporter', model: 'm1' },
  session: 's1',
};

export const hr: Who = {
  principal: { id: 'bob', groups: [], delegation: [], verified: true },
  agent: null,
  session: null,
};

const digest = 'd'.repeat(64);
const sqlOf = (text: string) => ({ text, hash: digest, bytes: text.length });

/** The events of one call that was asked, decided and ended. */
export function callOf(
  call: string,
  who: Who,
  sql: string,
  time: string,
  ended: 'finished' | 'refused' | 'open' = 'finished',
): readonly AuditEntry[] {
  const about = { ...who, call, job: null, time };
  const deny = ended === 'refused';
  const reasons = deny ? [{ rule: 'no-hr', message: 'HR data is closed to agents.' }] : [];
  const started: AuditEntry = {
    ...about,
    type: 'call.started',
    data: { operation: 'jobs.query', class: 'read', project: 'acme', ids: {}, sql: sqlOf(sql) },
  };
  const decided: AuditEntry = {
    ...about,
    type: 'decision.made',
    data: {
      effect: deny ? 'deny' : 'allow',
      rules: [deny ? 'no-hr' : 'read-shop'],
      reasons,
      policyDigest: digest,
      masks: deny ? [] : [{ table: 'acme.shop.customers', column: 'email', mask: 'nullify', rule: 'hide' }],
      tables: [deny ? 'acme.hr.salaries' : 'acme.shop.customers'],
      columns: [deny ? 'acme.hr.salaries.pay' : 'acme.shop.customers.email'],
    },
  };
  const finished: AuditEntry = {
    ...about,
    type: 'call.finished',
    data: {
      operation: 'jobs.query',
      status: 200,
      durationMs: 12,
      sent: true,
      rows: 3,
      bytesBilled: 10_485_760,
    },
  };
  const failed: AuditEntry = {
    ...about,
    type: 'call.failed',
    data: {
      operation: 'jobs.query',
      outcome: 'refused',
      code: 'ERR_POLICY_DENIED',
      reasons,
      durationMs: 3,
      sent: false,
    },
  };
  if (ended === 'open') return [started, decided];
  return [started, decided, deny ? failed : finished];
}
