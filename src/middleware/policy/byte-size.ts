const units: Readonly<Record<string, bigint>> = {
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

/** `10 GiB`, `500 MB`, `1024 B`; binary and decimal units; `undefined` for anything else. */
export function parseBytes(text: string): bigint | undefined {
  const match = /^(\d{1,15})\s?([KMGT]i?B|B)$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  return unit === undefined ? undefined : BigInt(match?.[1] ?? '0') * unit;
}
