import { describe, expect, it } from 'vitest';
import { checkPolicyText } from '../../../src/config/check-policy.ts';
import { knownObjects } from '../../../src/config/known-objects.ts';
import { parseCatalog } from '../../../src/config/load-catalog.ts';
import { typesOf } from '../../../src/middleware/masking/masks/index.ts';
import { allTypes } from '../../../src/middleware/masking/masks/mask.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide } from '../../../src/middleware/policy/decide.ts';
import type { MaskRule, PolicyDocument } from '../../../src/middleware/policy/document.ts';
import { byStrictness, type MaskChoice, type MaskName } from '../../../src/middleware/policy/mask-choice.ts';
import type { CatalogColumn, CatalogTable } from '../../../src/sql/catalog.ts';
import { asked, empty, readAll } from './harness.ts';

const choices: Readonly<Record<MaskName, MaskChoice>> = {
  suppressRecord: { with: 'suppressRecord' },
  nullify: { with: 'nullify' },
  defaultValue: { with: 'defaultValue' },
  redact: { with: 'redact' },
  replace: { with: 'replace', value: 'x' },
  randomHash: { with: 'randomHash' },
  cryptoHash: { with: 'cryptoHash', key: 'k' },
  cryptoDeterministic: { with: 'cryptoDeterministic', key: 'k' },
  formatPreserving: { with: 'formatPreserving', key: 'k', alphabet: 'numeric' },
  sha256: { with: 'sha256' },
  dateShift: { with: 'dateShift', key: 'k', context: 'id', lowerBoundDays: -9, upperBoundDays: 9 },
  dateYear: { with: 'dateYear' },
  timePart: { with: 'timePart', part: 'HOUR' },
  bucket: { with: 'bucket', size: 10 },
  emailMask: { with: 'emailMask' },
  firstFour: { with: 'firstFour' },
  lastFour: { with: 'lastFour' },
  characterMask: { with: 'characterMask' },
  routine: { with: 'routine', routine: 'p.d.f' },
};

const policyOf = (
  choice: MaskChoice,
  more: Partial<PolicyDocument> = {},
): ReturnType<typeof compilePolicy> => {
  const mask: MaskRule = { ...choice, name: 'hide', tags: ['pii'], acceptGuessable: true };
  const keys = { keys: { k: { current: 1 } }, keyDataset: 'guard_keys' };
  return compilePolicy({ ...empty, ...keys, rules: [readAll], masks: [mask], ...more });
};

const tableOf = (email: Partial<CatalogColumn>, id = 'INT64'): CatalogTable => ({
  name: { project: 'acme', dataset: 'shop', name: 'customers' },
  kind: 'TABLE',
  columns: [
    { name: 'email', type: 'STRING', mode: 'NULLABLE', ...email },
    { name: 'id', type: id, mode: 'NULLABLE' },
  ],
  pseudoColumns: [],
});

function reasonOf(choice: MaskChoice, table: CatalogTable, more: Partial<PolicyDocument> = {}): unknown {
  const decision = decide(policyOf(choice, more), { ...asked, tables: [table] });
  return decision.effect === 'deny' ? decision.reasons : decision.effect;
}

const misfit = (why: string, where = 'the column shop.customers.email'): unknown => [
  {
    rule: 'hide',
    message: `The mask hide cannot be put on ${where}: ${why}. The owner of the policy has to choose another one for it, such as nullify.`,
  },
];

describe('a mask on a type that it does not fit', () => {
  it.each(byStrictness.flatMap((name) => allTypes.map((type) => [name, type] as const)))(
    '%s on %s is denied, and one that fits is not',
    (name, type) => {
      const fits = typesOf(choices[name]).includes(type);
      const found = reasonOf(choices[name], tableOf({ type }));
      expect(found).toEqual(fits ? 'allow' : misfit(`${name} does not fit the type ${type}`));
    },
  );

  it('is denied on an array where rows would go, and without a person', () => {
    expect(reasonOf(choices.suppressRecord, tableOf({ mode: 'REPEATED' }))).toEqual(
      misfit('suppressRecord does not fit an array, or a field within one'),
    );
    expect(reasonOf(choices.dateShift, tableOf({ type: 'DATE' }, 'FLOAT64'))).toEqual(
      misfit('dateShift needs id, a column of type STRING or INT64, in the same table'),
    );
  });

  it('does not name a column that the principal may not know', () => {
    const rules = [readAll, { name: 'blind', operations: ['metadata'], effect: 'deny' }] as const;
    expect(reasonOf(choices.lastFour, tableOf({ type: 'INT64' }), { rules })).toEqual(
      misfit('lastFour does not fit the type INT64', 'a column of the call'),
    );
  });
});

const head = `version: 1
project: acme
audit: { folder: ./audit }
tags: { pii: { columns: [shop.customers.*] } }
rules: [{ name: r, effect: allow }]
masks:
`;

const catalog = parseCatalog(`version: 1
project: acme
tables:
  - name: shop.customers
    partitionColumn: day
    clusterColumns: [Region]
    columns: { email: STRING, age: INT64, day: DATE, region: STRING }
`);

async function check(mask: string): Promise<readonly string[]> {
  const { findings } = checkPolicyText(`${head}  - ${mask}`, 'guard.yaml', await knownObjects(catalog));
  return findings.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`);
}

describe('check with a catalog', () => {
  it('finds masks on types that they do not fit, and on partition and clustering columns', async () => {
    expect(await check('{ name: hide, tags: [pii], with: lastFour }')).toEqual([
      'error 7:5 Mask hide hides shop.customers.day, a partition column: whoever filters by it reads all of the table. Take the tag from the column, or say allowFullScan: true. So it is with 1 more.',
      'error 7:38 Mask hide cannot be put on shop.customers.age: lastFour does not fit the type INT64. Use nullify, or take the tag from the column. So it is with 1 more.',
    ]);
  });

  it('lets masks be that fit, and full scans that are meant', async () => {
    expect(await check('{ name: hide, tags: [pii], with: nullify, allowFullScan: true }')).toEqual([]);
  });
});
