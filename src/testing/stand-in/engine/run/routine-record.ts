import type { ParameterType, RoutineParameter } from '../../../../sql/ast/index.ts';
import type { StoredRoutine } from '../store/store.ts';
import type { RoutineRecord } from '../table.ts';
import { typeOf } from '../type/data-type.ts';
import type { SqlType } from '../type/sql-type.ts';

/** A function as `routines.get` answers it. */
export function routineRecord({ id, definition, createdAt, changedAt, etag }: StoredRoutine): RoutineRecord {
  const { statement, text } = definition;
  const body = statement.body?.range;
  return {
    projectId: id.projectId,
    datasetId: id.datasetId,
    routineId: id.tableId,
    routineType: 'SCALAR_FUNCTION',
    arguments: statement.parameters.map(argumentOf),
    ...(statement.returns === undefined ? {} : { returnType: standardType(typeOf(statement.returns)) }),
    definitionBody: body === undefined ? '' : text.slice(body.start, body.end),
    creationTime: createdAt.getTime(),
    lastModifiedTime: changedAt.getTime(),
    etag,
  };
}

function argumentOf({ name, parameterType }: RoutineParameter): RoutineRecord['arguments'][number] {
  const dataType = dataTypeOf(parameterType);
  return dataType === undefined
    ? { name: name.name, argumentKind: 'ANY_TYPE' }
    : { name: name.name, dataType };
}

function dataTypeOf(type: ParameterType): object | undefined {
  if (type.type === 'anyType' || type.type === 'tableType' || type.type === 'likeTable') return undefined;
  return standardType(typeOf(type));
}

/** `StandardSqlDataType`. */
function standardType(type: SqlType): object {
  if (type.kind === 'array') return { typeKind: 'ARRAY', arrayElementType: standardType(type.element) };
  if (type.kind !== 'struct') return { typeKind: type.kind === 'null' ? 'INT64' : type.name };
  const fields = type.fields.map((field) => ({ ...field, type: standardType(field.type) }));
  return { typeKind: 'STRUCT', structType: { fields } };
}
