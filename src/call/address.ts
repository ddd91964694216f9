/** Where the client of a request sends to; anything else is foreign. */
export interface ClientTarget {
  /** `bigquery.baseUrl`: `https://bigquery.googleapis.com/bigquery/v2`, or the address of an emulator. */
  readonly baseUrl: string;
  /** `bigquery.apiEndpoint`, where uploads go. */
  readonly apiEndpoint: string;
  /** The resolved project. */
  readonly projectId: string;
}

export interface Address {
  readonly path: string;
  readonly search: string;
  readonly flaw: string | undefined;
}

/** Splits a request target without normalising it: `URL` would resolve dot segments before anyone saw them. */
export function splitTarget(target: string): Address {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const search = mark === -1 ? '' : target.slice(mark + 1);
  return { path, search, flaw: target.includes('#') ? 'A request target has no fragment.' : undefined };
}

/** Finds the path of an absolute address of the official client, which must lie below its own service. */
export function locate(uri: string, target: ClientTarget): Address {
  const address = splitTarget(uri);
  const upload = `${target.apiEndpoint}/upload/bigquery/v2/`;
  if (address.path.startsWith(upload))
    return { ...address, path: address.path.slice(target.apiEndpoint.length) };
  const base = `${target.baseUrl}/`;
  if (address.path.startsWith(base))
    return { ...address, path: `/bigquery/v2/${address.path.slice(base.length)}` };
  const flaw = 'The address is not that of the configured BigQuery service.';
  return { path: withoutCredentials(address.path), search: '', flaw };
}

function withoutCredentials(address: string): string {
  const { protocol, host, pathname } = URL.parse(address) ?? {};
  return host === undefined ? 'an address that cannot be read' : `${protocol}//${host}${pathname}`;
}
