import { aggregateFunctions } from './aggregate.ts';
import { arrayFunctions } from './array.ts';
import { conditionalFunctions } from './conditional.ts';
import { jsonFunctions } from './json.ts';
import { mathFunctions } from './math.ts';
import { regexpFunctions } from './regexp.ts';
import type { FunctionTable } from './signature.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';
import { windowFunctions } from './window.ts';

/** Every function of the stand-in by its name in upper case. What is not here is refused by name. */
export const functions: FunctionTable = {
  ...aggregateFunctions,
  ...arrayFunctions,
  ...conditionalFunctions,
  ...jsonFunctions,
  ...mathFunctions,
  ...regexpFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...windowFunctions,
};
