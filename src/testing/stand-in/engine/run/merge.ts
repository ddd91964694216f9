import { assertNever } from '../../../../sql/assert-never.ts';
import type { Merge, MergeClause } from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { failAt } from '../print/context.ts';
import { printCondition } from '../print/conditional.ts';
import { printFrom } from '../print/from.ts';
import { outputName, rootScope, type Column, type Scope, type Source } from '../print/scope.ts';
import type { StoredColumn } from '../store/stored-table.ts';
import { assigned } from './assign.ts';
import {
  assignments,
  changed,
  columnNamed,
  onlyOneMatch,
  readAll,
  rehearsed,
  rowValues,
  staged,
  targetOf,
  updateSql,
  type Target,
} from './dml.ts';
import { checkMoments } from './query.ts';
import { contextOf, type Session } from './session.ts';

/** The source set aside, so that it is evaluated once. */
interface MergeSource {
  readonly select: string;
  readonly table: string;
  readonly alias: string;
  readonly sources: readonly Source[];
}

export async function runMerge(statement: Merge, session: Session): Promise<EngineResult> {
  const context = contextOf(session);
  const outer = rootScope(context);
  const target = targetOf(statement.target, context);
  readAll(target.table, context);
  const source = mergeSource(statement, outer, session);
  const scope: Scope = { ...outer, sources: [target.source, ...source.sources] };
  const on = printCondition(statement.on, scope, 'MERGE ON clause');
  const plans = statement.clauses.map((clause, index) =>
    planOf(clause, statement.clauses.slice(0, index), on, target, source, scope),
  );
  if (session.request.dryRun === true)
    return rehearsed(session, context, target.table, 'MERGE', source.select);
  await checkMoments(context.trace, session);
  await session.database.run(`CREATE TEMP TABLE ${source.table} AS ${source.select}`);
  const counts = { insertedRowCount: 0, updatedRowCount: 0, deletedRowCount: 0 };
  try {
    await applyAll(plans, session, counts);
  } finally {
    await session.database.run(`DROP TABLE IF EXISTS ${source.table}`).catch(() => undefined);
  }
  return changed(session, context, target.table, 'MERGE', counts);
}

function mergeSource(statement: Merge, outer: Scope, session: Session): MergeSource {
  const from = printFrom(statement.source, outer);
  const table = session.store.nextName('source');
  const alias = outer.context.trace.fresh('m');
  const list: string[] = [];
  const kept = (column: Column): Column => {
    column.read?.([]);
    list.push(`${column.sql} AS ${outputName(list.length)}`);
    const { read: _, ...rest } = column;
    return { ...rest, sql: `${alias}.${outputName(list.length - 1)}` };
  };
  const sources = from.sources.map(({ alias: name, columns }): Source => ({
    ...(name === undefined ? {} : { alias: name }),
    columns: columns.map(kept),
  }));
  return { select: `SELECT ${list.join(', ')} FROM ${from.sql}`, table, alias, sources };
}

type Counts = { -readonly [Name in keyof NonNullable<EngineResult['dml']>]: number };

/** One clause: the rows it takes, and what is done with them. */
interface Plan {
  readonly select: string;
  readonly apply: (stage: string) => string;
  readonly count: keyof Counts;
  readonly changesTarget: boolean;
}

