import type { JsonObject } from '../../../call/json.ts';
import type { Engine, TableField, TableId } from '../../stand-in/engine/engine.ts';
import { countAt, textAt } from '../fields.ts';
import { pageStart, rowPage, type RowSource } from '../page.ts';
import { invalid } from '../rest-error.ts';
import { ok } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import { formatTimestamps, timestampFormat } from '../timestamp-format.ts';
import { idOf } from './tables.ts';
import { tableName } from './table-resource.ts';

interface Listed {
  readonly schema: readonly TableField[];
  readonly rows: RowSource;
}

/** `tabledata.list`: rows without their schema, which the caller is to know from `tables.get`. */
export const listTabledata =
  (service: Service): Handler =>
  async ({ query }, ids) => {
    const id = idOf(ids);
    const format = timestampFormat(query, 'formatOptions.');
    const { schema, rows } =
      anonymousRows(service, id, query) ?? (await storedRows(service.engine, id, query));
    const scope = tableName(id);
    const page = await rowPage(rows, pageStart(query, scope), countAt(query, 'maxResults'), scope);
    return ok({
      kind: 'bigquery#tableDataList',
      etag: `${scope}@${rows.totalRows}`,
      totalRows: String(rows.totalRows),
      ...(page.nextPageToken === undefined ? {} : { pageToken: page.nextPageToken }),
      ...(page.items.length === 0 ? {} : { rows: formatTimestamps(schema, page.items, format) }),
    });
  };

function selectedFields(query: JsonObject): readonly string[] | undefined {
  const names = textAt(query, 'selectedFields')
    ?.split(',')
    .map((name) => name.trim());
  return names?.filter((name) => name !== '');
}

function anonymousRows(service: Service, id: TableId, query: JsonObject): Listed | undefined {
  const outcome = service.jobs.ofAnonymousTable(id)?.outcome;
  if (outcome?.schema === undefined) return undefined;
  return select({ schema: outcome.schema, rows: outcome.rows }, selectedFields(query));
}

/** Top-level columns, in the order of the schema. */
function select({ schema, rows }: Listed, names: readonly string[] | undefined): Listed {
  if (names === undefined || names.length === 0) return { schema, rows };
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const kept = schema.map(({ name }) => wanted.has(name.toLowerCase()));
  return {
    schema: schema.filter((_, index) => kept[index]),
    rows: {
      totalRows: rows.totalRows,
      heldRows: 0,
      async slice(start, end) {
        const full = await rows.slice(start, end);
        return full.map(({ f }) => ({ f: f.filter((_, index) => kept[index]) }));
      },
    },
  };
}

async function storedRows(engine: Engine, id: TableId, query: JsonObject): Promise<Listed> {
  const { type } = await engine.getTable(id);
  if (type === 'VIEW') throw invalid(`Cannot list a table of type VIEW.`);
  const names = selectedFields(query);
  const fields = names === undefined || names.length === 0 ? {} : { selectedFields: names };
  const { schema, totalRows } = await engine.readRows(id, { maxResults: 0, ...fields });
  return {
    schema,
    rows: { totalRows, heldRows: 0, slice: (start, end) => readSlice(engine, id, start, end, fields) },
  };
}

async function readSlice(
  engine: Engine,
  id: TableId,
  start: number,
  end: number,
  fields: { readonly selectedFields?: readonly string[] },
): Promise<Awaited<ReturnType<RowSource['slice']>>> {
  const page = await engine.readRows(id, { startIndex: start, maxResults: end - start, ...fields });
  return page.rows;
}
