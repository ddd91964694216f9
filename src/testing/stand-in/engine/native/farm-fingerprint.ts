// FarmHash's Fingerprint64 (farmhashna::Hash64), which is what FARM_FINGERPRINT is defined as.
const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, places: bigint): bigint => wrap((value >> places) | (value << (64n - places)));
const mix = (value: bigint): bigint => value ^ (value >> 47n);

type Pair = readonly [bigint, bigint];
type Fetch = (offset: number) => bigint;

function hash16(u: bigint, v: bigint, mul: bigint): bigint {
  const a = mix(wrap((u ^ v) * mul));
  return wrap(mix(wrap((v ^ a) * mul)) * mul);
}

function hashTo16(view: DataView, fetch: Fetch, length: number): bigint {
  const mul = wrap(k2 + BigInt(length) * 2n);
  if (length >= 8) {
    const a = wrap(fetch(0) + k2);
    const b = fetch(length - 8);
    return hash16(wrap(rotate(b, 37n) * mul + a), wrap((rotate(a, 25n) + b) * mul), mul);
  }
  if (length >= 4) {
    const first = BigInt(view.getUint32(0, true));
    return hash16(BigInt(length) + (first << 3n), BigInt(view.getUint32(length - 4, true)), mul);
  }
  if (length === 0) return k2;
  const y = BigInt(view.getUint8(0) + (view.getUint8(length >> 1) << 8));
  const z = BigInt(length + (view.getUint8(length - 1) << 2));
  return wrap(mix(wrap(y * k2) ^ wrap(z * k0)) * k2);
}

function hashTo32(fetch: Fetch, length: number): bigint {
  const mul = wrap(k2 + BigInt(length) * 2n);
  const a = wrap(fetch(0) * k1);
  const b = fetch(8);
  const c = wrap(fetch(length - 8) * mul);
  const d = wrap(fetch(length - 16) * k2);
  return hash16(
    wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d),
    wrap(a + rotate(wrap(b + k2), 18n) + c),
    mul,
  );
}

function hashTo64(fetch: Fetch, length: number): bigint {
  const mul = wrap(k2 + BigInt(length) * 2n);
  const a = wrap(fetch(0) * k2);
  const b = fetch(8);
  const c = wrap(fetch(length - 8) * mul);
  const d = wrap(fetch(length - 16) * k2);
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  const z = hash16(y, wrap(a + rotate(wrap(b + k2), 18n) + c), mul);
  const e = wrap(fetch(16) * mul);
  const f = fetch(24);
  const g = wrap((y + fetch(length - 32)) * mul);
  const h = wrap((z + fetch(length - 24)) * mul);
  return hash16(
    wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h),
    wrap(e + rotate(wrap(f + a), 18n) + g),
    mul,
  );
}

function weakHash(fetch: Fetch, at: number, seedA: bigint, seedB: bigint): Pair {
  const z = fetch(at + 24);
  const first = wrap(seedA + fetch(at));
  const b = rotate(wrap(seedB + first + z), 21n);
  const a = wrap(first + fetch(at + 8) + fetch(at + 16));
  return [wrap(a + z), wrap(b + rotate(a, 44n) + first)];
}

interface State {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly v: Pair;
  readonly w: Pair;
}

/** One block of 64 bytes; `weight` is 9 in the last round and 1 before it. */
function round(state: State, fetch: Fetch, at: number, mul: bigint, weight: bigint): State {
  const x =
    wrap(rotate(wrap(state.x + state.y + state.v[0] + fetch(at + 8)), 37n) * mul) ^ wrap(state.w[1] * weight);
  const y = wrap(
    rotate(wrap(state.y + state.v[1] + fetch(at + 48)), 42n) * mul + state.v[0] * weight + fetch(at + 40),
  );
  const z = wrap(rotate(wrap(state.z + state.w[0]), 33n) * mul);
  const v = weakHash(fetch, at, wrap(state.v[1] * mul), wrap(x + state.w[0]));
  const w = weakHash(fetch, at + 32, wrap(z + state.w[1]), wrap(y + fetch(at + 16)));
  return { x: z, y, z: x, v, w };
}

function hashLong(fetch: Fetch, length: number): bigint {
  const seed = 81n;
  const y = wrap(seed * k1 + 113n);
  let state: State = {
    x: wrap(seed * k2 + fetch(0)),
    y,
    z: wrap(mix(wrap(y * k2 + 113n)) * k2),
    v: [0n, 0n],
    w: [0n, 0n],
  };
  const end = Math.floor((length - 1) / 64) * 64;
  for (let at = 0; at < end; at += 64) state = round(state, fetch, at, k1, 1n);
  const mul = wrap(k1 + ((state.z & 0xffn) << 1n));
  const w0 = wrap(state.w[0] + BigInt((length - 1) & 63));
  const v0 = wrap(state.v[0] + w0);
  const last: State = { ...state, v: [v0, state.v[1]], w: [wrap(w0 + v0), state.w[1]] };
  const { x, y: lastY, z, v, w } = round(last, fetch, end + ((length - 1) & 63) - 63, mul, 9n);
  return hash16(wrap(hash16(v[0], w[0], mul) + mix(lastY) * k0 + z), wrap(hash16(v[1], w[1], mul) + x), mul);
}

export function farmFingerprint(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fetch: Fetch = (offset) => view.getBigUint64(offset, true);
  const length = bytes.byteLength;
  return BigInt.asIntN(64, hashBytes(view, fetch, length));
}

function hashBytes(view: DataView, fetch: Fetch, length: number): bigint {
  if (length <= 16) return hashTo16(view, fetch, length);
  if (length <= 32) return hashTo32(fetch, length);
  return length <= 64 ? hashTo64(fetch, length) : hashLong(fetch, length);
}
