/** BigQuery's error reasons that the engine uses. */
export type EngineErrorReason =
  | 'invalidQuery'
  | 'invalid'
  | 'notFound'
  | 'duplicate'
  | 'notImplemented'
  | 'resourceInUse'
  | 'stopped'
  | 'internalError';

/** What the engine throws: BigQuery's reason, a message in BigQuery's words, and where in the request it is. */
export class EngineError extends Error {
  readonly reason: EngineErrorReason;
  readonly location: string | undefined;

  constructor(reason: EngineErrorReason, message: string, location?: string) {
    super(message);
    this.name = 'EngineError';
    this.reason = reason;
    this.location = location;
  }
}

/** A construct of BigQuery that the stand-in does not have: said aloud, never answered approximately. */
export function unsupported(feature: string): EngineError {
  return new EngineError('notImplemented', `The stand-in does not support ${feature}`);
}

export function invalidQuery(message: string): EngineError {
  return new EngineError('invalidQuery', message, 'query');
}
