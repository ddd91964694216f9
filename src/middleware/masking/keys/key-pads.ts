import { createHash, type KeyObject } from 'node:crypto';
import type { CatalogColumn, CatalogTable, ObjectName } from '../../../sql/catalog.ts';
import { derivedKey, type MaskKeys } from './mask-keys.ts';

/** Both paddings of a key, with which SQL computes HMAC-SHA-256 (RFC 2104). */
export interface KeyPads {
  /** `cryptoHash/tokens/1`: what for, which key, which version. */
  readonly id: string;
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** Masks that SQL computes from paddings. */
export type PaddedMask = 'cryptoHash' | 'randomHash' | 'dateShift';

const paddedMasks = ['cryptoHash', 'randomHash', 'dateShift'] as const satisfies readonly PaddedMask[];

export function padsId(mask: PaddedMask, key: string, version: number): string {
  return `${mask}/${key}/${version}`;
}

/** What has to lie in BigQuery for the keys. The older versions stay: a query that names one may be under way. */
export function keyPads(keys: MaskKeys): readonly KeyPads[] {
  return [...keys].flatMap(([name, versions]) =>
    versions.flatMap(({ id, secret }) =>
      paddedMasks.map((mask) => ({ id: padsId(mask, name, id), ...padsOf(keyFor(mask, secret)) })),
    ),
  );
}

/** The key under which a mask hashes. */
export function keyFor(mask: PaddedMask, secret: KeyObject): KeyObject {
  return mask === 'cryptoHash' ? secret : derivedKey(secret, mask);
}

const blockSize = 64;

function padsOf(key: KeyObject): Pick<KeyPads, 'inner' | 'outer'> {
  const raw = key.export();
  const block = Buffer.alloc(blockSize);
  (raw.length > blockSize ? createHash('sha256').update(raw).digest() : raw).copy(block);
  const xor = (pad: number): Buffer => Buffer.from(block.map((byte) => byte ^ pad));
  return { inner: xor(0x36), outer: xor(0x5c) };
}

/** The table of paddings, in the dataset that every policy denies. */
export function padsTable(dataset: { readonly project: string; readonly dataset: string }): ObjectName {
  return { ...dataset, name: 'pads' };
}

const column = (name: string, type: string): CatalogColumn => ({ name, type, mode: 'REQUIRED' });

/** The analysis needs its columns, and nobody may ask BigQuery for them. */
export function padsInCatalog(name: ObjectName): CatalogTable {
  return {
    name,
    kind: 'TABLE',
    columns: [column('id', 'STRING'), column('inner_pad', 'BYTES'), column('outer_pad', 'BYTES')],
    pseudoColumns: [],
  };
}
