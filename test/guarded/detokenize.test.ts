import { createSecretKey } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { createGuard, detokenize, withContext, type DetokenizeRequest, type Guard } from '../../src/index.ts';
import { detokenizing } from '../../src/middleware/masking/index.ts';
import { maskOf, type MaskSecrets } from '../../src/middleware/masking/masks/index.ts';
import { compilePolicy, jobRegistry, policy as policyLayer } from '../../src/middleware/policy/index.ts';
import { staticCatalog } from '../../src/sql/catalog-static.ts';
import { runCli } from '../cli/run.ts';

let folder: string;
let guard: Guard;

const keyFile = (byte: number): string => join(folder, `key-${byte}`);

/** Made by Tink under the keys of these bytes, with the ids 1 and 2. */
const policy = (): string => `version: 1
project: acme
principal: { id: agent-a }
keys:
  tokens: [{ id: 2, file: ${JSON.stringify(keyFile(9))} }, { id: 1, file: ${JSON.stringify(keyFile(7))} }]
tags:
  mail: { columns: [shop.people.mail] }
  card: { columns: [shop.people.card] }
  pay: { columns: [hr.people.salary] }
rules:
  - { name: everything, effect: allow }
  - { name: fraud, principals: { groups: [fraud] }, operations: [detokenize], effect: allow }
  - { name: mails-only, principals: { groups: [post] }, operations: [detokenize], tags: [mail], effect: allow }
  - { name: shop-only, principals: { groups: [shop] }, operations: [detokenize], datasets: [shop], effect: allow }
  - { name: three, principals: { groups: [three] }, operations: [detokenize], tags: [mail, card, pay], effect: allow }
  - { name: no-hr, principals: { groups: [closed] }, datasets: [hr], effect: deny }
  - { name: no-pay, principals: { groups: [unpaid] }, tags: [pay], effect: deny }
  - { name: ask, principals: { groups: [asking] }, operations: [detokenize], effect: require-approval, approval: { from: [owners] } }
people: { owners: { members: [{ id: ana }] } }
masks:
  - { name: mail, tags: [mail], with: cryptoDeterministic, key: tokens }
  - { name: card, tags: [card], with: formatPreserving, key: tokens, alphabet: numeric, skip: '-' }
  - { name: pay, tags: [pay], with: cryptoHash, key: tokens }
  - { name: plain, tags: [mail], with: nullify }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detokenize-'));
  for (const byte of [7, 9]) await writeFile(keyFile(byte), Buffer.alloc(64, byte).toString('base64'));
  const text = policy().replace(/ {2}- \{ name: ask.*\n/, '');
  const config = parseConfig(text);
  await writeFile(join(folder, 'guard.yaml'), text);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
  });
});

afterAll(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

const mail = 'ada@x.example';
const [young, old] = [
  'AQAAAALCQVF9JN0W3brwYKavgENOml0vH1Z9RxglSAWIog==',
  'AQAAAAGK4YmLRMFWS2lyVDFUruwR1A1PTUbPmiFVp1wQdg==',
];

const ask = (groups: readonly string[], request: DetokenizeRequest): Promise<unknown> =>
  withContext({ principal: { id: 'somebody', groups: [...groups] } }, () => detokenize(guard, request)).catch(
    (error: unknown) => (isGuardError(error) ? error.reasons.map(({ rule }) => rule) : error),
  );

const secretsOf = (byte: number): MaskSecrets => ({
  keys: new Map([['tokens', [{ id: 1, secret: createSecretKey(Buffer.alloc(64, byte)) }]]]),
  random: undefined,
  query: '',
});
const cardToken = (byte: number): string => {
  const choice = { with: 'formatPreserving', key: 'tokens', alphabet: 'numeric', skip: '-' } as const;
  const token = maskOf(choice, secretsOf(byte)).cell('4111-1111', 'STRING');
  return typeof token === 'string' ? token : expect.fail();
};

describe('tokens are turned back', () => {
  it('of every live version of the key, and what is no token becomes null', async () => {
    const tokens = [young, old, mail, '', young.replace('w', 'x'), young];
    expect(await ask(['fraud'], { mask: 'mail', tokens })).toEqual([mail, mail, null, null, null, mail]);
  });

  it('of formatPreserving by the version that is named', async () => {
    const tokens = [cardToken(9), cardToken(7), 'x'];
    const [current] = [await ask(['fraud'], { mask: 'card', tokens })];
    expect(current).toEqual(['4111-1111', expect.not.stringMatching(/^4111-1111$/), null]);
    expect(await ask(['fraud'], { mask: 'card', tokens: [cardToken(7)], keyId: 1 })).toEqual(['4111-1111']);
    expect(await ask(['fraud'], { mask: 'card', tokens, keyId: 3 })).toEqual(['detokenize']);
  });

  it('for whom a rule names the operation, and all that lies under the key', async () => {
    const request = { mask: 'mail', tokens: [young] };
    expect(await ask(['three'], request)).toEqual([mail]);
    expect(await ask([], request)).toEqual(['default']);
    expect(await ask(['post'], request)).toEqual(['default']);
    expect(await ask(['shop'], request)).toEqual(['default']);
    expect(await ask(['fraud', 'closed'], request)).toEqual(['no-hr']);
    expect(await ask(['fraud', 'unpaid'], request)).toEqual(['no-pay']);
    expect(await ask(['fraud'], { ...request, mask: 'unknown' })).toEqual(['default']);
  });

  it('of masks that can be turned back, and of no more than ten thousand at once', async () => {
    expect(await ask(['fraud'], { mask: 'pay', tokens: [young] })).toEqual(['detokenize']);
    expect(await ask(['fraud'], { mask: 'plain', tokens: [young] })).toEqual(['default']);
    expect(await ask(['fraud'], { mask: 'mail', tokens: [] })).toEqual(['detokenize']);
    const many = Array.from({ length: 10_001 }, () => young);
    expect(await ask(['fraud'], { mask: 'mail', tokens: many })).toEqual(['detokenize']);
  });

  it('by nobody whose call people would have to approve, unless they have', async () => {
    const config = parseConfig(policy());
    const asking = { ...config.policy };
    const layers = [
      policyLayer({
        document: asking,
        jobs: jobRegistry(),
        catalog: () => staticCatalog({ tables: [] }),
        native: noNative,
      }),
      detokenizing({ keys: secretsOf(7).keys, policy: { current: () => compilePolicy(asking) } }),
    ];
    const other = createGuard({ middleware: layers, principal: { id: 'somebody', groups: ['asking'] } });
    const failure: unknown = await detokenize(other, { mask: 'mail', tokens: [old] }).catch(
      (error: unknown) => error,
    );
    expect(isGuardError(failure) && failure.guardCode).toBe('ERR_CONFIG');
    expect(String(failure)).toContain('requires an approval');
  });

  it('by no guard that has no keys', async () => {
    const failure: unknown = await detokenize(createGuard({ middleware: [] }), {
      mask: 'mail',
      tokens: [young],
    }).catch((error: unknown) => error);
    expect(isGuardError(failure) && failure.guardCode).toBe('ERR_CONFIG');
  });

  it('and the record says how many, not which', async () => {
    const text = await recorded();
    const events = text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'tokens.detokenized',
        principal: expect.objectContaining({ id: 'somebody' }),
        data: { mask: 'mail', key: 'tokens', tokens: 6, found: 3 },
      }),
    );
    expect(text).toContain('"operation":"guard.detokenize"');
    for (const secret of [mail, young, old, '4111-1111', cardToken(9)]) expect(text).not.toContain(secret);
  });

  it('at the command line', async () => {
    const words = ['detokenize', '--config', join(folder, 'guard.yaml'), '--mask', 'mail'];
    const text = (await readFile(join(folder, 'guard.yaml'), 'utf8')).replace('/audit', '/audit-2');
    await writeFile(join(folder, 'guard.yaml'), text);
    const typed = `${young}\nnothing\n`;
    expect(await runCli([...words, '--principal', 'eve', '--groups', 'fraud'], typed)).toMatchObject({
      code: 0,
      printed: `"${mail}"\nnull\n`,
    });
    const refused = await runCli(words, typed);
    expect([refused.code, refused.printed]).toEqual([1, '']);
    expect(refused.complained).toContain('ERR_POLICY_DENIED');
  });
});

const noNative: Parameters<typeof policyLayer>[0]['native'] = () => ({
  dataset: () => Promise.resolve(undefined),
  tables: () => Promise.resolve([]),
  hasRowAccessPolicies: () => Promise.resolve(false),
});

async function recorded(): Promise<string> {
  const names = (await readdir(join(folder, 'audit'))).filter((name) => name.endsWith('.jsonl'));
  return (await Promise.all(names.map((name) => readFile(join(folder, 'audit', name), 'utf8')))).join('');
}
