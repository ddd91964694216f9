import type { Call } from '../../call/call.ts';
import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import { isJsonObject } from '../../call/json.ts';
import { queryRequest, type QueryRequest } from '../../call/query-request.ts';
import { GuardError } from '../../errors.ts';
import { analyse, type Analysis } from '../../sql/analyse.ts';
import type { Catalog, CatalogTable, ObjectName } from '../../sql/catalog.ts';
import type { ColumnSource, Facts } from '../../sql/facts.ts';
import { isInformationSchema } from '../../sql/information-schema-views.ts';
import type { AccessPair } from './access.ts';
import type { ColumnWrite } from './decide.ts';
import { kept } from './kept.ts';
import { leafColumns, leavesBelow } from './leaf-columns.ts';
import { queryAccess } from './query-access.ts';
import { refusedSetting } from './refused-settings.ts';
import { requestAccess } from './request-access.ts';
import { schemaFlaw } from './visible-tables.ts';

/** What is to be judged of a call: what it does to which objects, and which columns it reads. */
export interface Subject {
  readonly pairs: readonly AccessPair[];
  /** Leaf columns that are read, or that influence the result. */
  readonly columns: readonly ColumnSource[];
  /** Only for queries. */
  readonly analysis: Analysis | undefined;
  readonly tables: readonly CatalogTable[];
  readonly writes: readonly ColumnWrite[];
  /** Why SQL could not be proved; it may then do more than is listed here. */
  readonly flaw: GuardError | undefined;
}

/** Where the analysis of a query is left for the layers inside the policy. */
export const analysisKey: ContextKey<Analysis | undefined> = contextKey('SQL analysis', undefined);

/** The tables that a call reads, as the catalog has them. */
export const tablesKey: ContextKey<readonly CatalogTable[]> = contextKey<readonly CatalogTable[]>(
  'tables',
  [],
);

/** Finds out what a call does. */
export async function subjectOf(
  call: Call,
  context: Context,
  catalog: Catalog,
  memory: object,
  labelled: boolean,
): Promise<Subject> {
  const query = queryRequest(call);
  return query === undefined
    ? requestSubject(call, context, catalog, labelled)
    : querySubject(call, query, context, catalog, memory, labelled);
}

const nothing = { pairs: [], columns: [], analysis: undefined, tables: [], writes: [] } as const;

async function querySubject(
  call: Call,
  query: QueryRequest,
  context: Context,
  catalog: Catalog,
  memory: object,
  labelled: boolean,
): Promise<Subject> {
  const setting = refusedSetting(query.settings);
  if (setting !== undefined) return { ...nothing, flaw: unproven(call, setting) };
  const analysis = await analyse(query.sql, {
    catalog,
    project: call.project,
    ...defaultDataset(query, call.project),
    signal: context.signal,
    memory,
  });
  const { facts } = analysis;
  const [gap] = facts.gaps;
  if (gap !== undefined) {
    return { ...nothing, flaw: unproven(call, gap.message, gap.code === 'syntax' || gap.code === 'lexer') };
  }
  const flaw = schemaFlaw(call, facts);
  if (flaw !== undefined) return { ...nothing, flaw };
  const { operation, project } = call;
  const pairs = keptPairs(facts, [operation, project, query.settings['destinationTable']], () =>
    queryAccess(call, query, facts),
  );
  const named = facts.tables
    .filter(({ kind }) => kind !== 'temporary' && kind !== 'informationSchema')
    .map(({ name }) => name);
  // The settings may name a table that the text does not.
  const all = labelled ? [...named, ...pairs.flatMap(namesOf)] : named;
  const found = await loadTables(all, context, catalog);
  const { tables, columns } = keptColumns(facts, found, () => ({
    tables: found,
    columns: columnsOf(facts, found),
  }));
  return { pairs, columns, analysis, tables, writes: writesOf(facts), flaw: undefined };
}

const keptPairs = kept<readonly AccessPair[]>();
const keptColumns = kept<Pick<Subject, 'tables' | 'columns'>>();
const keptWrites = kept<readonly ColumnWrite[]>();

function columnsOf(facts: Facts, tables: readonly CatalogTable[]): readonly ColumnSource[] {
  return distinct(
    [...facts.columns, ...facts.influences]
      .filter(({ table }) => !isInformationSchema(table))
      .flatMap((column) => leaves(tables, column)),
  );
}

function writesOf(facts: Facts): readonly ColumnWrite[] {
  return keptWrites(facts, [], () => facts.statements.flatMap(({ writes }) => writes));
}

export function defaultDataset(
  { settings }: QueryRequest,
  project: string,
): { readonly defaultDataset?: { readonly project: string; readonly dataset: string } } {
  const reference = settings['defaultDataset'];
  if (!isJsonObject(reference) || typeof reference['datasetId'] !== 'string') return {};
  const { projectId } = reference;
  return {
    defaultDataset: {
      project: typeof projectId === 'string' ? projectId : project,
      dataset: reference['datasetId'],
    },
  };
}

/** What a call other than a query says of itself, before anything was looked up. */
export function statedSubject(call: Call): Subject {
  return { ...nothing, pairs: requestAccess(call), flaw: undefined };
}

/**
 * Calls that hand out rows or copy them read every column of the tables that they name. Where labels of tables decide,
 * any other table that is named is looked up too.
 */
async function requestSubject(
  call: Call,
  context: Context,
  catalog: Catalog,
  labelled: boolean,
): Promise<Subject> {
  const pairs = requestAccess(call);
  const load = (wanted: readonly AccessPair[]) => loadTables(wanted.flatMap(namesOf), context, catalog);
  const read = await load(pairs.filter(handsOut));
  const others = labelled ? await load(pairs.filter((pair) => !handsOut(pair))) : [];
  return {
    pairs,
    columns: read.flatMap(leafColumns),
    analysis: undefined,
    tables: [...read, ...others],
    writes: [],
    flaw: undefined,
  };
}

const handsOut = ({ operation }: AccessPair): boolean => operation === 'read' || operation === 'export';

const namesOf = ({ object }: AccessPair): readonly ObjectName[] =>
  object.kind === 'table' ? [{ project: object.project, dataset: object.dataset, name: object.table }] : [];

async function loadTables(
  names: readonly ObjectName[],
  context: Context,
  catalog: Catalog,
): Promise<readonly CatalogTable[]> {
  const tables = await Promise.all(names.map((name) => catalog.table(name, context.signal)));
  return tables.flatMap((table) => (table === undefined ? [] : [table]));
}

function leaves(tables: readonly CatalogTable[], column: ColumnSource): readonly ColumnSource[] {
  const table = tables.find((each) => sameTable(each.name, column.table));
  return table === undefined ? [column] : leavesBelow(table, column.path);
}

export function sameTable(a: ObjectName, b: ObjectName): boolean {
  return a.project === b.project && a.dataset === b.dataset && a.name === b.name;
}

function distinct(columns: readonly ColumnSource[]): readonly ColumnSource[] {
  const byKey = columns.map(
    ({ table, path }) =>
      [
        [table.project, table.dataset, table.name, ...path].join('\0').toLowerCase(),
        { table, path },
      ] as const,
  );
  return [...new Map(byKey).values()];
}

function unproven(call: Call, message: string, syntax = false): GuardError {
  return new GuardError(
    syntax ? 'ERR_SQL_SYNTAX' : 'ERR_SQL_UNPROVEN',
    `The query was not sent, since it could not be proved what it does: ${message}`,
    { callId: call.id, reasons: [{ rule: 'sql', message }] },
  );
}
