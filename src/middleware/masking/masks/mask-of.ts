import type { KeyObject } from 'node:crypto';
import { assertNever } from '../../../sql/assert-never.ts';
import { GuardError } from '../../../errors.ts';
import type { AppliedMask, PlainMaskName } from '../../policy/mask-choice.ts';
import { keyFor } from '../keys/key-pads.ts';
import type { KeyVersions, MaskKeys } from '../keys/mask-keys.ts';
import { bucket } from './bucket.ts';
import { characterMask } from './character-mask.ts';
import { cryptoDeterministic } from './crypto-deterministic.ts';
import { cryptoHash } from './crypto-hash.ts';
import { dateShift } from './date-shift.ts';
import { defaultValue } from './default-value.ts';
import { deterministicKeyBytes } from './deterministic.ts';
import { emailMask } from './email-mask.ts';
import { firstFour } from './first-four.ts';
import { formatPreserving } from './format-preserving.ts';
import { lastFour } from './last-four.ts';
import type { Mask } from './mask.ts';
import { nullify } from './nullify.ts';
import { redact } from './redact.ts';
import { replace } from './replace.ts';
import { routine } from './routine.ts';
import { sha256 } from './sha256.ts';
import { suppressRecord } from './suppress-record.ts';
import { timePart } from './time-part.ts';

/** Masks without settings. */
export const masks: Readonly<Record<PlainMaskName, Mask>> = {
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
  readonly keys: MaskKeys;
  /** Known to this process alone. */
  readonly random: KeyObject | undefined;
  /** What is the same for all pages of one query and for no other. */
  readonly query: string;
}

/** For masks that the text of a query holds: it may hold no secret. */
export const noSecrets: MaskSecrets = { keys: new Map(), random: undefined, query: '' };

export function maskOf(choice: AppliedMask, secrets: MaskSecrets = noSecrets): Mask {
  if (isPlain(choice)) return masks[choice.with];
  const { keyAtSource } = choice;
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
      return cryptoHash({ keyAtSource, key: () => current(secrets, choice.key) });
    case 'randomHash':
      return cryptoHash({
        keyAtSource,
        key: () => randomKey(secrets, choice.key),
        prefix: `${secrets.query}\n`,
      });
    case 'cryptoDeterministic':
      return cryptoDeterministic(choice, () => deterministicVersions(secrets, choice.key));
    case 'formatPreserving':
      return formatPreserving(choice, () => current(secrets, choice.key));
    case 'dateShift':
      return dateShift(choice, () => keyFor('dateShift', current(secrets, choice.key)));
    default:
      return assertNever(choice);
  }
}

function isPlain(choice: AppliedMask): choice is Extract<AppliedMask, { readonly with: PlainMaskName }> {
  return choice.with in masks;
}

function randomKey(secrets: MaskSecrets, name: string | undefined): KeyObject {
  if (name !== undefined) return keyFor('randomHash', current(secrets, name));
  return secrets.random ?? unknown('of randomHash');
}

/** A policy that was taken over while the guard runs may put another key to a use that it does not fit. */
function deterministicVersions(secrets: MaskSecrets, name: string): KeyVersions {
  const versions = versionsOf(secrets, name);
  if (versions.every(({ secret }) => secret.symmetricKeySize === deterministicKeyBytes)) return versions;
  throw new GuardError(
    'ERR_CONFIG',
    `The key ${name} must have ${deterministicKeyBytes} bytes for cryptoDeterministic.`,
  );
}

const current = (secrets: MaskSecrets, name: string): KeyObject => versionsOf(secrets, name)[0].secret;

function versionsOf({ keys }: MaskSecrets, name: string): KeyVersions {
  return keys.get(name) ?? unknown(name);
}

function unknown(name: string): never {
  throw new GuardError('ERR_CONFIG', `The key ${name} of a mask is not known. Name it under keys.`);
}
