/** A JSON Schema (draft 2020-12), as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** What the data of one event type looks like. The compiler holds the names to the type beside it. */
export interface EventDefinition<Data> {
  /** Grows when a reader of old events would misread a new one. */
  readonly version: number;
  readonly summary: string;
  readonly required: readonly (keyof Data & string)[];
  readonly properties: { readonly [Name in keyof Data]-?: JsonSchema };
}

export const text: JsonSchema = { type: 'string' };
export const flag: JsonSchema = { type: 'boolean' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const digest: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
export const time: JsonSchema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' };

/** How often each of some kinds. */
export const counts: JsonSchema = { type: 'object', additionalProperties: count };

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function oneOf(...values: readonly string[]): JsonSchema {
  return { enum: values };
}

export function record(required: readonly string[], properties: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** A text by configuration: its hash, or the text as well; `truncated` says that the text is cut short. */
export interface RecordedText {
  readonly text?: string;
  readonly hash: string;
  readonly bytes: number;
  readonly truncated?: boolean;
}

export const recordedText: JsonSchema = record(['hash', 'bytes'], {
  text,
  hash: digest,
  bytes: count,
  truncated: flag,
});

export interface RecordedReason {
  readonly rule: string;
  readonly message: string;
}

export const reasons: JsonSchema = listOf(record(['rule', 'message'], { rule: text, message: text }));