function planOf(
  clause: MergeClause,
  earlier: readonly MergeClause[],
  on: string,
  target: Target,
  source: MergeSource,
  scope: Scope,
): Plan {
  const conditions = [
    clauseCondition(clause, scope),
    ...earlier
      .filter(({ when }) => when === clause.when)
      .map((other) => `(${clauseCondition(other, scope)}) IS NOT TRUE`),
  ];
  const rows = rowsOf(clause, on, target, source);
  const where = `${rows.where} AND ${conditions.join(' AND ')}`;
  const { action } = clause;
  switch (action.type) {
    case 'delete':
      return {
        select: `SELECT ${target.alias}.rowid AS id FROM ${rows.from} WHERE ${where}`,
        apply: (stage) => `DELETE FROM ${target.table.physical} WHERE rowid IN (SELECT id FROM ${stage})`,
        count: 'deletedRowCount',
        changesTarget: true,
      };
    case 'update': {
      const values = assignments(action.assignments, target.table, scope);
      const list = values.map(([, sql], index) => `${sql} AS v${index + 1}`).join(', ');
      return {
        select: `SELECT ${target.alias}.rowid AS id, ${list} FROM ${rows.from} WHERE ${where}`,
        apply: (stage) =>
          updateSql(
            target.table,
            stage,
            values.map(([column]) => column),
          ),
        count: 'updatedRowCount',
        changesTarget: true,
      };
    }
    case 'insert': {
      const values = insertValues(action, target, source, scope, clause);
      const list = values.map((sql, index) => `${sql} AS ${outputName(index)}`).join(', ');
      return {
        select: `SELECT ${list} FROM ${rows.from} WHERE ${where}`,
        apply: (stage) => `INSERT INTO ${target.table.physical} SELECT * FROM ${stage}`,
        count: 'insertedRowCount',
        changesTarget: false,
      };
    }
    default:
      return assertNever(action);
  }
}

function clauseCondition({ condition }: MergeClause, scope: Scope): string {
  return condition === undefined ? 'TRUE' : printCondition(condition, scope, 'MERGE WHEN condition');
}

function rowsOf(
  clause: MergeClause,
  on: string,
  target: Target,
  source: MergeSource,
): { readonly from: string; readonly where: string } {
  const targets = `${target.table.physical} AS ${target.alias}`;
  const sources = `${source.table} AS ${source.alias}`;
  switch (clause.when) {
    case 'matched':
      return { from: `${targets} CROSS JOIN ${sources}`, where: on };
    case 'notMatchedByTarget':
      return { from: sources, where: `NOT EXISTS (SELECT 1 FROM ${targets} WHERE ${on})` };
    case 'notMatchedBySource':
      return { from: targets, where: `NOT EXISTS (SELECT 1 FROM ${sources} WHERE ${on})` };
    default:
      return assertNever(clause.when);
  }
}

type InsertAction = Extract<MergeClause['action'], { type: 'insert' }>;

function insertValues(
  action: InsertAction,
  target: Target,
  source: MergeSource,
  scope: Scope,
  clause: MergeClause,
): readonly string[] {
  const { table } = target;
  const columns: readonly StoredColumn[] =
    action.columns?.map((name) => columnNamed(table, name, scope.context)) ?? table.columns;
  const inner: Scope = { ...scope, sources: source.sources };
  if (action.source.type === 'row') {
    const values = source.sources.flatMap((item) => item.columns);
    if (values.length !== columns.length)
      throw failAt(scope.context, clause.range, 'INSERT ROW needs a source column for each target column');
    return table.columns.map((column, index) =>
      assigned(values[index] ?? { sql: 'NULL', type: { kind: 'null' } }, column.field, scope, clause.range),
    );
  }
  const row = action.source.type === 'values' ? action.source.rows[0] : undefined;
  if (row === undefined || row.length !== columns.length) {
    throw failAt(scope.context, clause.range, 'Inserted row has wrong column count');
  }
  return rowValues(row, columns, table, inner);
}

/** All clauses see the table as it was: the rows of each are set aside before any is changed. */
async function applyAll(
  plans: readonly Plan[],
  session: Session,
  counts: Counts,
  stages: readonly string[] = [],
): Promise<void> {
  const plan = plans[stages.length];
  if (plan !== undefined) {
    const rows = await staged(session, plan.select, async (stage) => {
      if (plan.changesTarget) await onlyOneMatch(session, stage, 'UPDATE/MERGE');
      await applyAll(plans, session, counts, [...stages, stage]);
    });
    counts[plan.count] += rows;
    return;
  }
  for (const [index, stage] of stages.entries()) {
    const sql = plans[index]?.apply(stage);
    if (sql !== undefined) await session.database.run(sql);
  }
}
