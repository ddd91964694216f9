/**
 * Keeps the last thing that was made for a key, and gives it again for as long as it would be made from the very same
 * things.
 */
export function kept<Value>(): (key: object, from: readonly unknown[], make: () => Value) => Value {
  const last = new WeakMap<object, { readonly from: readonly unknown[]; readonly value: Value }>();
  return (key, from, make) => {
    const known = last.get(key);
    if (known !== undefined && sameThings(known.from, from)) return known.value;
    const value = make();
    last.set(key, { from, value });
    return value;
  };
}

function sameThings(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
