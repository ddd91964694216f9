import { assertNever } from '../../../../sql/assert-never.ts';

/** JSON with numbers as written and members in order, which `JSON.parse` does not keep. */
export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonNode> };

const nesting = 500;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON allows no control character in a string.
const quoted = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blank = /[ \t\n\r]*/y;

export function parseJson(source: string): JsonNode {
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function skip(): string {
    take(blank);
    return source[at] ?? '';
  }

  function expect(character: string): void {
    if (skip() !== character) throw syntax();
    at += 1;
  }

  function syntax(): Error {
    return new Error(`syntax error while parsing value at offset ${at}`);
  }

  function word(letters: string, meaning: JsonNode): JsonNode {
    if (!source.startsWith(letters, at)) throw syntax();
    at += letters.length;
    return meaning;
  }

  function string(): string {
    skip();
    const found = take(quoted);
    if (found === undefined) throw syntax();
    return String(JSON.parse(found));
  }

  function array(depth: number): JsonNode {
    expect('[');
    const items: JsonNode[] = [];
    if (skip() !== ']') {
      do items.push(node(depth + 1));
      while (comma());
    }
    expect(']');
    return { kind: 'array', items };
  }

  function object(depth: number): JsonNode {
    expect('{');
    const members = new Map<string, JsonNode>();
    if (skip() !== '}') {
      do {
        const key = string();
        expect(':');
        const member = node(depth + 1);
        // Of two members with one name BigQuery keeps the first.
        if (!members.has(key)) members.set(key, member);
      } while (comma());
    }
    expect('}');
    return { kind: 'object', members };
  }

  function comma(): boolean {
    if (skip() !== ',') return false;
    at += 1;
    return true;
  }

  function node(depth: number): JsonNode {
    if (depth > nesting) throw new Error('Max nesting of JSON is 500');
    const next = skip();
    if (next === '{') return object(depth);
    if (next === '[') return array(depth);
    if (next === '"') return { kind: 'string', value: string() };
    if (next === 't') return word('true', { kind: 'boolean', value: true });
    if (next === 'f') return word('false', { kind: 'boolean', value: false });
    if (next === 'n') return word('null', { kind: 'null' });
    const digits = take(number);
    if (digits === undefined) throw syntax();
    return { kind: 'number', text: digits };
  }

  const root = node(0);
  if (skip() !== '') throw syntax();
  return root;
}

export function printJson(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return JSON.stringify(node.value);
    case 'array':
      return `[${node.items.map(printJson).join(',')}]`;
    case 'object':
      return `{${[...node.members].map(([key, value]) => `${JSON.stringify(key)}:${printJson(value)}`).join(',')}}`;
    default:
      return assertNever(node);
  }
}

/** Two-space indentation, a space after the colon. */
export function prettyJson(node: JsonNode, indent = ''): string {
  const inner = `${indent}  `;
  if (node.kind === 'array' && node.items.length > 0) {
    return `[\n${node.items.map((item) => inner + prettyJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (node.kind === 'object' && node.members.size > 0) {
    const members = [...node.members].map(
      ([key, value]) => `${inner}${JSON.stringify(key)}: ${prettyJson(value, inner)}`,
    );
    return `{\n${members.join(',\n')}\n${indent}}`;
  }
  return printJson(node);
}

/** The form in which a JSON value is stored: members sorted, numbers as an integer or a double has them. */
export function normalJson(node: JsonNode, round: boolean): JsonNode {
  switch (node.kind) {
    case 'array':
      return { kind: 'array', items: node.items.map((item) => normalJson(item, round)) };
    case 'object': {
      const entries = [...node.members].map(([key, value]) => [key, normalJson(value, round)] as const);
      return {
        kind: 'object',
        members: new Map(entries.toSorted(([left], [right]) => compareBytes(left, right))),
      };
    }
    case 'number':
      return { kind: 'number', text: normalNumber(node.text, round) };
    case 'null':
    case 'boolean':
    case 'string':
      return node;
    default:
      return assertNever(node);
  }
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function normalNumber(digits: string, round: boolean): string {
  if (/^-?[0-9]+$/.test(digits)) {
    const value = BigInt(digits);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value === 0n ? '0' : digits;
  }
  const value = Number(digits);
  if (!round && !sameNumber(digits, value)) {
    throw new Error(`Input number: ${digits} cannot round-trip through string representation`);
  }
  return doubleText(value);
}

function sameNumber(digits: string, value: number): boolean {
  return Number.isFinite(value) && canonical(digits) === canonical(value.toString());
}

/** Significant digits and exponent, to compare two spellings of a number. */
function canonical(digits: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(digits) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const significant = all.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + all.length - significant.length}`;
}

function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text.replace(/e([+-])([0-9])$/, 'e$10$2');
}
