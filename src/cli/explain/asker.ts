import { GuardError } from '../../errors.ts';
import { parseBytes } from '../../middleware/policy/byte-size.ts';
import type { Asker } from '../../middleware/rehearsal/rehearse.ts';
import type { PrincipalSettings } from '../../config/guard-file.ts';

export interface AskerOptions {
  readonly principal?: string;
  readonly groups?: string;
  readonly agent?: string;
  readonly bytes?: string;
}

/** Who is asked for: by the options, else the principal of the file. */
export function askerOf(options: AskerOptions, fallback: PrincipalSettings | undefined): Asker {
  const named = options.principal ?? options.groups;
  const { id, groups } =
    named === undefined
      ? (fallback ?? { id: 'anonymous', groups: [] })
      : { id: options.principal ?? fallback?.id ?? 'anonymous', groups: listOf(options.groups) };
  return {
    principal: { id, groups, delegation: [], verified: true },
    agent: options.agent === undefined ? undefined : { name: options.agent },
  };
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

export function bytesOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const bytes = parseBytes(text);
  if (bytes === undefined)
    throw new GuardError('ERR_CONFIG', `${text} is no size. Write a whole number and a unit: 10 GiB.`);
  return bytes;
}
