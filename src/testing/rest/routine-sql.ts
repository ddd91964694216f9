import type { JsonObject } from '../../call/json.ts';
import { objectAt, objectsAt, requiredText, textAt } from './fields.ts';
import { refuseUnsupported } from './jobs/refuse-unsupported.ts';
import { invalid, notImplemented } from './rest-error.ts';

const known = new Set([
  'arguments',
  'creationTime',
  'definitionBody',
  'etag',
  'language',
  'lastModifiedTime',
  'returnType',
  'routineReference',
  'routineType',
]);

/** The statement that makes the routine which a Routine resource describes. */
export function createFunctionSql(verb: string, name: string, routine: JsonObject): string {
  refuseUnsupported(routine, known, 'a routine');
  const language = textAt(routine, 'language') ?? 'SQL';
  if (language !== 'SQL') throw notImplemented(`routines in ${language}`);
  const kind = requiredText(routine, 'routineType');
  if (kind !== 'SCALAR_FUNCTION') throw notImplemented(`routines of the type ${kind} over REST`);
  const parameters = objectsAt(routine, 'arguments').map(parameterSql).join(', ');
  const returnType = objectAt(routine, 'returnType');
  const returns = returnType === undefined ? '' : ` RETURNS ${typeSql(returnType)}`;
  return `${verb} ${name}(${parameters})${returns} AS (${requiredText(routine, 'definitionBody')})`;
}

function parameterSql(argument: JsonObject): string {
  const dataType = objectAt(argument, 'dataType');
  const isAny = textAt(argument, 'argumentKind') === 'ANY_TYPE';
  if (dataType === undefined && !isAny) throw invalid('An argument of a routine has no dataType.');
  return `${identifier(requiredText(argument, 'name'))} ${dataType === undefined ? 'ANY TYPE' : typeSql(dataType)}`;
}

/** `StandardSqlDataType` as SQL. */
function typeSql(type: JsonObject): string {
  const kind = requiredText(type, 'typeKind');
  if (!/^[A-Z0-9]+$/.test(kind)) throw invalid('Invalid value for typeKind');
  if (kind === 'ARRAY') return `ARRAY<${typeSql(objectAt(type, 'arrayElementType') ?? {})}>`;
  if (kind !== 'STRUCT') return kind;
  return `STRUCT<${objectsAt(objectAt(type, 'structType'), 'fields').map(fieldSql).join(', ')}>`;
}

function fieldSql(field: JsonObject): string {
  const name = textAt(field, 'name');
  const type = typeSql(objectAt(field, 'type') ?? {});
  return name === undefined ? type : `${identifier(name)} ${type}`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, (character) => `\\${character}`)}\``;
}
