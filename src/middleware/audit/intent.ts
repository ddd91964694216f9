import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject } from '../../call/json.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { CallStarted } from './events/call-started.ts';
import { recordedParameters, type ParameterForm } from './parameters.ts';
import { fullText, hashedText, type Detail } from './recorded-text.ts';
import type { RecordedText } from './events/definition.ts';

/** What of a call is recorded, and how much of it. */
export interface IntentForm {
  readonly prompts: Detail;
  readonly parameters: ParameterForm;
  readonly textLimit: number;
}

/** What the caller asks for: the data of `call.started`. */
export function intentOf(call: Call, context: Context, form: IntentForm): CallStarted {
  const about = {
    operation: call.operation,
    class: call.class,
    project: call.project,
    ids: { ...call.ids },
    ...(context.account !== undefined && { account: context.account }),
  };
  if (isFollowUp(call)) return { ...about, followUp: true };
  const prompt = promptText(context.session?.prompt, form);
  return {
    ...about,
    ...unknownMethod(call, form),
    ...statement(call, form),
    ...location(call),
    ...(call.upload === undefined ? {} : { upload: call.upload.contentType }),
    ...(prompt === undefined ? {} : { prompt: { hash: prompt.hash, bytes: prompt.bytes } }),
  };
}

/** Polls, further pages and cancelling belong to a job that has its own record. */
export function isFollowUp(call: Call): boolean {
  return ['jobs.get', 'jobs.getQueryResults', 'jobs.cancel'].includes(call.operation);
}

export function promptText(prompt: string | undefined, form: IntentForm): RecordedText | undefined {
  if (prompt === undefined || form.prompts === 'none') return undefined;
  return form.prompts === 'hash' ? hashedText(prompt) : fullText(prompt, form.textLimit);
}

function unknownMethod(call: Call, form: IntentForm): Pick<CallStarted, 'method' | 'path'> {
  if (call.class !== 'unknown') return {};
  return { method: call.method, path: call.path.slice(0, form.textLimit) };
}

function statement(call: Call, form: IntentForm): Partial<CallStarted> {
  const request = queryRequest(call);
  if (request === undefined) return {};
  const parameters = recordedParameters(request.settings['queryParameters'], form.parameters);
  return {
    sql: fullText(request.sql, form.textLimit),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...named('defaultDataset', request.settings['defaultDataset'], call.project),
    ...named('destination', request.settings['destinationTable'], call.project),
    ...(request.dryRun ? { dryRun: true } : {}),
  };
}

function named(
  key: 'defaultDataset' | 'destination',
  reference: unknown,
  project: string,
): Pick<CallStarted, 'defaultDataset' | 'destination'> {
  if (!isJsonObject(reference)) return {};
  const { projectId = project, datasetId, tableId } = reference;
  const parts = [projectId, datasetId, ...(key === 'destination' ? [tableId] : [])];
  const names = parts.flatMap((part) => (typeof part === 'string' && part !== '' ? [part] : []));
  return names.length === parts.length ? { [key]: names.join('.') } : {};
}

function location(call: Call): Pick<CallStarted, 'location'> {
  const reference = call.body?.['jobReference'];
  const inReference = isJsonObject(reference) ? reference['location'] : undefined;
  const found = call.body?.['location'] ?? inReference ?? call.query['location'];
  return typeof found === 'string' ? { location: found } : {};
}
