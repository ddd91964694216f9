const pattern =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?\s*(UTC|Z|[+-]\d{2}:?\d{2})?$/i;

/** Microseconds since 1970 as text, from ISO 8601 text or seconds; `undefined` if it is neither. */
export function microsecondsOf(value: string | number): string | undefined {
  if (typeof value === 'number') return String(Math.round(value * 1e6));
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = pattern.exec(value) ?? [];
  if (day === undefined) return undefined;
  const milliseconds = Date.parse(`${day}T${time}${zone.toUpperCase() === 'UTC' ? 'Z' : zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return String(BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)));
}
