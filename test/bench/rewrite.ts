import { createHmac, createSecretKey } from 'node:crypto';
import type { Call } from '../../src/call/call.ts';
import { fromHttpRequest } from '../../src/call/normalise.ts';
import { maskedCall } from '../../src/middleware/masking/masked-call.ts';
import { cryptoHash } from '../../src/middleware/masking/masks/crypto-hash.ts';
import type { ColumnMask } from '../../src/middleware/policy/decision.ts';
import { analyse, type Analysis, type CatalogTable } from '../../src/sql/index.ts';
import { medians, report } from './sql/measure.ts';
import { catalog, masks, queries } from './sql/tpch.ts';

/** What masking adds to a query before it is sent: to one that is new, and to one that was masked before; and what a hash costs. */
const options = { catalog, project: 'bench' };

const kinds = ['lastFour', 'nullify', 'emailMask'] as const;

const columnMasks: readonly ColumnMask[] = masks.map(({ table, path }, index) => ({
  table,
  path,
  with: kinds[index % kinds.length] ?? 'nullify',
  rule: 'bench',
}));

interface Known {
  readonly sql: string;
  readonly tables: readonly CatalogTable[];
  readonly masks: readonly ColumnMask[];
}

async function known(sql: string): Promise<Known> {
  const { facts } = await analyse(sql, options);
  const found = await Promise.all(facts.tables.map(({ name }) => catalog.table(name)));
  const tables = found.flatMap((table) => table ?? []);
  const read = columnMasks.filter(({ table }) => tables.some(({ name }) => name.name === table.name));
  return { sql, tables, masks: read };
}

async function mask(sql: string, analysis: Analysis, { tables, masks: chosen }: Known): Promise<Call> {
  const body = JSON.stringify({ query: sql, useLegacySql: false });
  const call = fromHttpRequest({ method: 'POST', url: '/bigquery/v2/projects/bench/queries', body });
  const masked = await maskedCall(call, { analysis, tables, masks: chosen, visible: [] });
  return masked.call;
}

export async function rewrites(quick: boolean): Promise<void> {
  const [added, again] = [new Array<number>(), new Array<number>()];
  for (const each of await Promise.all(queries.map(known))) {
    if (each.masks.length === 0) continue;
    const { whole, plain, seen } = await timesOf(each, quick ? 20 : 80);
    added.push((whole - plain) / plain);
    again.push(seen / turns);
  }
  report(`masked text of a new query (${added.length} of TPC-H)`, added, 1.5, 'x its analysis');
  report('masked text that was made before', again, 0.1, 'ms');
  await hashes(quick ? 20 : 60);
}

const turns = 20;

let texts = 0;

/** The number of the text in blanks, so that no cache knows it. */
const fresh = (query: string): string =>
  query.replace(/\s/, (texts += 1).toString(2).replaceAll('0', ' ').replaceAll('1', '\n'));

async function timesOf(
  each: Known,
  rounds: number,
): Promise<Readonly<Record<'whole' | 'plain' | 'seen', number>>> {
  const kept = await analyse(each.sql, options);
  return medians(rounds, {
    plain: () => analyse(fresh(each.sql), options),
    async whole() {
      const sql = fresh(each.sql);
      return mask(sql, await analyse(sql, options), each);
    },
    async seen() {
      for (let turn = 0; turn < turns; turn += 1) await mask(each.sql, kept, each);
    },
  });
}

async function hashes(rounds: number): Promise<void> {
  const bytes = Buffer.alloc(32, 1);
  const key = createSecretKey(bytes);
  const hashing = cryptoHash({ key: () => key, keyAtSource: undefined });
  const values = Array.from({ length: 5_000 }, (_each, index) => `customer${index}@example.com`);
  const hashed = (hash: (value: string) => unknown) => (): void => void values.map(hash);
  const { prepared, object, raw } = await medians(rounds, {
    prepared: hashed((value) => hashing.cell(value, 'STRING')),
    object: hashed((value) => createHmac('sha256', key).update(value).digest('base64')),
    raw: hashed((value) => createHmac('sha256', bytes).update(value).digest('base64')),
  });
  report('cryptoHash', [prepared / object], 1.3, 'x HMAC with a key object');
  report('cryptoHash', [prepared / raw], 0.5, 'x HMAC with a raw key');
}
