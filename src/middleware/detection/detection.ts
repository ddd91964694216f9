import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware } from '../../call/middleware.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import { noteOutcome } from '../audit/record.ts';
import { detectorsKey } from '../policy/detectors.ts';
import { tablesKey } from '../policy/subject.ts';
import { fieldsOfAnswer, fieldsOfCatalog, type Field } from './field.ts';
import { noFindings, type Findings } from './findings.ts';
import { searchAnswer, searchError } from './search-answer.ts';
import { searchFor } from './search.ts';

/**
 * Searches answers, page by page, for what the detectors of the policy look for. It stands outside of `masking`, so that
 * it sees what the caller would get.
 */
export function detection(): Middleware {
  return {
    name: 'detection',
    async handle(call, context, next) {
      const search = searchFor(context.get(detectorsKey));
      if (search === undefined) return next(call);
      const findings = noFindings();
      const searching = { search, findings };
      let result: Result;
      try {
        result = await next(call);
      } catch (error) {
        const searched = searchError(error, searching);
        note(context, findings);
        throw searched;
      }
      const body = searchAnswer(result.body, fieldsOf(call, context, result), searching);
      note(context, findings);
      refuseFound(call, findings);
      return body === result.body ? result : { ...result, body };
    },
  };
}

function note(context: Context, { counts }: Findings): void {
  if (counts.size > 0) noteOutcome(context, { detected: Object.fromEntries(counts) });
}

/** Rows without a query come without a schema; they have that of their table. */
function fieldsOf(call: Call, context: Context, { body }: Result): readonly Field[] {
  if (call.operation !== 'tabledata.list') return fieldsOfAnswer(body);
  const [table] = context.get(tablesKey);
  const { selectedFields } = call.query;
  if (table === undefined) return [];
  if (selectedFields === undefined || selectedFields === '') return fieldsOfCatalog(table.columns);
  const names = String(selectedFields)
    .split(',')
    .map((name) => name.trim().toLowerCase());
  // Of a record of which only some fields come, the others have other places.
  if (names.some((name) => name.includes('.'))) return [];
  return fieldsOfCatalog(table.columns.filter(({ name }) => names.includes(name.toLowerCase())));
}

function refuseFound(call: Call, { refused }: Findings): void {
  const reasons = [...refused].map(([rule, kinds]) => ({
    rule,
    message: `The answer holds what must not be handed out: ${[...kinds].toSorted().join(', ')}.`,
  }));
  const [first] = reasons;
  if (first === undefined) return;
  throw new GuardError(
    'ERR_POLICY_DENIED',
    `The answer was not handed out. ${reasons.map(({ rule, message }) => `${rule}: ${message}`).join(' ')} Leave out the columns or rows that hold it.`,
    { callId: call.id, reasons },
  );
}
