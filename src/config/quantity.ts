const durationUnits: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const byteUnits: Readonly<Record<string, bigint>> = {
  B: 1n,
  KiB: 1n << 10n,
  MiB: 1n << 20n,
  GiB: 1n << 30n,
  TiB: 1n << 40n,
  KB: 1_000n,
  MB: 1_000_000n,
  GB: 1_000_000_000n,
  TB: 1_000_000_000_000n,
};

/** `30s`, `5m`, `1h`, `7d` in milliseconds; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})\s?([smhd])$/.exec(text);
  const unit = durationUnits[match?.[2] ?? ''];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

/** `10 GiB`, `500 MB`, `1024 B`; binary and decimal units; `undefined` for anything else. */
export function parseBytes(text: string): bigint | undefined {
  const match = /^(\d{1,15})\s?([KMGT]i?B|B)$/.exec(text);
  const unit = byteUnits[match?.[2] ?? ''];
  return unit === undefined ? undefined : BigInt(match?.[1] ?? '0') * unit;
}
