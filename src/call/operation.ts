import type { CallIds } from './call.ts';
import type { Shape } from './fields.ts';
import type { OperationClass, OperationName } from './operation-class.ts';

export type HttpMethod = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';

export type IdName = keyof CallIds;

/** A piece of a path: a fixed word, or an id with what may follow it (`:getIamPolicy`). */
export type PathPart =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'id'; readonly id: IdName; readonly suffix: string };

/** One method of the v2 REST interface. */
export interface Operation {
  readonly name: OperationName;
  readonly method: HttpMethod;
  /** As in Google's documents, e.g. `/projects/{projectId}/queries`. */
  readonly path: string;
  readonly parts: readonly PathPart[];
  readonly class: OperationClass;
  /** Query parameters that may be sent; `true` for those that may be repeated. */
  readonly query: ReadonlyMap<string, boolean>;
  readonly request: Shape | undefined;
  readonly response: Shape | undefined;
  /** Where the body names the object that the call is about, e.g. `tableReference`. */
  readonly reference: string | undefined;
  /** The id of what the call creates. It stands in the reference, not in the path. */
  readonly creates: IdName | undefined;
  /** Whether a media upload may come with it. */
  readonly upload: boolean;
}

export interface OperationDetails {
  readonly query?: string;
  readonly request?: Shape;
  readonly response?: Shape;
  readonly reference?: string;
  readonly creates?: IdName;
  readonly upload?: boolean;
}

/** Every method knows these. Other system parameters (`fields`, `key`, `$alt`, …) are refused. */
const systemParameters = 'alt prettyPrint';

/** `operation('jobs.get', 'GET /projects/{projectId}/jobs/{jobId}', 'job', { response: job })` */
export function operation(
  name: OperationName,
  route: `${HttpMethod} /${string}`,
  operationClass: OperationClass,
  details: OperationDetails = {},
): Operation {
  const [method, path] = splitRoute(route);
  return Object.freeze({
    name,
    method,
    path,
    parts: path.slice(1).split('/').map(pathPart),
    class: operationClass,
    query: parameters(`${systemParameters} ${details.query ?? ''}`),
    request: details.request,
    response: details.response,
    reference: details.reference,
    creates: details.creates,
    upload: details.upload ?? false,
  });
}

function splitRoute(route: string): [HttpMethod, string] {
  const [method = '', path = ''] = route.split(' ');
  if (isHttpMethod(method)) return [method, path];
  throw new TypeError(`No such HTTP method: ${method}`);
}

export function isHttpMethod(method: string): method is HttpMethod {
  return ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].includes(method);
}

function pathPart(part: string): PathPart {
  const close = part.indexOf('}');
  const id = part.slice(1, close);
  if (close === -1 || !isIdName(id)) return { kind: 'word', word: part };
  return { kind: 'id', id, suffix: part.slice(close + 1) };
}

function isIdName(id: string): id is IdName {
  return ['projectId', 'datasetId', 'tableId', 'jobId', 'modelId', 'routineId', 'policyId'].includes(id);
}

/** `'maxResults stateFilter[]'`: a name that ends in `[]` may be repeated. */
function parameters(names: string): ReadonlyMap<string, boolean> {
  const list = names.split(/\s+/).filter((name) => name !== '');
  return new Map(list.map((name) => (name.endsWith('[]') ? [name.slice(0, -2), true] : [name, false])));
}
