import { GuardError } from '../errors.ts';

/** Ends a switch over all members of a union: a new member becomes a compile error here. */
export function assertNever(value: never): never {
  throw new GuardError('ERR_INTERNAL', `A node of a kind that is not handled: ${JSON.stringify(value)}`);
}
