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
import { mentionsAny } from './mentions.ts';

/** A pipe query up to one of its operators: a SELECT that is still open. */
export interface Stage {
  readonly range: Range;
  readonly from: FromItem;
  readonly where?: Expression;
  /** Columns added by EXTEND. */
  readonly added: readonly SelectItem[];
  readonly windows: Select['windows'];
  readonly orderBy: readonly OrderItem[];
  readonly with: readonly CommonTable[];
}

const star = (range: Range): SelectStar => ({ type: 'selectStar', except: [], replace: [], range });

export const startStage = (from: FromItem, range: Range): Stage => ({
  range,
  from,
  added: [],
  windows: [],
  orderBy: [],
  with: [],
});

/** The query that a stage stands for, with the columns that an operator makes. */
export const closeStage = (stage: Stage, parts: Partial<Select>): Query => ({
  ...statedQuery(stage, parts),
  desugared: true,
});

/** The same where a star is the user's own, so that it reads every column. */
export const statedQuery = (stage: Stage, parts: Partial<Select>): Query => {
  const body: Select = {
    type: 'select',
    distinct: false,
    items: [star(stage.range), ...stage.added],
    from: stage.from,
    ...(stage.where === undefined ? {} : { where: stage.where }),
    windows: stage.windows,
    range: stage.range,
    ...parts,
  };
  return { type: 'query', body, orderBy: stage.orderBy, range: stage.range };
};

/** The same where the rows are passed on: the names of its tables stay known around the query. */
export const passRows = (stage: Stage, parts: Partial<Select> = {}): Query =>
  closeStage(stage, { ...parts, keepsNames: true });

export const isOpen = (stage: Stage): boolean => stage.added.length === 0 && stage.orderBy.length === 0;

/** Starts anew from a finished query. */
export const nextStage = (stage: Stage, query: Query, alias?: Name): Stage => {
  const from: FromItem = {
    type: 'derivedTable',
    query,
    range: query.range,
    ...(alias === undefined ? {} : { alias }),
  };
  return { ...startStage(from, stage.range), with: stage.with };
};

/** The same rows and names, closed, so that what was added can be used. */
export const nestStage = (stage: Stage): Stage => nextStage(stage, passRows(stage));

/** A step that changes columns by a star with modifiers; the names of tables stand for the old values. */
export const changeColumns = (stage: Stage, changes: Partial<SelectStar>): Stage => {
  const open = isOpen(stage) ? stage : nestStage(stage);
  return nextStage(open, passRows(open, { items: [{ ...star(stage.range), ...changes }] }));
};

/** The name of a column that an item makes. */
const columnName = (item: SelectExpression): Name | undefined => {
  if (item.alias !== undefined) return item.alias;
  if (item.value.type === 'path') return item.value.parts.at(-1);
  return item.value.type === 'field' ? item.value.field : undefined;
};

/** A stage in which the columns added before can be named by `node`. */
export const withAdded = (stage: Stage, node: unknown): Stage => {
  if (isOpen(stage)) return stage;
  const names = stage.added.map((item) =>
    item.type === 'selectExpression' ? columnName(item)?.name.toLowerCase() : undefined,
  );
  const known = names.filter((name) => name !== undefined);
  const used = known.length < names.length || mentionsAny(node, known);
  return used || stage.orderBy.length > 0 ? nestStage(stage) : stage;
};
