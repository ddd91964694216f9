import { createHash } from 'node:crypto';
import { farmFingerprint } from './farm-fingerprint.ts';
import { native, type Native } from './native.ts';
import { substringStart } from './text.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

const digest =
  (algorithm: string) =>
  (value: Uint8Array): Uint8Array =>
    createHash(algorithm).update(value).digest();

function fromHex(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(text)) throw new Error(`Failed to decode invalid hexadecimal string: ${text}`);
  return Buffer.from(text.length % 2 === 1 ? `0${text}` : text, 'hex');
}

function fromBase64(text: string): Uint8Array {
  const compact = text.replaceAll(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.replaceAll('=', '').length % 4 === 1) {
    throw new Error('Failed to decode invalid base64 string');
  }
  return Buffer.from(compact, 'base64');
}

function decode(value: Uint8Array): string {
  try {
    return strict.decode(value);
  } catch {
    throw new Error('Invalid UTF-8 in CAST of BYTES to STRING');
  }
}

function subBytes(value: Uint8Array, position: bigint, length: bigint): Uint8Array {
  if (length < 0n) throw new Error('Third argument in SUBSTR() cannot be negative');
  const start = substringStart(Number(position), value.length);
  return value.subarray(start, start + Number(length));
}

export const bytesNatives: readonly Native[] = [
  native('md5', ['BLOB'], 'BLOB', digest('md5')),
  native('sha1', ['BLOB'], 'BLOB', digest('sha1')),
  native('sha256', ['BLOB'], 'BLOB', digest('sha256')),
  native('sha512', ['BLOB'], 'BLOB', digest('sha512')),
  native('farm_fingerprint', ['BLOB'], 'BIGINT', farmFingerprint),
  native('to_hex', ['BLOB'], 'VARCHAR', (value) => Buffer.from(value).toString('hex')),
  native('from_hex', ['VARCHAR'], 'BLOB', fromHex),
  native('to_base64', ['BLOB'], 'VARCHAR', (value) => Buffer.from(value).toString('base64')),
  native('from_base64', ['VARCHAR'], 'BLOB', fromBase64),
  native('decode', ['BLOB'], 'VARCHAR', decode),
  native('decode_lenient', ['BLOB'], 'VARCHAR', (value) => lenient.decode(value)),
  native('sub_bytes', ['BLOB', 'BIGINT', 'BIGINT'], 'BLOB', subBytes),
  native('reverse_bytes', ['BLOB'], 'BLOB', (value) => value.toReversed()),
  native('bytes_length', ['BLOB'], 'BIGINT', (value) => BigInt(value.length)),
  native('bytes_code_points', ['BLOB'], 'BIGINT[]', (value) => [...value].map((byte) => BigInt(byte))),
  native('code_points_bytes', ['BIGINT[]'], 'BLOB', (codes) =>
    Uint8Array.from(
      codes.map((code) => {
        if (code === null || code < 0n || code > 255n) throw new Error('Invalid extended ASCII code point');
        return Number(code);
      }),
    ),
  ),
  native('to_base32', ['BLOB'], 'VARCHAR', toBase32),
];

function toBase32(value: Uint8Array): string {
  const bits = [...value].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const text = groups
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}
