import { createSecretKey } from 'node:crypto';
import {
  keyPads,
  padsId,
  padsTable,
  type PaddedMask,
} from '../../../src/middleware/masking/keys/key-pads.ts';
import type { MaskKeys } from '../../../src/middleware/masking/keys/mask-keys.ts';
import type { MaskSecrets } from '../../../src/middleware/masking/masks/index.ts';
import type { AppliedMask } from '../../../src/middleware/policy/mask-choice.ts';
import { startStandIn, type StandIn } from '../../../src/testing/index.ts';

/** One key, known here and lying in the dataset `guard_keys` of a stand-in. */
const keys: MaskKeys = new Map([['tokens', [{ id: 1, secret: createSecretKey(Buffer.alloc(64, 7)) }]]]);

export const secrets: MaskSecrets = { keys, random: undefined, query: 'query-1' };

const installed = { project: 'acme', dataset: 'guard_keys' };
const pads = (mask: PaddedMask): AppliedMask['keyAtSource'] => ({
  kind: 'pads',
  table: padsTable(installed),
  id: padsId(mask, 'tokens', 1),
});

export const keyed: Readonly<Record<PaddedMask, AppliedMask>> = {
  cryptoHash: { with: 'cryptoHash', key: 'tokens', keyAtSource: pads('cryptoHash') },
  randomHash: { with: 'randomHash', key: 'tokens', keyAtSource: pads('randomHash') },
  dateShift: {
    with: 'dateShift',
    key: 'tokens',
    context: 'person',
    lowerBoundDays: -100,
    upperBoundDays: 100,
    keyAtSource: pads('dateShift'),
  },
};

const rows = keyPads(keys).map(
  ({ id, inner, outer }) =>
    `('${id}', FROM_HEX('${inner.toString('hex')}'), FROM_HEX('${outer.toString('hex')}'))`,
);

const padsStatements: readonly string[] = [
  'CREATE TABLE guard_keys.pads (id STRING NOT NULL, inner_pad BYTES NOT NULL, outer_pad BYTES NOT NULL)',
  `INSERT INTO guard_keys.pads VALUES ${rows.join(', ')}`,
];

export function standInWithKeys(): Promise<StandIn> {
  return startStandIn({
    project: 'acme',
    seed: { datasets: ['guard_keys'], statements: [...padsStatements] },
  });
}
