// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type {
  CreateFunction,
  CreateProcedure,
  CreateTableFunction,
  DataType,
  Expression,
  Path,
  Query,
  RoutineParameter,
  Statement,
} from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertDataType, parameterType, tableColumns } from './data-types.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, objectPathOf, tokenOf } from './names.ts';
import { connectionOf, optionsOf } from './options.ts';
import { convertQuery, isQuery } from './queries.ts';
import { block } from './scripts.ts';
import { mustBeAbsent, sweep } from './sweep.ts';

const parametersOf = (
  reader: Reader,
  items: readonly NodeOf<'function_param'>[],
): readonly RoutineParameter[] =>
  items.map((item) => {
    eat(reader, item.mode);
    mustBeAbsent(reader, item.default);
    if (item.name === undefined) return unexpected(reader, item);
    const mode = item.mode === undefined ? undefined : tokenOf(reader, item.mode).keyword;
    const name = nameOf(reader, item.name);
    const base = { name, parameterType: parameterType(reader, item.dataType), range: rangeOf(reader, item) };
    return mode === 'IN' || mode === 'OUT' || mode === 'INOUT' ? { ...base, mode } : base;
  });

interface Clauses {
  returns?: Node;
  language?: string;
  body?: Node;
  connection?: Path;
  options?: CreateFunction['options'];
  block?: readonly Statement[];
}

const readClauses = (reader: Reader, nodes: readonly Node[]): Clauses => {
  const clauses: Clauses = {};
  for (const node of nodes) readClause(reader, clauses, node);
  return clauses;
};

const readClause = (reader: Reader, clauses: Clauses, node: Node): void => {
  switch (node.type) {
    case 'returns_clause':
      eat(reader, node.returnsKw);
      clauses.returns = node.dataType;
      break;
    case 'language_clause':
      eat(reader, node.languageKw);
      clauses.language = nameOf(reader, node.name).name.toLowerCase();
      break;
    case 'as_clause':
      eat(reader, node.asKw);
      clauses.body = node.expr;
      break;
    case 'bigquery_options':
      clauses.options = optionsOf(reader, node);
      break;
    case 'with_connection_clause':
      clauses.connection = connectionOf(reader, node);
      break;
    case 'determinism_clause':
      sweep(reader, node);
      break;
    case 'block_stmt':
      clauses.block = [block(reader, node)];
      break;
    default:
      unexpected(reader, node);
  }
};

export const createFunction = (
  reader: Reader,
  node: NodeOf<'create_function_stmt'>,
): CreateFunction | CreateTableFunction => {
  eat(
    reader,
    node.createKw,
    node.orReplaceKw,
    node.temporaryKw,
    node.tableKw,
    node.functionKw,
    node.ifNotExistsKw,
  );
  const head = {
    name: objectPathOf(reader, node.name),
    orReplace: node.orReplaceKw !== undefined,
    ifNotExists: node.ifNotExistsKw !== undefined,
    parameters: parametersOf(reader, node.params.expr.items),
    range: rangeOf(reader, node),
  };
  const clauses = readClauses(reader, node.clauses);
  const base = { ...head, options: clauses.options ?? [] };
  if (node.tableKw !== undefined) return tableFunction(reader, base, clauses);
  const returns: DataType | undefined =
    clauses.returns === undefined ? undefined : convertDataType(reader, clauses.returns);
  const { language, connection } = clauses;
  return {
    type: 'createFunction',
    ...base,
    temporary: node.temporaryKw !== undefined,
    aggregate: take(reader.holes.words, startOf(reader, node)) === 'AGGREGATE',
    language: language ?? 'sql',
    ...functionBody(reader, clauses),
    ...(returns === undefined ? {} : { returns }),
    ...(connection === undefined ? {} : { connection }),
  };
};

/** The expression of a SQL function; the text of another language is not SQL. */
const functionBody = (reader: Reader, clauses: Clauses): { body?: Expression } => {
  const { body, language = 'sql' } = clauses;
  if (body === undefined) return {};
  if (body.type === 'paren_expr' && language === 'sql') return { body: convertExpression(reader, body) };
  if (body.type !== 'string_literal' || language === 'sql') return unexpected(reader, body);
  sweep(reader, body);
  return {};
};

type RoutineHead = Pick<
  CreateTableFunction,
  'name' | 'orReplace' | 'ifNotExists' | 'parameters' | 'options' | 'range'
>;

const tableFunction = (reader: Reader, head: RoutineHead, clauses: Clauses): CreateTableFunction => {
  const { body, returns } = clauses;
  if (body === undefined)
    return refuse('unsupported', 'A table function without a query is not analysed.', head.range);
  const query: Query = convertQuery(reader, isQuery(body) ? body : queryIn(reader, body));
  const columns = returns === undefined ? {} : { returns: tableColumns(reader, returns) };
  return { type: 'createTableFunction', ...head, query, ...columns };
};

const queryIn = (reader: Reader, node: Node): Node =>
  node.type === 'paren_expr' ? node.expr : unexpected(reader, node);

export const createProcedure = (reader: Reader, node: NodeOf<'create_procedure_stmt'>): CreateProcedure => {
  eat(reader, node.createKw, node.orReplaceKw, node.procedureKw, node.ifNotExistsKw);
  const name = objectPathOf(reader, node.name);
  const parameters = parametersOf(reader, node.params.expr.items);
  const clauses = readClauses(reader, node.clauses);
  if (clauses.body !== undefined) sweep(reader, clauses.body);
  return {
    type: 'createProcedure',
    name,
    orReplace: node.orReplaceKw !== undefined,
    ifNotExists: node.ifNotExistsKw !== undefined,
    parameters,
    body: clauses.block ?? [],
    language: clauses.language ?? 'sql',
    options: clauses.options ?? [],
    range: rangeOf(reader, node),
  };
};
