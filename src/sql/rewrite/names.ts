import { freshName } from './identifier.ts';

/** Gives names that nothing in the text has. */
export interface Names {
  /** For use inside of one subquery, whose neighbours may use it, too. */
  within(wanted: string): string;
  /** For what can be seen from outside of it. */
  everywhere(wanted: string): string;
}

/** `taken` are the names in the text, `columns` those of the table, all in lower case. */
export function namesFor(taken: Set<string>, columns: ReadonlySet<string>): Names {
  const own = new Set(columns);
  const newName = (wanted: string): string => {
    const name = freshName(wanted, (each) => taken.has(each) || own.has(each));
    own.add(name.toLowerCase());
    return name;
  };
  return {
    within: newName,
    everywhere(wanted) {
      const name = newName(wanted);
      taken.add(name.toLowerCase());
      return name;
    },
  };
}
