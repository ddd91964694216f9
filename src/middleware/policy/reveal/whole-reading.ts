import type { CatalogTable } from '../../../sql/catalog.ts';
import { identifier } from '../../../sql/rewrite/identifier.ts';
import type { Cost } from '../../limits/cost.ts';
import type { ColumnMask } from '../decision.ts';
import { judge, type Judgement } from '../judge.ts';
import { sameTable } from '../subject.ts';
import type { Revealing } from './described.ts';
import type { ColumnMarks } from './reveal-schema.ts';

/** What it would be for the principal to read all of a table or view. */
interface WholeReading {
  /** No mask, no approval: nothing that is told of it tells more than its rows. */
  readonly clear: boolean;
  /** The columns of a view that come from masked columns. */
  readonly outputs: ColumnMarks;
}

/** The table is asked for whole, as if that cost nothing. `undefined` where it may not be, or cannot be proved. */
export async function wholeReading(
  { name }: CatalogTable,
  { policy, call, context, sources }: Revealing,
): Promise<WholeReading | undefined> {
  const path = [name.project, name.dataset, name.name].map((part) => identifier(part)).join('.');
  const body = { query: `SELECT * FROM ${path}`, useLegacySql: false };
  const query = { ...call, operation: 'jobs.query', class: 'read', ids: {}, query: {}, body } as const;
  try {
    const judged = await judge(policy, query, context, { ...sources, cost: () => Promise.resolve(free) });
    const { decision } = judged;
    if (decision.effect === 'deny') return undefined;
    return {
      clear: decision.effect === 'allow' && decision.masks.length === 0,
      outputs: maskedOutputs(judged, decision.masks),
    };
  } catch {
    return undefined;
  }
}

const free: Cost = {
  bytes: 0n,
  billedBytes: 0n,
  price: 0,
  referencedTables: [],
  statementType: 'SELECT',
  undeclaredParameters: [],
  bounded: true,
};

function maskedOutputs({ subject }: Judgement, masks: readonly ColumnMask[]): ColumnMarks {
  const outputs = subject.analysis?.facts.outputs ?? [];
  return new Map(
    outputs.flatMap(({ name, sources }) => {
      const mask = masks.find(({ table, path }) =>
        sources.some((source) => sameTable(source.table, table) && isSame(source.path[0], path[0])),
      );
      return mask === undefined ? [] : [[name.toLowerCase(), mask.with] as const];
    }),
  );
}

const isSame = (a: string | undefined, b: string | undefined): boolean =>
  a?.toLowerCase() === b?.toLowerCase();
