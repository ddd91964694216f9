import type { AuditEvent } from '../event.ts';
import { told, type CallStory } from './call-story.ts';

export interface OcsfOptions {
  /** `1.8.0`; `1.9.0-dev` adds the agent and its prompt, in the form that is being discussed. */
  readonly version?: '1.8.0' | '1.9.0-dev';
  /** Of this package. */
  readonly productVersion: string;
  /** The machine whose record it is; OCSF wants to know where an activity came from. */
  readonly host?: string | undefined;
}

/** A Datastore Activity (class 6005) of the Open Cybersecurity Schema Framework. */
export interface OcsfEvent {
  readonly class_uid: 6005;
  readonly type_uid: number;
  readonly time: number;
  readonly [attribute: string]: unknown;
}

const activities = {
  Unknown: 0,
  Read: 1,
  Update: 2,
  Query: 4,
  Write: 5,
  Create: 6,
  Delete: 7,
  List: 8,
  Other: 99,
} as const;

type Activity = keyof typeof activities;

/**
 * One call as one OCSF event, with what the guard did about it: let it pass (action 1), changed it by masks (4) or kept it
 * back (2). https://schema.ocsf.io/1.8.0/classes/datastore_activity
 */
export function ocsfOfCall(story: CallStory, options: OcsfOptions): OcsfEvent | undefined {
  const [first] = story.events;
  const last = story.events.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const activity = activityOf(story);
  const { version = '1.8.0' } = options;
  return {
    activity_id: activities[activity],
    activity_name: activity,
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: 6005,
    class_name: 'Datastore Activity',
    type_uid: 600_500 + activities[activity],
    type_name: `Datastore Activity: ${activity}`,
    time: Date.parse(last.time),
    start_time: Date.parse(first.time),
    end_time: Date.parse(last.time),
    ...outcomeOf(story),
    ...controlOf(story),
    metadata: {
      version,
      uid: last.id,
      correlation_uid: story.call,
      sequence: last.sequence,
      event_code: last.type,
      profiles: ['security_control', ...(version === '1.8.0' ? [] : ['ai_operation'])],
      product: { name: 'bigquery-guard', vendor_name: 'bigquery-guard', version: options.productVersion },
    },
    actor: actorOf(first),
    src_endpoint: { hostname: options.host ?? 'unknown' },
    ...objectsOf(story),
    ...queryOf(story),
    ...(version === '1.8.0' ? {} : agentOf(first, story)),
    unmapped: unmappedOf(story),
  };
}

const byClass: Readonly<Record<string, Activity>> = {
  read: 'Read',
  write: 'Write',
  ddl: 'Create',
  export: 'Read',
  metadata: 'List',
};

function activityOf(story: CallStory): Activity {
  const started = told(story, 'call.started');
  if (started === undefined) return 'Unknown';
  if (started.sql !== undefined) return 'Query';
  const { operation } = started;
  if (operation.endsWith('.delete')) return 'Delete';
  if (/\.(?:patch|update|setIamPolicy)$/.test(operation)) return 'Update';
  if (operation.endsWith('.list') && operation !== 'tabledata.list') return 'List';
  return byClass[started.class] ?? 'Other';
}

function outcomeOf(story: CallStory): object {
  const failed = told(story, 'call.failed');
  const finished = told(story, 'call.finished');
  const duration = failed?.durationMs ?? finished?.durationMs;
  const how =
    failed === undefined ? {} : { status_code: failed.code, status_detail: detailOf(failed.reasons) };
  const [statusId, status] = !story.ended
    ? [0, 'Unknown']
    : failed === undefined
      ? [1, 'Success']
      : [2, 'Failure'];
  const refused = failed?.outcome === 'refused' || failed?.outcome === 'timedOut';
  return {
    status_id: statusId,
    status,
    ...how,
    ...(duration !== undefined && { duration }),
    severity_id: refused ? 3 : failed === undefined ? 1 : 2,
    severity: refused ? 'Medium' : failed === undefined ? 'Informational' : 'Low',
  };
}

