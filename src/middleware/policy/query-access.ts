import type { Call } from '../../call/call.ts';
import type { QueryRequest } from '../../call/query-request.ts';
import type { Access, Facts, TableFact } from '../../sql/facts.ts';
import { tablePair, type AccessPair } from './access.ts';
import { tableName } from './request-access.ts';
import type { OperationClass } from '../../call/operations.ts';

/** What a query does: each table that it reads, writes, creates, alters or drops, and the table it fills. */
export function queryAccess(call: Call, query: QueryRequest, facts: Facts): readonly AccessPair[] {
  const pairs = facts.tables
    .filter((table) => table.kind !== 'temporary')
    .flatMap((table) => table.access.map((access) => pairOf(call, table, access, facts)));
  const routines = facts.routines.map((name) => tablePair('read', call.operation, name));
  const all = [
    ...pairs,
    ...routines,
    ...destination(call, query),
    ...wide(call, facts),
    ...unseen(call, facts),
  ];
  return all.length > 0 ? all : [{ operation: 'read', method: call.operation, object: { kind: 'none' } }];
}

function pairOf(call: Call, table: TableFact, access: Access, facts: Facts): AccessPair {
  if (table.kind === 'informationSchema') {
    const { project, dataset } = table.name;
    return { operation: 'metadata', method: call.operation, object: { kind: 'dataset', project, dataset } };
  }
  return tablePair(classOfAccess(access, facts), call.operation, table.name);
}

const classes: Readonly<Record<Exclude<Access, 'read'>, OperationClass>> = {
  write: 'write',
  create: 'ddl',
  alter: 'ddl',
  drop: 'ddl',
};

function classOfAccess(access: Access, facts: Facts): OperationClass {
  if (access === 'read') return facts.flags.export ? 'export' : 'read';
  return classes[access];
}

/** A query job may fill a table that the SQL does not name. */
function destination(call: Call, { settings }: QueryRequest): readonly AccessPair[] {
  if (settings['destinationTable'] === undefined) return [];
  const name = tableName(settings['destinationTable'], call.project);
  return name === undefined
    ? [{ operation: 'unknown', method: call.operation, object: { kind: 'none' } }]
    : [tablePair('write', call.operation, name)];
}

/** GRANT and the like change who may do what; they are administration of the whole project. */
function wide(call: Call, { flags }: Facts): readonly AccessPair[] {
  const { project } = call;
  const object = { kind: 'project', project } as const;
  const operations: readonly OperationClass[] = [
    ...(flags.dcl ? (['admin'] as const) : []),
    ...(flags.load || flags.external ? (['admin'] as const) : []),
  ];
  return operations.map((operation) => ({ operation, method: call.operation, object }));
}

/** Statements that change nothing by themselves: queries, and the control flow around them. */
const harmless = new Set([
  'SELECT',
  'ASSERT',
  'BEGIN_END',
  'BEGIN_TRANSACTION',
  'BREAK',
  'CASE',
  'COMMIT_TRANSACTION',
  'CONTINUE',
  'DECLARE',
  'FOR_IN',
  'IF',
  'LOOP',
  'RAISE',
  'REPEAT',
  'RETURN',
  'ROLLBACK_TRANSACTION',
  'SET',
  'WHILE',
]);

/** A statement that changes something other than a table – schemas, capacity, functions – changes the project. */
function unseen(call: Call, facts: Facts): readonly AccessPair[] {
  const changes = facts.statements.filter(
    ({ kind, tables }) =>
      !harmless.has(kind) && !tables.some(({ access }) => access.some((each) => each !== 'read')),
  );
  const object = { kind: 'project', project: call.project } as const;
  return changes.map(() => ({ operation: 'ddl', method: call.operation, object }));
}
