import { wrapHidden } from './hidden.ts';

/**
 * The official client reports a refused streaming insert as a `response`, so that lost rows look written. Here
 * it is an error of the stream. Rows that BigQuery names as faulty are already reported so by the client itself.
 */
export function surfaceInsertErrors(table: object, stream: unknown): void {
  const queue: unknown = Reflect.get(table, 'rowQueue');
  if (typeof queue !== 'object' || queue === null || !isDestroyable(stream)) return;
  wrapHidden(queue, 'add', (add, [row, callback]) =>
    add([
      row,
      (error: unknown, response: unknown) => {
        if (typeof callback === 'function') Reflect.apply(callback, undefined, [error, response]);
        if (error instanceof Error && error.name !== 'PartialFailureError') stream.destroy(error);
      },
    ]),
  );
}

function isDestroyable(value: unknown): value is { destroy(error: Error): void } {
  return (
    typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function'
  );
}
