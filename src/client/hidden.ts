/** Gives an object a member that its keys do not show, as the official client's objects have no such key. */
export function defineHidden(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

type Parameters = readonly unknown[];

/** Runs the wrapped method, with the parameters that came or with others. */
type Proceed = (parameters?: Parameters) => unknown;

type Wrap = (proceed: Proceed, parameters: Parameters) => unknown;

/**
 * Wraps a method of one object or of a prototype. An inherited one is looked up at each call, so that what tests
 * put in its place on the official prototype is still called.
 */
export function wrapInherited(target: object, name: string, wrap: Wrap): void {
  defineHidden(
    target,
    name,
    around(() => Reflect.get(Object.getPrototypeOf(target), name), wrap),
  );
}

/** Wraps a method that an object has now, its own or not, and shows no key for it. */
export function wrapHidden(target: object, name: string, wrap: Wrap): void {
  const original: unknown = Reflect.get(target, name);
  defineHidden(
    target,
    name,
    around(() => original, wrap),
  );
}

/** Wraps a method that the official client keeps as a property of each object, and leaves it such a property. */
export function wrapOwn(target: object, name: string, wrap: Wrap): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original === 'function')
    Reflect.set(
      target,
      name,
      around(() => original, wrap),
    );
}

function around(original: () => unknown, wrap: Wrap): (this: object, ...parameters: Parameters) => unknown {
  return function (...came) {
    const proceed: Proceed = (parameters = came) => {
      const method = original();
      return typeof method === 'function' ? Reflect.apply(method, this, parameters) : undefined;
    };
    return wrap(proceed, came);
  };
}
