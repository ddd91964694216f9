import { assertNever } from '../../../../sql/assert-never.ts';
import { EngineError, unsupported } from '../engine-error.ts';
import { arrayOfParts, structOfParts } from '../print/coerce.ts';
import { bytesLiteral, floatLiteral, numericLiteral, timeLiteral } from '../print/literal.ts';
import { integerLiteral, nullOf, quote, stringLiteral, type Typed } from '../print/typed.ts';
import { scalarNamed } from '../type/data-type.ts';
import { arrayOf, bool, json, scalar, structOf, type ScalarName, type SqlType } from '../type/sql-type.ts';
import type { WireParameter, WireParameterType, WireParameterValue } from '../wire.ts';
import { normalJson, parseJson, printJson } from '../native/json-value.ts';

/** Parameters as typed literals: named ones by lower-case name, positional ones by place. */
export function parameterValues(parameters: readonly WireParameter[]): ReadonlyMap<string | number, Typed> {
  return new Map(
    parameters.map((parameter, index) => [
      parameter.name === undefined || parameter.name === '' ? index : parameter.name.toLowerCase(),
      valueOf(parameter.parameterType, parameter.parameterValue, parameter.name ?? String(index + 1)),
    ]),
  );
}

function valueOf(type: WireParameterType, value: WireParameterValue | undefined, name: string): Typed {
  const wanted = typeOf(type);
  if (wanted.kind === 'array') {
    if (type.arrayType === undefined || value?.arrayValues === undefined) return arrayOfParts([], wanted);
    const { arrayType } = type;
    return arrayOfParts(
      value.arrayValues.map((item) => valueOf(arrayType, item, name)),
      wanted,
    );
  }
  if (wanted.kind === 'struct') {
    if (value?.structValues === undefined) return nullOf(wanted);
    const { structValues } = value;
    return structOfParts(
      (type.structTypes ?? []).map((field) => valueOf(field.type, structValues[field.name ?? ''], name)),
      wanted,
    );
  }
  const text = value?.value;
  if (text === undefined || text === null || wanted.kind !== 'scalar') return nullOf(wanted);
  return { ...scalarValue(text, wanted.name, name), type: wanted };
}

function typeOf(type: WireParameterType): SqlType {
  const upper = type.type.toUpperCase();
  if (upper === 'ARRAY' && type.arrayType !== undefined) return arrayOf(typeOf(type.arrayType));
  if (upper === 'STRUCT' || upper === 'RECORD') {
    return structOf(
      (type.structTypes ?? []).map((field) => ({
        ...(field.name === undefined ? {} : { name: field.name }),
        type: typeOf(field.type),
      })),
    );
  }
  const name = scalarNamed(upper);
  if (name === undefined) throw unsupported(`query parameters of type ${type.type}`);
  return scalar(name);
}

function scalarValue(text: string, type: ScalarName, name: string): Typed {
  try {
    return scalarLiteral(text, type);
  } catch {
    throw new EngineError(
      'invalid',
      `Invalid value for query parameter '${name}' of type ${type}`,
      'q.parameterValue',
    );
  }
}

function scalarLiteral(text: string, type: ScalarName): Typed {
  switch (type) {
    case 'STRING':
      return stringLiteral(text);
    case 'INT64':
      return integerLiteral(BigInt(text));
    case 'FLOAT64':
      return floatLiteral(floatOf(text));
    case 'NUMERIC':
      return numericLiteral(text);
    case 'BIGNUMERIC':
      return { sql: `CAST(bq_parse_bignumeric(${quote(text)}) AS DECIMAL(38,18))`, type: scalar(type) };
    case 'BOOL':
      return { sql: booleanOf(text), type: bool };
    case 'BYTES':
      return bytesLiteral(Buffer.from(text, 'base64'));
    case 'DATE':
    case 'DATETIME':
    case 'TIME':
      return timeLiteral(text, type);
    case 'TIMESTAMP':
      return timeLiteral(text.trim(), 'TIMESTAMP');
    case 'JSON':
      return { sql: quote(printJson(normalJson(parseJson(text), true))), type: json };
    case 'INTERVAL':
    case 'GEOGRAPHY':
      throw unsupported(`query parameters of type ${type}`);
    default:
      return assertNever(type);
  }
}

function floatOf(text: string): number {
  const value = Number(text.replace(/^([+-]?)inf$/i, '$1Infinity'));
  if (Number.isNaN(value)) throw new Error('not a number');
  return value;
}

function booleanOf(text: string): string {
  const upper = text.toUpperCase();
  if (upper !== 'TRUE' && upper !== 'FALSE') throw new Error('not a boolean');
  return upper;
}
