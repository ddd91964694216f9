const ofEveryClass = new Set<PropertyKey>(['prototype', 'name', 'length']);

/**
 * Joins the static side of the guarded class with the official one. The official code calls its statics by its own
 * name for the class, so what is put on ours must arrive there.
 */
export function forwardStatics<Class extends object>(guarded: Class, official: object): Class {
  const forwarded = new Set(Reflect.ownKeys(official).filter((name) => !ofEveryClass.has(name)));
  const home = (name: PropertyKey, target: object): object => (isForwarded(name) ? official : target);
  const isForwarded = (name: PropertyKey): boolean => forwarded.has(toKey(name));
  const proxy: Class = new Proxy(guarded, {
    get: (target, name, receiver): unknown =>
      isForwarded(name) ? Reflect.get(official, name) : Reflect.get(target, name, receiver),
    // A subclass inherits this trap; what it sets is its own.
    set: (target, name, value, receiver) =>
      isForwarded(name) && receiver === proxy
        ? Reflect.set(official, name, value)
        : Reflect.set(target, name, value, receiver),
    defineProperty: (target, name, descriptor) =>
      Reflect.defineProperty(home(name, target), name, descriptor),
    deleteProperty: (target, name) => Reflect.deleteProperty(home(name, target), name),
    getOwnPropertyDescriptor: (target, name) => Reflect.getOwnPropertyDescriptor(home(name, target), name),
    ownKeys: (target) => [
      ...new Set([...Reflect.ownKeys(target), ...Reflect.ownKeys(official).filter(isForwarded)]),
    ],
  });
  return proxy;
}

const toKey = (name: PropertyKey): string | symbol => (typeof name === 'number' ? String(name) : name);
