import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guardJsonSchema } from '../../src/config/json-schema.ts';
import { parseConfig } from '../../src/config/load-config.ts';

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

const judge = new Ajv2020({ validateFormats: false }).compile(guardJsonSchema());

const whole = `version: 1
project: acme
principal: { id: shop-agent, groups: [agents] }
people: { owners: { members: [{ id: ana@acme.io, keys: [whpk_abc] }] } }
tags: { pii: { columns: [shop.customers.email] } }
rules:
  - { name: open, operations: [read, tables.get], datasets: [shop], effect: allow }
  - { name: gate, tags: [pii], effect: require-approval, approval: { from: [owners], expiresIn: 10m } }
masks:
  - { name: hide, tags: [pii], with: sha256, acceptGuessable: true, except: { groups: [fraud] } }
limits:
  - { name: cheap, maximumBytesBilled: 10 GiB }
audit: { folder: ./audit, prompts: full }
channels:
  owners: { webhook: 'https://hooks.acme.io/approvals', secretFromEnv: SECRET, notify: [owners] }
approval:
  callback: { port: 8787 }
  waitFor: 1m
service:
  tokens: [{ fromEnv: TOKEN, principal: { id: shop-agent } }]
`;

const smallest = `version: 1
project: acme
audit: { folder: ./audit }
`;

describe('the JSON Schema of guard.yaml', () => {
  let shipped: string;

  beforeAll(async () => {
    shipped = await read('docs/guard.schema.json');
  });

  it('that is shipped is the one in the code; `npm run schema` writes it anew', () => {
    expect(JSON.parse(shipped)).toEqual(guardJsonSchema());
  });

  it.each([
    ['a whole file', whole],
    ['the smallest file', smallest],
  ])('takes %s, as the guard does', (_what, text) => {
    expect(() => parseConfig(text)).not.toThrow();
    expect(judge(parse(text))).toBe(true);
  });

  it.each([
    ['a key that is not known', `${smallest}color: red`],
    ['a missing key', 'project: acme\naudit: { folder: a }'],
    ['an effect that is not known', `${smallest}rules: [{ name: a, effect: maybe }]`],
    ['a gate without approvers', `${smallest}rules: [{ name: a, effect: require-approval }]`],
    ['an operation that is not known', `${smallest}rules: [{ name: a, operations: [reed], effect: allow }]`],
    ['a size without a unit', `${smallest}limits: [{ name: a, maximumBytesBilled: 10 }]`],
    ['a duration without a unit', `${smallest}approval: { waitFor: '5' }`],
    ['a key of another kind', `${smallest}people: { a: { members: [{ id: ana, keys: [whsec_abc] }] } }`],
  ])('refuses %s, as the guard does', (_what, text) => {
    expect(() => parseConfig(text)).toThrow(/^guard\.yaml:\d+:\d+ /);
    expect(judge(parse(text))).toBe(false);
  });
});
