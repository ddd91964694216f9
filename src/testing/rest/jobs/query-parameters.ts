import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import type { WireParameter, WireParameterType, WireParameterValue } from '../../stand-in/engine/engine.ts';
import { objectAt, objectsAt, requiredText, textAt } from '../fields.ts';
import { invalid } from '../rest-error.ts';

/** `queryParameters` of a query, checked. Clients send numbers and flags as well as text; text goes on. */
export function readParameters(query: JsonObject): readonly WireParameter[] {
  const parameters = objectsAt(query, 'queryParameters').map(readParameter);
  const mode = textAt(query, 'parameterMode')?.toUpperCase() ?? '';
  if (mode === 'NAMED' && parameters.some(({ name }) => name === undefined)) {
    throw invalid('A query parameter has no name although parameterMode is NAMED.');
  }
  if (mode === 'POSITIONAL' && parameters.some(({ name }) => name !== undefined)) {
    throw invalid('A query parameter has a name although parameterMode is POSITIONAL.');
  }
  return parameters;
}

function readParameter(parameter: JsonObject): WireParameter {
  const name = textAt(parameter, 'name');
  const parameterType = readType(objectAt(parameter, 'parameterType'));
  const parameterValue = readValue(objectAt(parameter, 'parameterValue'));
  return name === undefined || name === ''
    ? { parameterType, parameterValue }
    : { name, parameterType, parameterValue };
}

function readType(type: JsonObject | undefined): WireParameterType {
  const element = objectAt(type, 'arrayType');
  const structTypes = objectsAt(type, 'structTypes').map(readStructField);
  return {
    type: requiredText(type, 'type'),
    ...(element === undefined ? {} : { arrayType: readType(element) }),
    ...(structTypes.length === 0 ? {} : { structTypes }),
  };
}

function readStructField(field: JsonObject): { name?: string; type: WireParameterType } {
  const name = textAt(field, 'name');
  const type = readType(objectAt(field, 'type'));
  return name === undefined ? { type } : { name, type };
}

function readValue(value: JsonObject | undefined): WireParameterValue {
  if (value === undefined) return {};
  const structValues = objectAt(value, 'structValues');
  return {
    ...(value['value'] === undefined ? {} : { value: scalarText(value['value']) }),
    ...(Array.isArray(value['arrayValues'])
      ? { arrayValues: objectsAt(value, 'arrayValues').map(readValue) }
      : {}),
    ...(structValues === undefined ? {} : { structValues: readFields(structValues) }),
  };
}

function readFields(values: JsonObject): Record<string, WireParameterValue> {
  const entries = Object.entries(values).map(([name, value]) => [name, readValue(asObject(value))] as const);
  return Object.fromEntries(entries);
}

function asObject(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null || isJsonObject(value)) return value ?? undefined;
  throw invalid('Invalid value for structValues');
}

function scalarText(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid('Invalid value for parameterValue.value: a scalar is text.');
}
