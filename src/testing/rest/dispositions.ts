import type { JsonObject } from '../../call/json.ts';
import type { CreateDisposition, WriteDisposition } from '../stand-in/engine/engine.ts';
import { textAt } from './fields.ts';
import { invalid } from './rest-error.ts';

export interface Dispositions {
  readonly writeDisposition: WriteDisposition;
  readonly createDisposition: CreateDisposition;
}

/** Queries and copies write to empty tables unless told otherwise, loads append. */
export function readDispositions(source: JsonObject, initial: WriteDisposition): Dispositions {
  return {
    writeDisposition: readWrite(textAt(source, 'writeDisposition') ?? initial),
    createDisposition: readCreate(textAt(source, 'createDisposition') ?? 'CREATE_IF_NEEDED'),
  };
}

function readWrite(text: string): WriteDisposition {
  if (text === 'WRITE_EMPTY' || text === 'WRITE_APPEND' || text === 'WRITE_TRUNCATE') return text;
  throw invalid(`Invalid value for writeDisposition: ${text}`);
}

function readCreate(text: string): CreateDisposition {
  if (text === 'CREATE_IF_NEEDED' || text === 'CREATE_NEVER') return text;
  throw invalid(`Invalid value for createDisposition: ${text}`);
}
