import { boundedMap } from './bounded-map.ts';
import type { Catalog, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';
import { informationSchemaSql } from './information-schema-query.ts';
import { createdAt, describedObjects, routineOfRows, tableOfRows } from './information-schema-rows.ts';
import type { Described } from './information-schema-rows.ts';
import { withinTime } from './patience.ts';
import { singleFlight } from './single-flight.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Runs a query in standard SQL and gives all its rows, by column name. */
export type RunQuery = (sql: string, signal: AbortSignal) => Promise<readonly unknown[]>;

export interface InformationSchemaOptions {
  /** A region, such as `eu`: one query for all datasets of a project there, instead of one for each dataset. */
  readonly region?: string;
  /** For how long a description is taken as it is, in milliseconds. Default: 60,000. */
  readonly maxAge?: number;
  /** How long a query may take, in milliseconds; then it fails. Default: 60,000. */
  readonly timeout?: number;
  /** How many datasets or regions are kept. Default: 100. */
  readonly entries?: number;
  readonly now?: () => number;
}

interface Snapshot {
  readonly objects: ReadonlyMap<string, Described>;
  readonly tables: Map<string, CatalogTable | undefined>;
  readonly routines: Map<string, CatalogRoutine | undefined>;
  readonly at: number;
}

/**
 * A catalog out of INFORMATION_SCHEMA: one query for each dataset, or for a whole region. For tools that may
 * query but not call `tables.get`. What the account may not see is unknown, and a query that fails is an error.
 *
 * ```ts
 * informationSchemaCatalog(async (query) => (await bigquery.query({ query }))[0], { region: 'eu' });
 * ```
 */
export function informationSchemaCatalog(
  run: RunQuery,
  { region, maxAge = 60_000, timeout = 60_000, entries = 100, now = Date.now }: InformationSchemaOptions = {},
): Catalog {
  const kept = boundedMap<string, Snapshot>(entries);
  const fly = singleFlight<Snapshot>();
  const ask = async (key: string, sql: string): Promise<Snapshot> => {
    const rows = await withinTime(timeout, (signal) => run(sql, signal));
    const snapshot = { objects: describedObjects(rows), tables: new Map(), routines: new Map(), at: now() };
    kept.set(key, snapshot);
    return snapshot;
  };
  const snapshotOf = async ({ project, dataset }: ObjectName, signal?: AbortSignal): Promise<Snapshot> => {
    const place = region === undefined ? dataset : `region-${region}`;
    const key = `${project}.${place}`;
    const before = kept.get(key);
    if (before !== undefined && now() - before.at < maxAge) return before;
    const sql = informationSchemaSql(project, place);
    return unlessAborted(
      fly(key, () => ask(key, sql)),
      signal,
    );
  };
  return {
    async table(name, signal) {
      if (name.name.startsWith('INFORMATION_SCHEMA')) return undefined;
      const { objects, tables } = await snapshotOf(name, signal);
      return remembered(tables, keyOf(name), () => {
        const found = name.name.endsWith('*') ? newest(objects, name) : objects.get(keyOf(name));
        return found === undefined ? undefined : tableOfRows(found, name);
      });
    },
    async routine(name, signal) {
      const { objects, routines } = await snapshotOf(name, signal);
      return remembered(routines, keyOf(name), () => {
        const found = objects.get(keyOf(name));
        return found === undefined ? undefined : routineOfRows(found, name);
      });
    },
  };
}

function keyOf({ dataset, name }: ObjectName): string {
  return `${dataset}.${name}`;
}

/** One object for one description, so that it is seen to be unchanged. */
function remembered<Item>(
  made: Map<string, Item | undefined>,
  key: string,
  make: () => Item | undefined,
): Item | undefined {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

/** BigQuery takes the schema of a wildcard table from the matching table that was made last. */
function newest(objects: ReadonlyMap<string, Described>, name: ObjectName): Described | undefined {
  const prefix = keyOf(name).slice(0, -1);
  const matching = [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, described]) => {
      const created = createdAt(described);
      return created === undefined ? [] : [{ described, created }];
    });
  return matching.toSorted((a, b) => b.created - a.created)[0]?.described;
}
