import { isJsonObject, readJson, type JsonObject } from '../../call/json.ts';
import { openApprovals } from '../../config/open-approvals.ts';
import { loadConfig } from '../../config/load-config.ts';
import { GuardError } from '../../errors.ts';
import type { SignedRequest } from '../../middleware/approval/index.ts';

/** Where requests are decided: at the callback of a running guard, or in the folder of a policy file. */
export interface DeskOptions {
  readonly url?: string;
  readonly config?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

export interface Desk {
  send(message: SignedRequest): Promise<Reply>;
  close(): Promise<void>;
}

export async function openDesk({ url, config }: DeskOptions): Promise<Desk> {
  if (url !== undefined && config === undefined) return { send: sender(url), close: async () => undefined };
  if (config !== undefined && url === undefined) return deskOf(config);
  throw new GuardError(
    'ERR_CONFIG',
    'Say either --url, the callback of a guard, or --config, its policy file.',
  );
}

function sender(text: string): Desk['send'] {
  const url = URL.parse(text);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) {
    throw new GuardError('ERR_CONFIG', '--url is not an https: address.');
  }
  return async (message) => {
    try {
      const signal = AbortSignal.timeout(30_000);
      return await replyOf(await fetch(url, { ...message, redirect: 'error', signal }));
    } catch (cause) {
      throw new GuardError('ERR_REMOTE_UNAVAILABLE', `${url.origin} cannot be reached, or redirects.`, {
        cause,
      });
    }
  };
}

/** The same checks as at the callback: being able to write to the folder is not being somebody. */
async function deskOf(config: string): Promise<Desk> {
  const gate = await openApprovals(await loadConfig(config));
  return {
    send: async (message) => replyOf(await gate.handler(new Request('http://approval.invalid/', message))),
    close: async () => gate.close(),
  };
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, body: parsed(text) };
}

function parsed(text: string): JsonObject {
  const value = readJson(text);
  return isJsonObject(value) ? value : {};
}
