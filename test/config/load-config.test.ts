import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';

const head = `version: 1
project: acme
audit: { folder: ./audit }
`;

function messageOf(text: string): string {
  try {
    parseConfig(text);
  } catch (error) {
    if (isGuardError(error) && error.code === 'ERR_CONFIG') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a policy file', () => {
  it('becomes a policy document', () => {
    const { policy } = parseConfig(`${head}
people: { owners: { members: [{ id: ana@acme.io, keys: [whpk_abc] }] } }
tags: { pii: { columns: [shop.customers.email] } }
rules:
  - { name: gate, operations: [write], effect: require-approval, approval: { from: [owners], expiresIn: 10m } }
masks:
  - { name: hide, tags: [pii], with: nullify }
limits:
  - { name: cheap, maximumBytesBilled: 10 GiB, rows: { max: 1000 }, concurrent: 4, callsPerMinute: 60 }
budgets:
  - { name: per-day, principals: { groups: [agents] }, bytes: 100 GiB, price: 5 }
  - { name: all-month, per: everyone, period: month, price: 100.5 }
cost: { pricePerTiB: 5, currency: EUR, dryRun: always, budgetFile: /var/budgets.json }
`);
    expect(policy).toEqual({
      version: 1,
      project: 'acme',
      people: { owners: { members: [{ id: 'ana@acme.io', keys: ['whpk_abc'] }] } },
      tags: { pii: { columns: ['shop.customers.email'], tables: [], datasets: [] } },
      rules: [
        {
          name: 'gate',
          operations: ['write'],
          effect: 'require-approval',
          approval: { from: ['owners'], quorum: 1, expiresInMs: 600_000 },
        },
      ],
      masks: [{ name: 'hide', tags: ['pii'], with: 'nullify' }],
      detectors: [],
      limits: [
        {
          name: 'cheap',
          maximumBytesBilled: 10_737_418_240n,
          rows: { max: 1000, over: 'refuse' },
          concurrent: 4,
          callsPerMinute: 60,
        },
      ],
      budgets: [
        {
          name: 'per-day',
          principals: { groups: ['agents'] },
          per: 'principal',
          period: 'day',
          bytes: 107_374_182_400n,
          price: 5,
        },
        { name: 'all-month', per: 'everyone', period: 'month', price: 100.5 },
      ],
      cost: {
        edition: 'on-demand',
        pricePerTiB: 5,
        insertPricePerGiB: 0.0512,
        currency: 'EUR',
        dryRun: 'always',
      },
    });
  });

  it.each([
    [
      'a limit that BigQuery never bills less than',
      `${head}limits:\n  - { name: a, maximumBytesBilled: 9 MiB }\n`,
      'guard.yaml:5:36 limits.0.maximumBytesBilled at least 10 MiB',
    ],
    [
      'a budget of nothing',
      `${head}budgets:\n  - { name: a, per: agent }\n`,
      'guard.yaml:5:5 budgets.0 state bytes, insertedBytes or price',
    ],
    [
      'a price where bytes have none',
      `${head}cost: { edition: capacity }\nbudgets:\n  - { name: a, price: 5 }\n`,
      'guard.yaml:6:23 budgets.0.price bytes have no price in the capacity edition',
    ],
    ['a negative price', `${head}cost: { pricePerTiB: -1 }\n`, 'guard.yaml:4:22 cost.pricePerTiB'],
    [
      'an unknown effect',
      `${head}rules:\n  - { name: a, effect: permit }\n`,
      'guard.yaml:5:24 rules.0.effect',
    ],
    [
      'an unknown key',
      `${head}rules:\n  - name: a\n    effect: allow\n    extra: 1\n`,
      'guard.yaml:7:12 rules.0 Unrecognized key: "extra"',
    ],
    [
      'an unknown key of a rule among others',
      `${head}rules:\n  - { name: a, effect: deny }\n  - { name: b, effect: deny, dataset: [a] }\n`,
      'guard.yaml:6:39 rules.1 Unrecognized key: "dataset". Did you mean "datasets"?',
    ],
    [
      'a wrong unit',
      `${head}limits:\n  - { name: a, maximumBytesBilled: 10 gigs }\n`,
      'guard.yaml:5:36 limits.0.maximumBytesBilled',
    ],
    ['a duplicate key', `${head}project: other\n`, 'guard.yaml:4:1 Map keys must be unique'],
    [
      'an unquoted star',
      `${head}tags:\n  pii:\n    columns:\n      - *.ssn\n`,
      'A pattern that begins with * must stand in quotes',
    ],
    [
      'a tag without names',
      `${head}tags: { pii: {} }\n`,
      'guard.yaml:4:14 tags.pii a tag that names no column',
    ],
    [
      'a channel that tells a group which is not there',
      `${head}channels:\n  hook: { webhook: 'https://acme.io', secretFromEnv: A, notify: [ownres] }\n`,
      'guard.yaml:5:66 channels.hook.notify.0 there is no group ownres under people',
    ],
    ['an empty text', '', 'guard.yaml:1:1'],
    ['no YAML at all', '{', 'guard.yaml:'],
  ])('with %s is refused with its place', (_what, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  it('with an alias bomb is refused', () => {
    const bomb = `${head}x1: &a [1,1,1,1,1,1,1,1,1]
x2: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
x3: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
`;
    expect(messageOf(bomb)).toContain('aliases');
  });

  it('that is not there is refused by name', async () => {
    const { loadConfig } = await import('../../src/config/load-config.ts');
    await expect(loadConfig('/nonexistent/guard.yaml')).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });
});
