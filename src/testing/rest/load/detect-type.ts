const patterns: readonly (readonly [string, RegExp])[] = [
  ['INTEGER', /^[+-]?\d{1,18}$/],
  ['FLOAT', /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/],
  ['BOOLEAN', /^(true|false)$/i],
  ['DATE', /^\d{4}-\d{1,2}-\d{1,2}$/],
  [
    'TIMESTAMP',
    /^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)? ?(UTC|Z|[+-]\d{1,2}(:\d{2})?)$/,
  ],
  ['DATETIME', /^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/],
  ['TIME', /^\d{1,2}:\d{2}:\d{2}(\.\d{1,6})?$/],
];

/** The narrowest type that a text reads as. */
export function typeOfText(text: string): string {
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? 'STRING';
}

/** One type for all values of a column: numbers widen, anything else that differs is text. */
export function supertypeOf(types: readonly string[]): string {
  const distinct = new Set(types);
  if (distinct.size === 0) return 'STRING';
  if (distinct.size === 1) return [...distinct][0] ?? 'STRING';
  return [...distinct].every((type) => type === 'INTEGER' || type === 'FLOAT') ? 'FLOAT' : 'STRING';
}
