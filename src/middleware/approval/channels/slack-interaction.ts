import { isJsonObject, type Json, type JsonObject, readJson } from '../../../call/json.ts';
import type { Verdict } from '../approval-record.ts';

/** Which message of which channel: where a request is shown. */
export interface SlackPlace {
  readonly channel: string;
  readonly message: string;
}

interface Sender {
  readonly user: string;
  readonly team: string;
  readonly id: string;
  readonly requestHash: string;
  readonly place: SlackPlace;
}

/** What somebody did in Slack, as far as it concerns us. */
export type SlackInteraction =
  | ({ readonly kind: 'approve' } & Sender)
  | ({ readonly kind: 'ask-reason'; readonly trigger: string; readonly verdict: Verdict } & Sender)
  | ({ readonly kind: 'reasoned'; readonly verdict: Verdict; readonly reason: string } & Sender)
  | { readonly kind: 'other' };

/** Reads the form field `payload` of an interaction; `undefined` for what is none. */
export function readInteraction(body: string): SlackInteraction | undefined {
  const payload = readJson(new URLSearchParams(body).get('payload') ?? '');
  if (!isJsonObject(payload)) return undefined;
  if (payload['type'] === 'block_actions') return readAction(payload);
  if (payload['type'] === 'view_submission') return readSubmission(payload);
  return { kind: 'other' };
}

function readAction(payload: JsonObject): SlackInteraction | undefined {
  const { actions } = payload;
  const action = Array.isArray(actions) && actions.length === 1 ? object(actions[0]) : {};
  const name = action['action_id'];
  if (name !== 'approve' && name !== 'approve-reasoned' && name !== 'reject') return { kind: 'other' };
  const place = {
    channel: text(object(payload['channel'])['id']),
    message: text(object(payload['container'])['message_ts']),
  };
  const sender = senderOf(payload, text(action['value']), place);
  if (sender === undefined) return undefined;
  if (name === 'approve') return { kind: 'approve', ...sender };
  const verdict = name === 'reject' ? 'reject' : 'approve';
  return { kind: 'ask-reason', verdict, trigger: text(payload['trigger_id']), ...sender };
}

function readSubmission(payload: JsonObject): SlackInteraction | undefined {
  const view = object(payload['view']);
  const verdict = view['callback_id'];
  if (verdict !== 'reject' && verdict !== 'approve') return { kind: 'other' };
  const [value = '', channel = '', message = ''] = text(view['private_metadata']).split(' ');
  const sender = senderOf(payload, value, { channel, message });
  const values = object(object(view['state'])['values']);
  const reason = text(object(object(values['reason'])['reason'])['value']);
  return sender === undefined ? undefined : { kind: 'reasoned', verdict, reason, ...sender };
}

/** What `readSubmission` takes apart again. */
export function metadataOf({ id, requestHash, place }: Sender): string {
  return `${id}.${requestHash} ${place.channel} ${place.message}`;
}

function senderOf(payload: JsonObject, value: string, place: SlackPlace): Sender | undefined {
  const { id: user, team_id: team } = object(payload['user']);
  const [id, requestHash, more] = value.split('.');
  if (typeof user !== 'string' || user === '' || more !== undefined) return undefined;
  if (id === undefined || requestHash === undefined) return undefined;
  const workspace = text(team) || text(object(payload['team'])['id']);
  return { user, team: workspace, id, requestHash, place };
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
