import { notFound, invalid } from './rest-error.ts';
import type { RestAnswer, RestRequest } from './rest-request.ts';

/** The decoded ids of the path. */
export type Ids = Readonly<Record<string, string>>;
export type Handler = (request: RestRequest, ids: Ids) => Promise<RestAnswer> | RestAnswer;

/** `GET projects/{projectId}/datasets` and its handler; `upload` routes answer below `/upload` only. */
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handler: Handler;
  readonly upload?: boolean;
}

/** Finds the route of a request and runs it. */
export function router(routes: readonly Route[]): (request: RestRequest) => Promise<RestAnswer> {
  const compiled = routes.map((route) => ({ route, segments: route.pattern.split('/') }));
  return async (request) => {
    const segments = decodeSegments(request.path);
    for (const { route, segments: pattern } of compiled) {
      if (route.method !== request.method || (route.upload ?? false) !== request.upload) continue;
      const ids = matchSegments(pattern, segments);
      if (ids !== undefined) return await route.handler(request, ids);
    }
    throw notFound(`${request.method} ${request.path} is no method of the BigQuery v2 API`);
  };
}

function decodeSegments(path: string): readonly string[] {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    throw invalid('The path is not valid percent-encoding.');
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Ids | undefined {
  if (pattern.length !== segments.length) return undefined;
  const ids: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (!matchSegment(part, segment, ids)) return undefined;
  }
  return ids;
}

/** A part is a literal, `{name}`, or `{name}:verb` as in `tables/{tableId}:getIamPolicy`. */
function matchSegment(part: string, segment: string, ids: Record<string, string>): boolean {
  const [, name, verb = ''] = /^\{(\w+)\}(:\w+)?$/.exec(part) ?? [];
  if (name === undefined) return part === segment;
  const value = verb === '' ? segment : segment.slice(0, -verb.length);
  if (!segment.endsWith(verb) || value === '') return false;
  ids[name] = value;
  return true;
}
