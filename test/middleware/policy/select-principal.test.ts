import { expect, it } from 'vitest';
import { appliesTo } from '../../../src/middleware/policy/select-principal.ts';

const principal = (id: string, groups: readonly string[], delegation: readonly string[] = []) => ({
  id,
  groups,
  delegation,
  verified: true,
});

const rule = { principals: { groups: ['agents'] }, except: { ids: ['shop-agent'] } };

it.each([
  // The table in docs/policy.md
  ['other in agents', rule, principal('other', ['agents']), true],
  ['other', rule, principal('other', []), false],
  ['shop-agent in agents', rule, principal('shop-agent', ['agents']), false],
  ['shop-agent', rule, principal('shop-agent', []), false],
  ['anybody where nobody is named', {}, principal('other', []), true],
  ['whom except names alone', { except: { groups: ['hr'] } }, principal('other', ['hr']), false],
  ['whom except does not name', { except: { groups: ['hr'] } }, principal('other', []), true],
  ['an agent that except names', { except: { agents: ['reporter'] } }, principal('other', []), false],
  [
    'a delegate that except names',
    { except: { delegates: ['ana'] } },
    principal('other', [], ['ana']),
    false,
  ],
])('a rule applies to %s: %#', (_what, selectors, who, applies) => {
  expect(appliesTo(selectors, who, { name: 'reporter' })).toBe(applies);
});
