import type { PolicyDocument } from '../policy/document.ts';
import { bytesText, leastPerTable } from './bytes.ts';

/** What a policy states that is allowed and can hardly be meant. */
export function limitWarnings({ limits, budgets = [] }: PolicyDocument): readonly string[] {
  return [
    ...limits.flatMap(({ name, maximumBytesBilled: bytes }) =>
      small(bytes)
        ? [`limit ${name} of ${bytesText(bytes)} refuses every join: BigQuery bills 10 MiB for each table`]
        : [],
    ),
    ...budgets.flatMap(({ name, bytes }) =>
      small(bytes)
        ? [
            `budget ${name} of ${bytesText(bytes)} is used up by one query: BigQuery bills 10 MiB for each table`,
          ]
        : [],
    ),
  ];
}

function small(bytes: bigint | undefined): bytes is bigint {
  return bytes !== undefined && bytes < 2n * leastPerTable;
}
