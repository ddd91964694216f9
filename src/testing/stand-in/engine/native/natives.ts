import { bytesNatives } from './bytes.ts';
import { formatNatives } from './format.ts';
import { jsonNatives } from './json.ts';
import type { Native } from './native.ts';
import { numberNatives } from './number.ts';
import { textNatives } from './text.ts';
import { timeNatives } from './time.ts';

/** Functions that DuckDB lacks or answers differently; in SQL their names begin with `bq_`. */
export const natives: readonly Native[] = [
  ...textNatives,
  ...bytesNatives,
  ...numberNatives,
  ...jsonNatives,
  ...timeNatives,
  ...formatNatives,
];

export type { Native, NativeKind, NativeValue } from './native.ts';
