import type { JsonObject } from '../../call/json.ts';

/** One request as a handler sees it: decoded, without the prefix `/bigquery/v2`. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  /** As sent, with upload prefix if any. */
  readonly url: string;
  readonly upload: boolean;
  /** Query parameters; of a repeated one the last. */
  readonly query: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject | undefined;
  readonly media: Media | undefined;
}

export interface Media {
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface RestAnswer {
  readonly status: number;
  /** Anything that is JSON. */
  readonly body: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: object): RestAnswer {
  return { status: 200, body };
}

export const noContent: RestAnswer = { status: 204, body: undefined };

const prefix = /^(?:\/resumable)?(\/upload)?(?:\/bigquery\/v2)?(?=\/)/;

/** Splits a request target into the path below `/bigquery/v2`, the upload flag and the query parameters. */
export function readTarget(url: string): Pick<RestRequest, 'path' | 'upload' | 'query' | 'url'> {
  const target = new URL(url, 'http://stand-in.invalid');
  const match = prefix.exec(target.pathname);
  const path = target.pathname.slice(match?.[0].length ?? 0);
  return { url, path, upload: match?.[1] !== undefined, query: Object.fromEntries(target.searchParams) };
}