const detailOf = (reasons: readonly { readonly rule: string; readonly message: string }[]): string =>
  reasons.map(({ rule, message }) => `${rule}: ${message}`).join(' ');

/** Action and disposition of the profile `security_control`. */
function controlOf(story: CallStory): object {
  const decision = told(story, 'decision.made');
  const masked = (decision?.masks.length ?? 0) > 0;
  const [disposition, dispositionName] = dispositionOf(story);
  const blocked = isBlocked(story);
  const [action, actionName] = blocked ? [2, 'Denied'] : masked ? [4, 'Modified'] : [1, 'Allowed'];
  return {
    action_id: action,
    action: actionName,
    disposition_id: disposition,
    disposition: dispositionName,
    ...(decision !== undefined && {
      policy: { uid: decision.policyDigest, name: decision.rules.join(', ') },
    }),
  };
}

function isBlocked(story: CallStory): boolean {
  const failed = told(story, 'call.failed');
  return failed !== undefined && !failed.sent;
}

function dispositionOf(story: CallStory): readonly [number, string] {
  const vote = told(story, 'approval.decided');
  const waits = told(story, 'approval.requested') !== undefined;
  if (vote?.verdict === 'reject') return [25, 'Rejected'];
  if (vote?.verdict === 'approve' && !isBlocked(story)) return [8, 'Approved'];
  if (waits && !story.ended) return [14, 'Delayed'];
  if (isBlocked(story)) return [2, 'Blocked'];
  return story.ended ? [1, 'Allowed'] : [17, 'Logged'];
}

function actorOf({ principal, agent, session }: AuditEvent): object {
  return {
    user: {
      uid: principal?.id ?? 'unknown',
      name: principal?.id ?? 'unknown',
      groups: principal?.groups.map((name) => ({ name })) ?? [],
    },
    ...(agent !== null && { app_name: agent.name }),
    ...(session !== null && { session: { uid: session } }),
  };
}

/** OCSF has room for one table; all of them stand under `unmapped`. */
function objectsOf(story: CallStory): object {
  const [table] = told(story, 'decision.made')?.tables ?? [];
  const started = told(story, 'call.started');
  const parts = table?.split('.') ?? [];
  const [project = started?.project, dataset = started?.ids['dataset']] = parts;
  const name = parts.slice(2).join('.');
  return {
    database: { name: dataset ?? project ?? 'unknown', uid: [project, dataset].filter(Boolean).join('.') },
    ...(name !== '' && { table: { name, uid: table } }),
    type_id: name === '' ? 1 : 3,
    type: name === '' ? 'Database' : 'Table',
  };
}

function queryOf(story: CallStory): object {
  const sql = told(story, 'call.started')?.sql;
  if (sql === undefined) return {};
  const finished = told(story, 'call.finished');
  return {
    query_info: {
      uid: story.call,
      query_string: sql.text ?? `SHA-256 ${sql.hash}`,
      ...(finished?.bytesProcessed !== undefined && { bytes: finished.bytesProcessed }),
      ...(finished?.durationMs !== undefined && { query_time: finished.durationMs }),
    },
  };
}

function agentOf({ agent }: AuditEvent, story: CallStory): object {
  const prompt = told(story, 'call.started')?.prompt?.text;
  return {
    ...(agent !== null && {
      ai_agent: {
        name: agent.name,
        ...(agent.version !== undefined && { version: agent.version }),
        ...(agent.model !== undefined && { ai_model: { name: agent.model } }),
        ...(agent.toolCallId !== undefined && { instance_uid: agent.toolCallId }),
      },
    }),
    ...(prompt !== undefined && { message_context: { prompt_text: prompt } }),
  };
}

function unmappedOf(story: CallStory): object {
  const decision = told(story, 'decision.made');
  const last = story.events.at(-1);
  return {
    delegation: last?.principal?.delegation ?? [],
    job: last?.job ?? null,
    hash: last?.hash,
    tables: decision?.tables ?? [],
    columns: decision?.columns ?? [],
    masks: decision?.masks ?? [],
    rows: told(story, 'call.finished')?.rows ?? null,
    bytes_billed: told(story, 'call.finished')?.bytesBilled ?? null,
  };
}
