import type { JsonObject } from '../../call/json.ts';
import type { WireRow } from '../stand-in/engine/wire.ts';
import { countAt, textAt } from './fields.ts';
import { invalid } from './rest-error.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | undefined;
}

/** BigQuery cuts a page of rows at about 10 MB of JSON, whatever `maxResults` says. */
const pageBytes = 10 * 1024 * 1024;

/** Where a page starts: by token, or by `startIndex`. `scope` names what is paged, so tokens cannot be mixed up. */
export function pageStart(query: JsonObject, scope: string): number {
  const token = textAt(query, 'pageToken');
  if (token === undefined || token === '') return countAt(query, 'startIndex') ?? 0;
  const [tokenScope, offset = ''] = Buffer.from(token, 'base64url').toString('utf8').split('\n');
  if (tokenScope !== scope || !/^\d{1,15}$/.test(offset)) throw invalid('Invalid page token');
  return Number(offset);
}

export function pageToken(scope: string, offset: number): string {
  return Buffer.from(`${scope}\n${offset}`).toString('base64url');
}

/** One page of a short list: datasets, tables, jobs. */
export function pageOf<T>(items: readonly T[], query: JsonObject, scope: string, limit = 50): Page<T> {
  const start = pageStart(query, scope);
  const end = start + (countAt(query, 'maxResults') ?? limit);
  const nextPageToken = end < items.length ? pageToken(scope, end) : undefined;
  return { items: items.slice(start, end), nextPageToken };
}

/** Rows that are read a page at a time, so that a million of them need not lie in memory. */
export interface RowSource {
  readonly totalRows: number;
  /** How many of them lie in memory as long as the source is kept. */
  readonly heldRows: number;
  slice(start: number, end: number): readonly WireRow[] | Promise<readonly WireRow[]>;
}

export function rowsOf(rows: readonly WireRow[]): RowSource {
  return { totalRows: rows.length, heldRows: rows.length, slice: (start, end) => rows.slice(start, end) };
}

export async function rowPage(
  source: RowSource,
  start: number,
  maxResults: number | undefined,
  scope: string,
): Promise<Page<WireRow>> {
  const wanted = maxResults ?? (await rowsPerPage(source));
  const items = await source.slice(start, Math.min(start + wanted, source.totalRows));
  const end = start + items.length;
  const nextPageToken = end < source.totalRows ? pageToken(scope, end) : undefined;
  return { items, nextPageToken };
}

/** Judged by the first rows: measuring every row would cost more than sending it. */
async function rowsPerPage(source: RowSource): Promise<number> {
  const sample = await source.slice(0, Math.min(100, source.totalRows));
  const bytes = JSON.stringify(sample).length / Math.max(sample.length, 1);
  return Math.max(1, Math.floor(pageBytes / bytes));
}
