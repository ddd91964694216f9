import type { ObjectName } from '../../sql/catalog.ts';
import type { Judged } from './judge-rule.ts';

/** Whether the rule lets the views and routines that it opens show masked columns as they are. */
export function trusts({ rule: { source }, outcome }: Judged): boolean {
  return outcome === 'holds' && source.effect !== 'deny' && source.trusted === true;
}

/** What such rules open of the call. A table among them changes nothing: nothing is read through it. */
export function trustedObjects(judged: readonly Judged[]): readonly ObjectName[] {
  return judged
    .filter(trusts)
    .flatMap(({ covers }) =>
      [...covers].flatMap(({ operation, object }) =>
        operation === 'read' && object.kind === 'table'
          ? [{ project: object.project, dataset: object.dataset, name: object.table }]
          : [],
      ),
    );
}
