import type { Mask } from './mask.ts';

const smallest = -(2n ** 63n);

/** The lower end of the bucket in which the value lies: of size 10, 27 gives 20 and -3 gives -10. */
export function bucket(size: number): Mask {
  const step = BigInt(size);
  return {
    empties: false,
    replacesNull: false,
    expression: (value, type) => expressionOf(value, type, size),
    cell(value, type) {
      if (type === 'FLOAT64') return floatBucket(Number(value), size);
      const low = floorTo(floorOf(value), step);
      return type === 'INT64' && low < smallest ? null : low.toString();
    },
    releases(cell, type) {
      if (type === 'FLOAT64') return floatBucket(Number(cell), size) === String(Number(cell));
      return /^-?\d+(?:\.0*)?$/.test(cell) && floorOf(cell) % step === 0n;
    },
  };
}

/** Below the lowest bucket of the type an error would tell of the value: NULL does not. */
function expressionOf(value: string, type: string, size: number): string {
  if (type === 'FLOAT64') return `SAFE_MULTIPLY(FLOOR(${value} / ${size}), CAST(${size} AS FLOAT64))`;
  const step = scalarOf(type) === 'INT64' ? `${size}` : `${scalarOf(type)} '${size}'`;
  return `SAFE_SUBTRACT(${value}, MOD(MOD(${value}, ${step}) + ${step}, ${step}))`;
}

function scalarOf(type: string): string {
  return type.replace(/[(<].*$/, '');
}

function floatBucket(value: number, size: number): string | null {
  const low = Math.floor(value / size) * size;
  return Number.isFinite(value) && !Number.isFinite(low) ? null : String(low);
}

function floorOf(value: string): bigint {
  const [whole = '0', fraction = ''] = value.split('.');
  const low = BigInt(whole);
  return value.startsWith('-') && /[1-9]/.test(fraction) ? low - 1n : low;
}

function floorTo(value: bigint, step: bigint): bigint {
  return value - (((value % step) + step) % step);
}
