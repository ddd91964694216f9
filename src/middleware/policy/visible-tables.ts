import type { Call } from '../../call/call.ts';
import { contextKey, type ContextKey } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import type { Analysis } from '../../sql/analyse.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import type { ColumnSource, Facts, TableFact } from '../../sql/facts.ts';
import { fullName } from '../../sql/full-name.ts';
import { informationSchemaTable } from '../../sql/information-schema-views.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Asker } from './gate-catalog.ts';
import { hidesColumns } from './hidden-columns.ts';
import type { Permission } from './permission.ts';
import type { NativeSource } from './native-source.ts';

/** Of which tables a view of INFORMATION_SCHEMA may tell the principal. */
export interface VisibleTables {
  readonly schema: ObjectName;
  /** `undefined`: of all in its dataset. */
  readonly tables: readonly string[] | undefined;
}

/** Where the layers inside the policy find what queries of INFORMATION_SCHEMA may tell. */
export const visibleTablesKey: ContextKey<readonly VisibleTables[]> = contextKey<readonly VisibleTables[]>(
  'visible tables',
  [],
);

const open = 'TABLES, COLUMNS, COLUMN_FIELD_PATHS and TABLE_OPTIONS';

/** Why a text may not read INFORMATION_SCHEMA as it does, whatever the rules say. */
export function schemaFlaw(call: Call, facts: Facts): GuardError | undefined {
  const views = facts.tables.filter(isSchema);
  if (views.length === 0) return undefined;
  if (views.some(({ name }) => informationSchemaTable(name) === undefined)) {
    return closed(
      call,
      `Of INFORMATION_SCHEMA only ${open} of one dataset can be read, as in shop.INFORMATION_SCHEMA.TABLES.`,
    );
  }
  const column = [...facts.columns, ...facts.influences].find(isClosed);
  if (column !== undefined) {
    return closed(
      call,
      `The column ${column.path.join('.')} of INFORMATION_SCHEMA is closed: it may hold values, or the words of others.`,
    );
  }
  const kinds = facts.statements.filter(({ tables }) => tables.some(isSchema)).map(({ kind }) => kind);
  if (views.every(({ beneath }) => beneath.length === 0) && kinds.every((kind) => kind === 'SELECT'))
    return undefined;
  return closed(
    call,
    'INFORMATION_SCHEMA can only be read by a SELECT that names it, not within a view or for another statement.',
  );
}

function isClosed({ table, path: [name = ''] }: ColumnSource): boolean {
  return (
    informationSchemaTable(table)?.pseudoColumns.some((each) => each.name === name.toLowerCase()) === true
  );
}

const isSchema = ({ kind }: TableFact): boolean => kind === 'informationSchema';

function closed(call: Call, message: string): GuardError {
  return new GuardError('ERR_POLICY_DENIED', `The query was not sent. ${message}`, {
    callId: call.id,
    reasons: [{ rule: 'information-schema', message }],
  });
}

/** The most tables that are named in a text. */
const mostNamed = 2000;

interface Visibility {
  readonly call: Call;
  readonly policy: CompiledPolicy;
  readonly asker: Asker;
  readonly permission: Permission;
  readonly source: NativeSource;
  /** Whether it takes a look at each table to know of it: it has labels, or an engine is asked. */
  readonly each: boolean;
}

/** For each view of INFORMATION_SCHEMA that a query reads, the tables that it may tell of. */
export async function visibleTables(
  { facts }: Pick<Analysis, 'facts'>,
  visibility: Visibility,
): Promise<readonly VisibleTables[]> {
  const names = new Map(facts.tables.filter(isSchema).map(({ name }) => [fullName(name), name]));
  return Promise.all(
    [...names.values()].map(async (schema) => {
      refuseHiddenColumns(schema, visibility);
      return { schema, tables: await tablesOf(schema, visibility) };
    }),
  );
}

async function tablesOf(
  { project, dataset }: ObjectName,
  { call, permission, source, each }: Visibility,
): Promise<readonly string[] | undefined> {
  const table = (name: string) => ({ kind: 'table', project, dataset, table: name }) as const;
  if (!each && (await permission.mayKnow(table('*')))) return undefined;
  const listed = (await source.tables(project, dataset)) ?? [];
  const labels = (await source.dataset(project, dataset))?.labels ?? {};
  const known = await Promise.all(
    listed.map((item) =>
      permission.mayKnow(table(item.name.name), {
        tables: [item],
        datasetLabels: new Map([[`${project}.${dataset}`, labels]]),
      }),
    ),
  );
  const names = listed.filter((_, index) => known[index]).map(({ name }) => name.name);
  if (names.length <= mostNamed) return names;
  throw closed(
    call,
    `The dataset has more than ${mostNamed} tables that you may know of, too many to name. Ask for the list of tables instead.`,
  );
}

/** Rows of columns cannot be taken out by what a column carries. */
function refuseHiddenColumns({ name }: ObjectName, { call, policy, asker }: Visibility): void {
  if (!name.startsWith('INFORMATION_SCHEMA.COLUMN') || !hidesColumns(policy, asker)) return;
  throw closed(
    call,
    'Some columns are closed to you, and INFORMATION_SCHEMA would name them. Ask for the tables one by one: their schemas name the others.',
  );
}
