import type { EngineResult } from '../engine.ts';
import type { TableId } from '../table.ts';

export type Operation = NonNullable<EngineResult['ddlOperation']>;

export function done(statementType: string, ddlOperation: Operation, ddlTarget?: TableId): EngineResult {
  return {
    statementType,
    rows: [],
    ddlOperation,
    ...(ddlTarget === undefined ? {} : { ddlTarget }),
    totalBytesProcessed: 0,
    referencedTables: [],
  };
}
