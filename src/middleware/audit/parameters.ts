import { createHmac, type KeyObject } from 'node:crypto';
import { isJsonObject, type Json } from '../../call/json.ts';
import { canonicalText } from './canonical.ts';
import type { RecordedParameter } from './events/call-started.ts';
import type { Detail } from './recorded-text.ts';

/** How query parameters are recorded. Their values are guessable, so a hash of them needs a key. */
export interface ParameterForm {
  readonly detail: Detail;
  readonly key: KeyObject;
}

export function recordedParameters(
  parameters: Json | undefined,
  form: ParameterForm,
): readonly RecordedParameter[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.map((parameter: Json) => recordedParameter(parameter, form));
}

function recordedParameter(parameter: Json, { detail, key }: ParameterForm): RecordedParameter {
  const { name, parameterType, parameterValue } = isJsonObject(parameter) ? parameter : {};
  const type = isJsonObject(parameterType) ? parameterType['type'] : undefined;
  const about = {
    ...(typeof name === 'string' ? { name } : {}),
    type: typeof type === 'string' ? type : 'unknown',
  };
  if (detail === 'none') return about;
  if (detail === 'full') return { ...about, value: parameterValue ?? null };
  const hash = createHmac('sha256', key)
    .update(canonicalText(parameterValue ?? null))
    .digest('hex');
  return { ...about, hash };
}
