import type { JsonObject } from '../../../call/json.ts';

/** A cell as REST has it: scalars as text, `null`, REPEATED as `[{v}]`, RECORD as `{f}`. */
export type WireValue = string | null | readonly WireCell[] | WireRow;

export interface WireCell {
  readonly v: WireValue;
}

/** A row of `jobs.query`, `getQueryResults` and `tabledata.list`. */
export interface WireRow {
  readonly f: readonly WireCell[];
}

/** `QueryParameterType`. */
export interface WireParameterType {
  readonly type: string;
  readonly arrayType?: WireParameterType;
  readonly structTypes?: readonly { readonly name?: string; readonly type: WireParameterType }[];
}

/** `QueryParameterValue`. */
export interface WireParameterValue {
  readonly value?: string | null;
  readonly arrayValues?: readonly WireParameterValue[];
  readonly structValues?: Readonly<Record<string, WireParameterValue>>;
}

/** An entry of `queryParameters`; without a name it is positional. */
export interface WireParameter {
  readonly name?: string;
  readonly parameterType: WireParameterType;
  readonly parameterValue: WireParameterValue;
}

/** A row to append, as `insertAll` (`rows[].json`) or a line of NDJSON gives it. */
export type JsonRow = JsonObject;
