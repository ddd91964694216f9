import type { WireAnswer } from '../transport/official.ts';
import type { exchange as Exchange } from './exchange.ts';

let loaded: typeof Exchange | undefined;

/**
 * Takes a request through the guard, and loads what that needs at the first one: the table of all operations took
 * two thirds of the time that the import of this package added to that of the official client.
 */
export function exchangeLater(...parameters: Parameters<typeof Exchange>): Promise<WireAnswer> {
  return loaded === undefined ? loadFirst(parameters) : loaded(...parameters);
}

async function loadFirst(parameters: Parameters<typeof Exchange>): Promise<WireAnswer> {
  try {
    const { exchange } = await import('./exchange.ts');
    loaded = exchange;
    return await exchange(...parameters);
  } catch (error) {
    return { error, body: undefined, response: undefined };
  }
}
