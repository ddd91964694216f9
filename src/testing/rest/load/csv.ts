import type { Json, JsonObject } from '../../../call/json.ts';
import type { JsonRow, TableField } from '../../stand-in/engine/engine.ts';
import { countAt, flagAt, textAt } from '../fields.ts';
import { splitCsv, type CsvCell } from './split-csv.ts';
import { supertypeOf, typeOfText } from './detect-type.ts';
import type { LoadedRows } from './run-load.ts';

/** Reads CSV as a load job's settings say: header rows, null marker, jagged rows, autodetection. */
export function readCsv(
  text: string,
  schema: readonly TableField[] | undefined,
  settings: JsonObject,
): LoadedRows {
  const records = splitCsv(text, {
    delimiter: delimiterOf(textAt(settings, 'fieldDelimiter')),
    quote: textAt(settings, 'quote') ?? '"',
    allowNewlines: flagAt(settings, 'allowQuotedNewlines') ?? false,
  });
  const skip = countAt(settings, 'skipLeadingRows');
  const table = schema === undefined ? detectTable(records, skip) : { schema, first: skip ?? 0 };
  const read = records.slice(table.first).map((record) => readRecord(record, table.schema, settings));
  const rows = read.filter((row) => row !== undefined);
  return { schema: table.schema, rows, badRecords: read.length - rows.length };
}

function delimiterOf(text = ','): string {
  return text === '\\t' || text === 'tab' ? '\t' : text;
}

interface Detected {
  readonly schema: readonly TableField[];
  /** The first row of data. */
  readonly first: number;
}

/** The last skipped row names the columns; so does a first row of texts above columns of another type. */
function detectTable(records: readonly (readonly CsvCell[])[], skip: number | undefined): Detected {
  const first = skip ?? (looksLikeHeader(records) ? 1 : 0);
  const data = records.slice(first);
  const header = first === 0 ? undefined : records[first - 1];
  const width = Math.max(0, ...data.map((record) => record.length), header?.length ?? 0);
  const schema = Array.from({ length: width }, (_, index) => {
    const type = columnType(data, index);
    return { name: columnName(header?.[index]?.text, type, index), type, mode: 'NULLABLE' as const };
  });
  return { schema, first };
}

function looksLikeHeader(records: readonly (readonly CsvCell[])[]): boolean {
  const [head = [], ...data] = records;
  const isText = head.length > 0 && head.every(({ text }) => typeOfText(text) === 'STRING' && text !== '');
  return isText && data.length > 0 && head.some((_, index) => columnType(data, index) !== 'STRING');
}

function columnType(records: readonly (readonly CsvCell[])[], index: number): string {
  const texts = records.map((record) => record[index]?.text ?? '').filter((text) => text !== '');
  return supertypeOf(texts.map(typeOfText));
}

const plainNames: Readonly<Record<string, string>> = { INTEGER: 'int64', FLOAT: 'double', BOOLEAN: 'bool' };

function columnName(header: string | undefined, type: string, index: number): string {
  if (header) return header.trim().replaceAll(/[^\p{L}\p{N}_]/gu, '_');
  return `${plainNames[type] ?? type.toLowerCase()}_field_${index}`;
}

function readRecord(
  record: readonly CsvCell[],
  schema: readonly TableField[],
  settings: JsonObject,
): JsonRow | undefined {
  const tooMany = record.length > schema.length && flagAt(settings, 'ignoreUnknownValues') !== true;
  const tooFew = record.length < schema.length && flagAt(settings, 'allowJaggedRows') !== true;
  if (tooMany || tooFew || record.some((cell) => cell.broken)) return undefined;
  const marker = textAt(settings, 'nullMarker') ?? '';
  const entries = schema.map((field, index) => [field.name, readCell(record[index], field, marker)] as const);
  return Object.fromEntries(entries);
}

const truths: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  true: true,
  y: true,
  yes: true,
  '0': false,
  f: false,
  false: false,
  n: false,
  no: false,
};

/** An empty cell is NULL, but the empty text in a STRING column if the null marker is another one. */
function readCell(cell: CsvCell | undefined, field: TableField, marker: string): Json {
  if (cell === undefined || (cell.text === marker && !cell.quoted)) return null;
  const isTextual = field.type === 'STRING' || field.type === 'BYTES';
  if (cell.text === '' && !isTextual) return null;
  if (field.type === 'BOOLEAN' || field.type === 'BOOL') return truths[cell.text.toLowerCase()] ?? cell.text;
  return cell.text;
}
