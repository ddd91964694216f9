import type { KeyObject } from 'node:crypto';
import { assertNever } from '../../../sql/assert-never.ts';
import { GuardError } from '../../../errors.ts';
import type { MaskChoice, PlainMaskName } from '../../policy/mask-choice.ts';
import { bucket } from './bucket.ts';
import { characterMask } from './character-mask.ts';
import { defaultValue } from './default-value.ts';
import { emailMask } from './email-mask.ts';
import { firstFour } from './first-four.ts';
import { keyedHash } from './keyed-hash.ts';
import { lastFour } from './last-four.ts';
import type { Mask } from './mask.ts';
import { nullify } from './nullify.ts';
import { redact } from './redact.ts';
import { replace } from './replace.ts';
import { routine } from './routine.ts';
import { sha256 } from './sha256.ts';
import { suppressRecord } from './suppress-record.ts';
import { timePart } from './time-part.ts';

/** Masks without settings that need no key. */
export const masks: Readonly<Record<Exclude<PlainMaskName, 'randomHash'>, Mask>> = {
  nullify,
  defaultValue,
  sha256,
  firstFour,
  lastFour,
  emailMask,
  dateYear: timePart('YEAR'),
  redact,
  suppressRecord,
};

/** What keyed masks need. Keys come prepared, and are in no text, record or error. */
export interface MaskSecrets {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Known to this process alone. */
  readonly random: KeyObject | undefined;
  /** What is the same for all pages of one query and for no other. */
  readonly query: string;
}

/** For masks that the text of a query holds: it may hold no secret. */
const noSecrets: MaskSecrets = { keys: new Map(), random: undefined, query: '' };

export function maskOf(choice: MaskChoice, secrets: MaskSecrets = noSecrets): Mask {
  if (isPlain(choice)) return masks[choice.with];
  switch (choice.with) {
    case 'replace':
      return replace(choice.value);
    case 'characterMask':
      return characterMask(choice);
    case 'bucket':
      return bucket(choice.size);
    case 'timePart':
      return timePart(choice.part);
    case 'routine':
      return routine(choice.routine);
    case 'cryptoHash':
      return keyedHash(known(secrets.keys.get(choice.key), choice.key));
    case 'randomHash':
      return keyedHash(known(secrets.random, 'of randomHash'), `${secrets.query}\n`);
    default:
      return assertNever(choice);
  }
}

function isPlain(choice: MaskChoice): choice is Extract<MaskChoice, { readonly with: keyof typeof masks }> {
  return choice.with in masks;
}

function known(key: KeyObject | undefined, name: string): KeyObject {
  if (key !== undefined) return key;
  throw new GuardError('ERR_CONFIG', `The key ${name} of a mask is not known. Name it under keys.`);
}
