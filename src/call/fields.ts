/** What may stand at one place of a JSON body. */
export type Field =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'scalars' }
  | { readonly kind: 'labels' }
  | { readonly kind: 'anything' }
  | { readonly kind: 'one' | 'list' | 'map'; readonly shape: () => Shape };

/** The fields of one kind of JSON object. A `Map`, so that `__proto__` and its like are ordinary unknown names. */
export type Shape = ReadonlyMap<string, Field>;

const scalar: Field = { kind: 'scalar' };
const scalars: Field = { kind: 'scalars' };

/** An object whose members are named by the user and hold plain values. */
export const labels: Field = { kind: 'labels' };

/** User data or JSON without a fixed form: handed on as it is, and not walked. */
export const anything: Field = { kind: 'anything' };

type Inner = Shape | (() => Shape);

const later = (inner: Inner): (() => Shape) => (typeof inner === 'function' ? inner : () => inner);

export const one = (inner: Inner): Field => ({ kind: 'one', shape: later(inner) });
export const list = (inner: Inner): Field => ({ kind: 'list', shape: later(inner) });
export const mapOf = (inner: Inner): Field => ({ kind: 'map', shape: later(inner) });

/** `shape('id names[]', { schema: one(tableSchema) })`: plain values, lists of plain values, and what nests. */
export function shape(plain: string, nested: Readonly<Record<string, Field>> = {}): Shape {
  const names = plain.split(/\s+/).filter((name) => name !== '');
  const fields = names.map((name): [string, Field] =>
    name.endsWith('[]') ? [name.slice(0, -2), scalars] : [name, scalar],
  );
  return new Map([...fields, ...Object.entries(nested)]);
}

/** The fields of both; the second wins. */
export const extended = (base: Shape, more: Shape): Shape => new Map([...base, ...more]);
