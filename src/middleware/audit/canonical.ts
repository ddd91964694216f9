import { hash } from 'node:crypto';
import { GuardError } from '../../errors.ts';

/**
 * RFC 8785 JSON. Halves of surrogate pairs, which are no Unicode, become U+FFFD as they do on the wire; what
 * JSON cannot hold (cycles, bigint, NaN) is an error of whoever recorded it.
 */
export function canonicalText(value: unknown): string {
  try {
    return textOf(value, []) ?? 'null';
  } catch {
    return repairedText(value);
  }
}

/** A member's name that is no Unicode has its place by what becomes of it. */
function repairedText(value: unknown): string {
  try {
    return textOf(wellFormed(value, []), []) ?? 'null';
  } catch (cause) {
    throw new GuardError(
      'ERR_MIDDLEWARE',
      'An audit event holds something that JSON cannot hold (a cycle, a bigint, NaN or Infinity). The call was refused. Give the event plain JSON values.',
      { cause, reasons: [{ rule: 'audit', message: 'event is no JSON' }] },
    );
  }
}

function wellFormed(value: unknown, above: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) throw new TypeError('a cycle');
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item) => wellFormed(item, path));
  // fromEntries defines members, so a member named __proto__ stays one.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member, path)]),
  );
}

/** `undefined` for what JSON leaves out. `above` holds the values around this one, to find cycles. */
function textOf(value: unknown, above: object[]): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object') return value === null ? 'null' : objectText(value, above);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') throw new TypeError('a bigint');
  return undefined;
}

/** Anything but characters that are written as they read. Looking first is faster than quoting. */
const special = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function quoted(text: string): string {
  return special.test(text) ? JSON.stringify(text.toWellFormed()) : `"${text}"`;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('no number');
  return `${value}`;
}

function objectText(value: object, above: object[]): string | undefined {
  if (above.includes(value)) throw new TypeError('a cycle');
  above.push(value);
  const text = Array.isArray(value) ? listText(value, above) : recordText(value, above);
  above.pop();
  return text;
}

function listText(items: readonly unknown[], above: object[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ',';
    text += textOf(items[index], above) ?? 'null';
  }
  return `${text}]`;
}

function recordText(value: object, above: object[]): string | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function') return textOf(value.toJSON(), above);
  const members: Readonly<Record<string, unknown>> = { ...value };
  let text = '';
  for (const name of inOrder(Object.keys(members))) {
    const member = textOf(members[name], above);
    if (member === undefined) continue;
    text += text === '' ? label(name) + member : `,${label(name)}${member}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units, as RFC 8785 wants it. Many objects have their names in order. */
function inOrder(names: string[]): string[] {
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index] ?? '') < (names[index - 1] ?? '')) return names.toSorted();
  }
  return names;
}

/** Names come again and again; those of the first few thousand are kept as they are written. */
const labels = new Map<string, string>();

function label(name: string): string {
  const known = labels.get(name);
  if (known !== undefined) return known;
  if (!name.isWellFormed()) throw new TypeError('a name that is no Unicode');
  const text = `${quoted(name)}:`;
  if (labels.size < 4096 && name.length < 64) labels.set(name, text);
  return text;
}

export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** SHA-256, hex, over RFC 8785 JSON. */
export function digestOf(value: unknown): string {
  return sha256(canonicalText(value));
}
