import { padsId, padsTable } from '../masking/keys/key-pads.ts';
import type { MaskRule, PolicyDocument } from './document.ts';
import type { AppliedMask, KeyAtSource, MaskChoice } from './mask-choice.ts';
import { namePattern } from './names.ts';

/** A mask of the policy, with what lets BigQuery compute it where there is any. */
export function appliedMask(document: PolicyDocument, rule: MaskRule): AppliedMask {
  const {
    name: _name,
    tags: _tags,
    except: _except,
    acceptGuessable: _guessable,
    allowFullScan: _scan,
    ...choice
  } = rule;
  const keyAtSource = keyAtSourceOf(document, choice);
  return keyAtSource === undefined ? choice : { ...choice, keyAtSource };
}

function keyAtSourceOf(
  { keys = {}, keyDataset, project }: PolicyDocument,
  choice: MaskChoice,
): KeyAtSource | undefined {
  if (!('key' in choice) || choice.key === undefined || choice.with === 'formatPreserving') return undefined;
  const key = keys[choice.key];
  if (key === undefined) return undefined;
  if (choice.with === 'cryptoDeterministic') {
    const { wrapped } = key;
    return wrapped && { kind: 'kms', resource: wrapped.kms, keyset: wrapped.keyset };
  }
  if (keyDataset === undefined) return undefined;
  const table = padsTable(keyDatasetOf(keyDataset, project));
  return { kind: 'pads', table, id: padsId(choice.with, choice.key, key.current) };
}

/** `dataset`, or `project:dataset`. */
export function keyDatasetOf(
  text: string,
  project: string,
): { readonly project: string; readonly dataset: string } {
  const { project: owner, pattern } = namePattern(text, project);
  return { project: owner, dataset: pattern };
}
