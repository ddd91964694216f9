import type { Call } from '../../call/call.ts';
import { GuardError } from '../../errors.ts';
import type { JobRecord } from '../policy/job-registry.ts';
import type { OutputCopies } from './output-copies.ts';

/** Of the anonymous table of a job's result, the columns that `selectedFields` leaves; they keep their order. */
export function selectedCopies(call: Call, { outputs = [], copies }: JobRecord): OutputCopies {
  const { selectedFields } = call.query;
  if (copies.length === 0 || selectedFields === undefined || selectedFields === '') return copies;
  const names = String(selectedFields)
    .split(',')
    .map((name) => name.trim().toLowerCase());
  // A column without a name gets one from BigQuery, and one of a field within a record changes the record.
  if (outputs.some(({ name }) => name === '') || names.some((name) => name.includes('.')))
    throw unselectable(call);
  return copies.filter((_copy, index) => names.includes(outputs[index]?.name.toLowerCase() ?? ''));
}

function unselectable(call: Call): GuardError {
  return new GuardError(
    'ERR_POLICY_DENIED',
    'selectedFields cannot be used here: columns of this result are masked, and not every column can be told by its name. Read whole rows.',
    { callId: call.id, reasons: [{ rule: 'masking', message: 'fields of this result cannot be selected' }] },
  );
}
