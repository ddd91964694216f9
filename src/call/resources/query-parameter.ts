import { list, mapOf, one, shape } from '../fields.ts';
import type { Shape } from '../fields.ts';

const queryParameterType: Shape = shape('timestampPrecision type', {
  arrayType: one(() => queryParameterType),
  rangeElementType: one(() => queryParameterType),
  structTypes: list(shape('description name', { type: one(() => queryParameterType) })),
});

const rangeValue: Shape = shape('', {
  end: one(() => queryParameterValue),
  start: one(() => queryParameterValue),
});

const queryParameterValue: Shape = shape('value', {
  arrayValues: list(() => queryParameterValue),
  rangeValue: one(rangeValue),
  structValues: mapOf(() => queryParameterValue),
});

export const queryParameter: Shape = shape('name', {
  parameterType: one(queryParameterType),
  parameterValue: one(queryParameterValue),
});
