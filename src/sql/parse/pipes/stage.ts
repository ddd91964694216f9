import type {
  CommonTable,
  Expression,
  FromItem,
  Name,
  OrderItem,
  Query,
  Range,
  Select,
  SelectExpression,
  SelectItem,
  SelectStar,
} from '../../ast/index.ts';
import { refuse } from '../refusal.ts';
import { mentionsAny } from './mentions.ts';

/**
 * A pipe query up to one of its operators: a SELECT that is still open. Names of tables stay visible
 * until an operator makes new columns; `hidden` are names that BigQuery still knows and we do not.
 */
export interface Stage {
  readonly range: Range;
  readonly from: FromItem;
  readonly where?: Expression;
  /** Columns added by EXTEND. */
  readonly added: readonly SelectItem[];
  /** Columns whose values SET has changed, as long as only a SELECT follows. */
  readonly changed: SelectStar['replace'];
  readonly windows: Select['windows'];
  readonly orderBy: readonly OrderItem[];
  readonly hidden: readonly string[];
  readonly with: readonly CommonTable[];
}

export const star = (range: Range): SelectStar => ({ type: 'selectStar', except: [], replace: [], range });

export const startStage = (from: FromItem, range: Range): Stage => ({
  range,
  from,
  added: [],
  changed: [],
  windows: [],
  orderBy: [],
  hidden: [],
  with: [],
});

/** Names by which the columns of a FROM item can be qualified. */
export const rangeVariables = (item: FromItem): readonly Name[] => {
  if (item.type === 'join') return [...rangeVariables(item.left), ...rangeVariables(item.right)];
  if (item.alias !== undefined) return [item.alias];
  return item.type === 'table' ? item.path.slice(-1) : [];
};

/** The query that a stage stands for. */
export const closeStage = (stage: Stage, parts: Partial<Select> = {}): Query => {
  const items = [star(stage.range), ...stage.added];
  const body: Select = {
    type: 'select',
    distinct: false,
    items,
    from: stage.from,
    ...(stage.where === undefined ? {} : { where: stage.where }),
    windows: stage.windows,
    range: stage.range,
    ...parts,
  };
  return { type: 'query', body, orderBy: stage.orderBy, range: stage.range, desugared: true };
};

export const isOpen = (stage: Stage): boolean =>
  stage.added.length === 0 && stage.orderBy.length === 0 && stage.changed.length === 0;

/** Starts anew from a finished query. Only a single table keeps its name over this. */
export const nextStage = (stage: Stage, query: Query, visible: readonly Name[], renamed = false): Stage => {
  const [only, ...others] = visible;
  const keeps = only !== undefined && others.length === 0 && !renamed;
  const lost = keeps ? [] : visible.map((name) => name.name.toLowerCase());
  const from: FromItem = {
    type: 'derivedTable',
    query,
    range: query.range,
    ...(keeps ? { alias: only } : {}),
  };
  return { ...startStage(from, stage.range), hidden: [...stage.hidden, ...lost], with: stage.with };
};

/** A step that changes columns by a star with modifiers; the old values stay behind the names of tables. */
export const changeColumns = (stage: Stage, changes: Partial<SelectStar>): Stage => {
  const open = isOpen(stage) ? stage : nestStage(stage);
  const query = closeStage(open, { items: [{ ...star(stage.range), ...changes }] });
  return nextStage(open, query, rangeVariables(open.from), true);
};

/** Makes the changes of SET for good: the tables keep the old values under names that are gone now. */
export const settle = (stage: Stage): Stage =>
  stage.changed.length === 0 ? stage : changeColumns({ ...stage, changed: [] }, { replace: stage.changed });

/** The same rows and names, closed, so that what was added can be used. */
export const nestStage = (stage: Stage): Stage =>
  nextStage(stage, closeStage(stage), rangeVariables(stage.from));

/** Refuses what would need a name that a table had before its columns were changed. */
export const mustNotMention = (stage: Stage, node: unknown, range: Range): void => {
  if (stage.hidden.length > 0 && mentionsAny(node, stage.hidden)) {
    refuse('unsupported', 'A table name from before this pipe step is used.', range);
  }
};

/** The name of a column that an item makes. */
export const columnName = (item: SelectExpression): Name | undefined => {
  if (item.alias !== undefined) return item.alias;
  if (item.value.type === 'path') return item.value.parts.at(-1);
  return item.value.type === 'field' ? item.value.field : undefined;
};

/** A stage in which the columns added before can be named by `node`. */
export const withAdded = (stage: Stage, node: unknown): Stage => {
  if (isOpen(stage)) return stage;
  const names = stage.added.map((item) =>
    item.type === 'selectExpression' ? columnName(item)?.name : undefined,
  );
  const known = names.every((name) => name !== undefined);
  const used =
    !known ||
    mentionsAny(
      node,
      names.map((name) => name ?? '').map((name) => name.toLowerCase()),
    );
  return used || stage.orderBy.length > 0 ? nestStage(stage) : stage;
};
