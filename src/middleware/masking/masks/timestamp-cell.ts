/** REST writes a TIMESTAMP as seconds with a fraction, as whole microseconds, or as ISO 8601. */
type Form = 'seconds' | 'microseconds' | 'iso';

function formOf(cell: string): Form {
  if (cell.includes('T')) return 'iso';
  return /^-?\d+$/.test(cell) ? 'microseconds' : 'seconds';
}

/** Microseconds since the epoch. */
export function timestampMicroseconds(cell: string): bigint | undefined {
  const form = formOf(cell);
  if (form === 'microseconds') return BigInt(cell);
  if (form === 'seconds') {
    const micros = Math.round(Number(cell) * 1e6);
    return Number.isFinite(micros) ? BigInt(micros) : undefined;
  }
  const [, whole = '', fraction = ''] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(cell) ?? [];
  const milliseconds = Date.parse(`${whole}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** In the form of `like`. */
export function timestampText(microseconds: bigint, like: string): string {
  const form = formOf(like);
  if (form === 'microseconds') return microseconds.toString();
  return form === 'iso' ? isoText(microseconds) : secondsText(microseconds);
}

function isoText(microseconds: bigint): string {
  const rest = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((microseconds - rest) / 1000n)).toISOString().slice(0, 19);
  return rest === 0n ? `${whole}Z` : `${whole}.${rest.toString().padStart(6, '0')}Z`;
}

function secondsText(microseconds: bigint): string {
  const [sign, size] = microseconds < 0n ? ['-', -microseconds] : ['', microseconds];
  const fraction = (size % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,5}$/, '');
  return `${sign}${size / 1_000_000n}.${fraction}`;
}
