import type { CatalogColumn } from './catalog.ts';

/** A column out of a name and a GoogleSQL type such as `ARRAY<STRUCT<sku STRING, quantity INT64>>`. */
export function columnOfType(name: string, type: string): CatalogColumn {
  const reader = { text: type, at: 0 };
  const column = readType(name, reader);
  skipBlanks(reader);
  if (reader.at < type.length) throw new TypeError(`The type of the column ${name} cannot be read.`);
  return column;
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ['INTEGER', 'INT64'],
  ['FLOAT', 'FLOAT64'],
  ['BOOLEAN', 'BOOL'],
  ['RECORD', 'STRUCT'],
]);

/** GoogleSQL's name of a type for which REST, or DDL, has another one. */
export function canonicalType(name: string): string {
  return synonyms.get(name) ?? name;
}

interface Reader {
  readonly text: string;
  at: number;
}

function readType(name: string, reader: Reader): CatalogColumn {
  const word = readWord(reader).toUpperCase();
  if (word === 'ARRAY' && take(reader, '<'))
    return closing(reader, { ...readType(name, reader), mode: 'REPEATED' });
  if (word === 'STRUCT' && take(reader, '<'))
    return closing(reader, { name, type: 'STRUCT', mode: 'NULLABLE', fields: readFields(reader) });
  if (word === 'RANGE' && take(reader, '<')) {
    const element = readType(name, reader);
    return closing(reader, { name, type: `RANGE<${element.type}>`, mode: 'NULLABLE' });
  }
  skipParameters(reader);
  if (word === '') throw new TypeError(`The type of the column ${name} is missing.`);
  return { name, type: canonicalType(word), mode: 'NULLABLE' };
}

function readFields(reader: Reader): readonly CatalogColumn[] {
  const fields: CatalogColumn[] = [];
  do fields.push(readType(readWord(reader), reader));
  while (take(reader, ','));
  return fields;
}

function closing(reader: Reader, column: CatalogColumn): CatalogColumn {
  if (!take(reader, '>')) throw new TypeError(`The type of the column ${column.name} is not closed.`);
  return column;
}

function skipParameters(reader: Reader): void {
  if (!take(reader, '(')) return;
  const end = reader.text.indexOf(')', reader.at);
  if (end < 0) throw new TypeError('The parameters of a type are not closed.');
  reader.at = end + 1;
}

const blank = /\s/;
const part = /[^\s<>,()`]/;

function readWord(reader: Reader): string {
  skipBlanks(reader);
  const quoted = reader.text[reader.at] === '`';
  if (quoted) reader.at += 1;
  const start = reader.at;
  while (
    reader.at < reader.text.length &&
    (quoted ? reader.text[reader.at] !== '`' : part.test(reader.text[reader.at] ?? ' '))
  )
    reader.at += 1;
  const word = reader.text.slice(start, reader.at);
  if (quoted && reader.text[reader.at] !== '`') throw new TypeError('A quoted name is not closed.');
  if (quoted) reader.at += 1;
  return word;
}

function take(reader: Reader, symbol: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] !== symbol) return false;
  reader.at += 1;
  return true;
}

function skipBlanks(reader: Reader): void {
  while (reader.at < reader.text.length && blank.test(reader.text[reader.at] ?? '')) reader.at += 1;
}
