import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyVersions } from '../../../src/middleware/masking/keys/mask-keys.ts';
import { deterministicOriginal } from '../../../src/middleware/masking/masks/crypto-deterministic.ts';
import {
  alphabets,
  ff1,
  formatPreservingOriginal,
  leastLength,
} from '../../../src/middleware/masking/masks/format-preserving.ts';
import { maskOf } from '../../../src/middleware/masking/masks/index.ts';
import { alphabetNames, type MaskChoice } from '../../../src/middleware/policy/mask-choice.ts';
import { analyse } from '../../../src/sql/analyse.ts';
import { staticCatalog } from '../../../src/sql/catalog-static.ts';

const bytes = (from: number): Buffer => Buffer.from(Array.from({ length: 64 }, (_, index) => from + index));
const old = { id: 1, secret: createSecretKey(bytes(0)) };
const young = { id: 0xdeadbeef, secret: createSecretKey(bytes(64)) };

const secretsOf = (versions: KeyVersions) => ({
  keys: new Map([['tokens', versions]]),
  random: undefined,
  query: '',
});
const deterministic = { with: 'cryptoDeterministic', key: 'tokens' } as const;

describe('cryptoDeterministic', () => {
  // Made by Tink 1.16 for Python out of a keyset with the two keys of AES256_SIV, and empty associated data.
  it.each([
    [old, '', 'AQAAAAFv9bjvU/w2VgbNPqBHN0iF'],
    [old, 'ada@x.example', 'AQAAAAHc3rs1jhtfDtvBLYjC3laroAqkS2p0BdzYK6iuFw=='],
    [old, 'a😀ä', 'AQAAAAEn5uDOrW29AsWFpJUNcQjLcboCVARqWg=='],
    [young, '', 'Ad6tvu+DXbcWw3DXNF5LbfEzcxGc'],
    [young, 'ada@x.example', 'Ad6tvu/QhKYBJmlodoRD19zlGPkn7iyQVJbd/3JhmnQOTA=='],
    [young, 'a😀ä', 'Ad6tvu9Lufta9e+OuuSgqUzF+Wzr7ITjlm7JOQ=='],
  ])('gives the tokens of Tink: %#', (key, value, token) => {
    const mask = maskOf(deterministic, secretsOf([key]));
    expect(mask.cell(value, 'STRING')).toBe(token);
    expect(mask.cell(Buffer.from(value).toString('base64'), 'BYTES')).toBe(token);
    expect(deterministicOriginal(token, undefined, [key])?.toString('utf8')).toBe(value);
  });

  it('turns tokens of an older version back, and makes those of the first', () => {
    const mask = maskOf(deterministic, secretsOf([young, old]));
    const token = 'AQAAAAHc3rs1jhtfDtvBLYjC3laroAqkS2p0BdzYK6iuFw==';
    expect(mask.cell('ada@x.example', 'STRING')).toBe('Ad6tvu/QhKYBJmlodoRD19zlGPkn7iyQVJbd/3JhmnQOTA==');
    expect(deterministicOriginal(token, undefined, [young, old])?.toString('utf8')).toBe('ada@x.example');
    expect(deterministicOriginal(token, undefined, [young])).toBe(undefined);
    expect(mask.releases(token, 'STRING')).toBe(true);
  });

  it.each([
    '',
    'ada@x.example',
    'AQAAAAFv9bjvU/w2VgbNPqBHN0iG',
    'AQAAAAFv9bjvU/w2VgbNPqBHN0iF ',
    'AgAAAAFv9bjvU/w2VgbNPqBHN0iF',
    'AQAAAAI=',
  ])('does not take %j for a token', (text) => {
    expect(deterministicOriginal(text, undefined, [old])).toBe(undefined);
    expect(maskOf(deterministic, secretsOf([old])).releases(text, 'STRING')).toBe(false);
  });

  it('writes a surrogate as Sensitive Data Protection does', () => {
    const mask = maskOf({ ...deterministic, surrogate: 'MAIL' }, secretsOf([old]));
    const token = 'MAIL(28):AQAAAAFv9bjvU/w2VgbNPqBHN0iF';
    expect(mask.cell('', 'STRING')).toBe(token);
    expect(deterministicOriginal(token, 'MAIL', [old])?.toString('utf8')).toBe('');
    expect(deterministicOriginal(token.replace('28', '27'), 'MAIL', [old])).toBe(undefined);
    expect(deterministicOriginal(token, undefined, [old])).toBe(undefined);
  });

  it('is a function of BigQuery over a wrapped keyset in SQL, and keeps the type', async () => {
    const keyAtSource = {
      kind: 'kms',
      resource: 'gcp-kms://projects/p/locations/eu/keyRings/r/cryptoKeys/k',
      keyset: Buffer.from([0, 1, 39, 92, 255]).toString('base64'),
    } as const;
    const keyset = String.raw`KEYS.KEYSET_CHAIN('gcp-kms://projects/p/locations/eu/keyRings/r/cryptoKeys/k', b'\x00\x01\x27\x5c\xff')`;
    const text = maskOf({ ...deterministic, keyAtSource }).expression('v', 'STRING');
    expect(text).toBe(`TO_BASE64(DETERMINISTIC_ENCRYPT(${keyset}, v, ''))`);
    const binary = maskOf({ ...deterministic, keyAtSource }).expression('v', 'BYTES');
    expect(binary).toBe(`DETERMINISTIC_ENCRYPT(${keyset}, v, b'')`);
    const named = maskOf({ ...deterministic, surrogate: 'MAIL', keyAtSource }).expression('v', 'STRING');
    const catalog = staticCatalog({ tables: [] });
    for (const [sql, value] of [
      [text, "'a'"],
      [binary, "b'a'"],
      [named, "'a'"],
    ] as const) {
      const { facts } = await analyse(`SELECT ${sql} AS x FROM (SELECT ${value} AS v)`, {
        catalog,
        project: 'acme',
      });
      expect(facts.gaps).toEqual([]);
    }
  });
});

