import { describe, expect, it } from 'vitest';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { accountOf, withAccountFlaw } from '../../../src/middleware/impersonation/account-of.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import type { Impersonation } from '../../../src/middleware/policy/document.ts';
import { rehearse } from '../../../src/middleware/rehearsal/rehearse.ts';
import { staticCatalog } from '../../../src/sql/index.ts';
import { empty, readAll } from '../policy/harness.ts';

const one = 'one@acme.iam.gserviceaccount.com';
const two = 'two@acme.iam.gserviceaccount.com';

const impersonation: Impersonation = {
  accounts: [
    { principals: { groups: ['analysts'] }, except: { ids: ['ana'] }, account: one },
    { principals: { ids: ['ana'], agents: ['shop-bot'] }, account: two },
    { principals: { groups: ['again'] }, account: two },
  ],
};

const asker = (
  id: string,
  groups: readonly string[] = [],
  agent?: string,
): Parameters<typeof accountOf>[1] => ({
  principal: { id, groups, delegation: [], verified: true },
  ...(agent !== undefined && { agent: { name: agent } }),
});

describe('the account of a principal', () => {
  it.each([
    ['is that of its group', asker('ben', ['analysts']), one],
    ['is its own where the group leaves it out', asker('ana', ['analysts']), two],
    ['is that of the agent', asker('ben', [], 'shop-bot'), two],
    ['is the same however often it is named', asker('ana', ['again']), two],
    ['is none where nobody names it', asker('eve', ['others']), undefined],
    ['is none where two are named', asker('ben', ['analysts', 'again']), undefined],
  ])('%s', (_what, who, account) => {
    expect(accountOf(impersonation, who)).toBe(account);
  });

  it('may be one for everybody', () => {
    expect(accountOf({ accounts: [{ account: one }] }, asker('anybody'))).toBe(one);
    expect(accountOf(undefined, asker('anybody'))).toBe(undefined);
  });

  it('is a flaw of the call where two are named, and keeps another one', () => {
    const call = fromHttpRequest({ method: 'GET', url: '/projects/acme/jobs' });
    const both = asker('ben', ['analysts', 'again']);
    expect(withAccountFlaw(call, asker('ben', ['analysts']), impersonation)).toBe(call);
    expect(withAccountFlaw(call, both, impersonation).flaw).toMatch(/more than one service account/);
    expect(withAccountFlaw({ ...call, flaw: 'before' }, both, impersonation).flaw).toBe('before');
  });
});

const digest = (accounts: Impersonation['accounts']): string =>
  compilePolicy({ ...empty, impersonate: { accounts } }).digest;

describe('what would be decided', () => {
  const catalog = staticCatalog({
    tables: [
      {
        name: 'acme.shop.orders',
        columns: { id: 'INT64' },
        view: 'SELECT 1 AS id FROM (SELECT SESSION_USER() AS who)',
      },
    ],
  });
  const call = fromHttpRequest({
    method: 'POST',
    url: '/projects/acme/queries',
    body: { query: 'SELECT id FROM shop.orders', useLegacySql: false },
  });
  const effect = async (groups: readonly string[]): Promise<unknown> => {
    const policy = compilePolicy({ ...empty, rules: [readAll], impersonate: impersonation });
    const { reasons, effect: found } = await rehearse(policy, call, asker('ben', groups), { catalog });
    return [found, ...reasons.map(({ rule }) => rule)];
  };

  it('is decided for the account of whoever asks', async () => {
    expect(await effect(['analysts'])).toEqual(['allow']);
    expect(await effect([])).toEqual(['deny', 'nativePolicies']);
    expect(await effect(['analysts', 'again'])).toEqual(['deny', 'operations']);
  });

  it('belongs to the policy: other accounts are another policy, in whatever order', () => {
    const [first, ...rest] = impersonation.accounts;
    expect(digest(impersonation.accounts.toReversed())).toBe(digest(impersonation.accounts));
    expect(digest(rest)).not.toBe(digest([...(first === undefined ? [] : [first]), ...rest]));
  });
});
