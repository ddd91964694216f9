import type { CatalogColumn, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';

/** BigQuery nests RECORD columns 15 deep; what is deeper, or runs in a circle, is nonsense. */
const deepestField = 16;
const mostFields = 100_000;

const judged = new WeakSet<object>();

/** Whether a catalog's answer is a table that can be relied on, and the one that was asked for. */
export function isSoundTable(
  answer: CatalogTable | CatalogRoutine,
  asked: ObjectName,
): answer is CatalogTable {
  if (!isFields(answer) || !isSameName(answer.name, asked)) return false;
  if (judged.has(answer)) return 'columns' in answer;
  const sound = isTable(answer);
  if (sound) judged.add(answer);
  return sound;
}

export function isSoundRoutine(
  answer: CatalogTable | CatalogRoutine,
  asked: ObjectName,
): answer is CatalogRoutine {
  return isRoutine(answer) && isSameName(answer.name, asked);
}

/** A dataset may compare names without regard to letter case. */
function isSameName(name: unknown, asked: ObjectName): boolean {
  if (!isFields(name)) return false;
  return (
    name['project'] === asked.project &&
    isText(name['dataset']) &&
    isText(name['name']) &&
    name['dataset'].toLowerCase() === asked.dataset.toLowerCase() &&
    name['name'].toLowerCase() === asked.name.toLowerCase()
  );
}

const tableKinds: readonly unknown[] = ['TABLE', 'VIEW', 'MATERIALIZED_VIEW', 'EXTERNAL', 'SNAPSHOT'];
const modes: readonly unknown[] = ['NULLABLE', 'REQUIRED', 'REPEATED'];
const routineKinds: readonly unknown[] = [
  'SCALAR_FUNCTION',
  'TABLE_VALUED_FUNCTION',
  'PROCEDURE',
  'AGGREGATE_FUNCTION',
];

function isTable(answer: unknown): boolean {
  if (!isFields(answer)) return false;
  const { columns, pseudoColumns, view, kind } = answer;
  const budget = { left: mostFields };
  return (
    tableKinds.includes(kind) &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    areColumns(columns, 0, budget) &&
    areColumns(pseudoColumns, 0, budget) &&
    (view === undefined || (isFields(view) && isText(view['sql']) && typeof view['legacy'] === 'boolean'))
  );
}

function areColumns(columns: unknown, depth: number, budget: { left: number }): boolean {
  if (!Array.isArray(columns) || depth > deepestField) return false;
  budget.left -= columns.length;
  if (budget.left < 0) return false;
  const names = new Set<string>();
  for (const column of columns) {
    if (!isColumn(column, depth, budget)) return false;
    names.add(column.name.toLowerCase());
  }
  return names.size === columns.length;
}

/** A STRUCT without fields would have stars that list nothing. */
function isColumn(column: unknown, depth: number, budget: { left: number }): column is CatalogColumn {
  if (!isFields(column) || !isText(column['name']) || !isText(column['type'])) return false;
  const { fields, policyTags } = column;
  const nested = ['STRUCT', 'RECORD'].includes(column['type'].toUpperCase());
  return (
    modes.includes(column['mode']) &&
    (policyTags === undefined || (Array.isArray(policyTags) && policyTags.every(isText))) &&
    (nested
      ? Array.isArray(fields) && fields.length > 0 && areColumns(fields, depth + 1, budget)
      : fields === undefined)
  );
}

function isRoutine(answer: unknown): boolean {
  if (!isFields(answer)) return false;
  const { kind, language, parameters, body } = answer;
  return (
    routineKinds.includes(kind) &&
    isText(language) &&
    Array.isArray(parameters) &&
    parameters.every((each) => isFields(each) && typeof each['name'] === 'string') &&
    (body === undefined || typeof body === 'string')
  );
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