const nistKey = Buffer.from('2B7E151628AED2A6ABF7158809CF4F3C', 'hex');
const numerals = (text: string): number[] => Array.from(text, (character) => Number.parseInt(character, 36));
const textOf = (list: readonly number[]): string => list.map((numeral) => numeral.toString(36)).join('');

describe('formatPreserving', () => {
  const card = { with: 'formatPreserving', key: 'tokens', alphabet: 'numeric', skip: '-' } as const;
  const mask = maskOf(card, secretsOf([old]));
  const tokenOf = (text: string, made = mask): string => {
    const token = made.cell(text, 'STRING');
    return typeof token === 'string' ? token : expect.fail();
  };

  // NIST, "Block Cipher Modes of Operation: FF1", samples 1 to 3 and 7 (AES-128, AES-256).
  it.each([
    [10, nistKey, '', '0123456789', '2433477484'],
    [10, nistKey, '39383736353433323130', '0123456789', '6124200773'],
    [36, nistKey, '3737373770717273373737', '0123456789abcdefghi', 'a9tv40mll9kdu509eum'],
    [
      10,
      Buffer.from('2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94', 'hex'),
      '',
      '0123456789',
      '6657667009',
    ],
  ] as const)('gives the samples of NIST: %#', (radix, key, tweak, plain, token) => {
    const cipher = ff1(radix, key, Buffer.from(tweak, 'hex'));
    expect(textOf(cipher.encrypt(numerals(plain)))).toBe(token);
    expect(textOf(cipher.decrypt(numerals(token)))).toBe(plain);
  });

  it('keeps length, alphabet and what is skipped, and turns back', () => {
    const token = tokenOf('4111-1111-1111-1234');
    expect(token).toMatch(/^\d{4}-\d{4}-\d{4}-\d{4}$/);
    expect(token).not.toBe('4111-1111-1111-1234');
    expect(formatPreservingOriginal(card, old.secret, token)).toBe('4111-1111-1111-1234');
  });

  it('takes no value of which there are less than a million', () => {
    const sizes = [2, 10, 16, 36, 62, 95].map((radix) => [radix, leastLength(radix)]);
    expect(sizes).toEqual([
      [2, 20],
      [10, 6],
      [16, 5],
      [36, 4],
      [62, 4],
      [95, 4],
    ]);
    for (const [radix = 0, length = 0] of sizes) {
      expect(radix ** length).toBeGreaterThanOrEqual(1_000_000);
      expect(radix ** (length - 1)).toBeLessThan(1_000_000);
    }
    expect(mask.cell('12-345', 'STRING')).toBe(null);
    expect(mask.cell('12-3456', 'STRING')).toMatch(/^\d\d-\d{4}$/);
  });

  it('gives NULL for other characters and for texts of more than 256', () => {
    expect(mask.cell('12345x', 'STRING')).toBe(null);
    expect(mask.cell('1'.repeat(257), 'STRING')).toBe(null);
    expect(mask.cell('1'.repeat(256), 'STRING')).toMatch(/^\d{256}$/);
    expect(mask.cell('1'.repeat(10_000_000), 'STRING')).toBe(null);
  });

  it.each(alphabetNames)('turns every text over the alphabet %s back', (alphabet) => {
    const choice: Extract<MaskChoice, { with: 'formatPreserving' }> = {
      with: 'formatPreserving',
      key: 'tokens',
      alphabet,
    };
    const own = maskOf(choice, secretsOf([old]));
    const texts = fc.string({
      unit: fc.constantFrom(...Array.from(alphabets[alphabet])),
      minLength: 6,
      maxLength: 40,
    });
    fc.assert(
      fc.property(texts, (text) => {
        const token = tokenOf(text, own);
        expect(own.releases(token, 'STRING')).toBe(true);
        expect(formatPreservingOriginal(choice, old.secret, token)).toBe(text);
      }),
    );
  });
});
