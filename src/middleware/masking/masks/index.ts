import type { MaskName } from '../../policy/decision.ts';
import { defaultValue } from './default-value.ts';
import { emailMask } from './email-mask.ts';
import { lastFour } from './last-four.ts';
import type { Mask } from './mask.ts';
import { nullify } from './nullify.ts';
import { sha256 } from './sha256.ts';

export const masks: Readonly<Record<MaskName, Mask>> = { nullify, defaultValue, sha256, lastFour, emailMask };

export type { Mask, ScalarType } from './mask.ts';
