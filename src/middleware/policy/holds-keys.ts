import { keyDatasetOf } from './applied-mask.ts';
import { lex } from '../../sql/lexer/index.ts';
import type { AccessPair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Subject } from './subject.ts';

/**
 * Whether the object lies in the dataset of keys, or is it. A dataset of that name is closed in every project, since a
 * project can also be named by its number.
 */
export function holdsKeys(
  { document: { keyDataset, project } }: Pick<CompiledPolicy, 'document'>,
  { object }: Pick<AccessPair, 'object'>,
): boolean {
  if (keyDataset === undefined || !('dataset' in object)) return false;
  return object.dataset.toLowerCase() === keyDatasetOf(keyDataset, project).dataset.toLowerCase();
}

/**
 * Statements about whole datasets, roles and capacity are judged as changes of the project, whatever they name. Where
 * one of them has the name of the dataset of keys anywhere in its text, it is as good as changing that.
 */
export function withKeys(
  { document: { keyDataset, project } }: Pick<CompiledPolicy, 'document'>,
  { pairs, analysis }: Pick<Subject, 'pairs' | 'analysis'>,
): readonly AccessPair[] {
  const wide = pairs.find(({ object }) => object.kind === 'project');
  if (keyDataset === undefined || analysis === undefined || wide === undefined) return pairs;
  const named = keyDatasetOf(keyDataset, project);
  const name = named.dataset.toLowerCase();
  const isNamed = lex(analysis.text).tokens.some(({ value }) => value.toLowerCase().includes(name));
  return isNamed ? [...pairs, { ...wide, object: { kind: 'dataset', ...named } }] : pairs;
}
