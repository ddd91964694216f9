import { NotPlain, type Cursor } from './cursor.ts';

/** How deep collections may lie within each other. */
export const deepest = 50;

const escapes = /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/;
const singleQuoted = /'(?:[^'\n]|'')*'/y;
const doubleQuoted = /"(?:[^"\\\n]|\\.)*"/y;

/** Takes what the sticky pattern matches. */
export function take(pattern: RegExp, cursor: Cursor): string {
  const { text, at } = cursor;
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw new NotPlain();
  cursor.at = pattern.lastIndex;
  return text.slice(at, cursor.at);
}

/** In quotes, on one line. Of the escapes only those that JSON has, too. */
export function readQuoted(cursor: Cursor): string {
  if (cursor.text[cursor.at] === "'") {
    const content = take(singleQuoted, cursor).slice(1, -1);
    return content.includes("''") ? content.replaceAll("''", "'") : content;
  }
  const quoted = take(doubleQuoted, cursor);
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  if (escapes.test(quoted)) throw new NotPlain();
  const value: unknown = JSON.parse(quoted);
  return String(value);
}

const mayBeOther = /^[-+.\d~]|^(?:null|true|false)$/i;
const whole = /^-?(?:0|[1-9]\d{0,14})$/;
const fraction = /^-?(?:0|[1-9]\d{0,9})\.\d{1,9}$/;
const otherNumber =
  /^(?:[-+]?\d+|0o[0-7]+|0x[\da-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|[-+]?\.inf|\.nan)$/i;

/** What a scalar without quotes means by the core schema of YAML 1.2. */
export function resolveScalar(text: string): string | number | boolean | null {
  if (!mayBeOther.test(text)) return text;
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null' || text === '~') return null;
  if (whole.test(text) || fraction.test(text)) return Number(text);
  if (otherNumber.test(text) || /^(?:null|true|false)$/i.test(text)) throw new NotPlain();
  return text;
}

const plainKey = /\w[\w.@/-]*/y;

/** Without the colon behind it. */
export function readKey(cursor: Cursor): string {
  if (isQuote(cursor)) return readQuoted(cursor);
  const key = take(plainKey, cursor);
  if (resolveScalar(key) !== key) throw new NotPlain();
  return key;
}

export function isQuote({ text, at }: Cursor): boolean {
  const character = text[at];
  return character === '"' || character === "'";
}

export function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '<<' || target[key] !== undefined) throw new NotPlain();
  target[key] = value;
}
