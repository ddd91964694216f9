/** A cell as it stands in the file, without its quotes. */
export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
  /** Quotes that do not close, or a line break where none is allowed. */
  readonly broken: boolean;
}

export interface CsvDialect {
  readonly delimiter: string;
  /** Empty: quotes are ordinary characters. */
  readonly quote: string;
  readonly allowNewlines: boolean;
}

/** RFC 4180 records; empty lines are skipped. */
export function splitCsv(text: string, dialect: CsvDialect): readonly (readonly CsvCell[])[] {
  const records: CsvCell[][] = [];
  let record: CsvCell[] = [];
  let position = 0;
  while (position < text.length) {
    const { cell, end } = readCell(text, position, dialect);
    record.push(cell);
    if (text.startsWith(dialect.delimiter, end)) {
      position = end + dialect.delimiter.length;
      if (position < text.length) continue;
      record.push({ text: '', quoted: false, broken: false });
    }
    if (record.length > 1 || cell.text !== '' || cell.quoted) records.push(record);
    record = [];
    position = Math.max(position, end + (text.startsWith('\r\n', end) ? 2 : 1));
  }
  return records;
}

interface ReadCell {
  readonly cell: CsvCell;
  readonly end: number;
}

function readCell(text: string, start: number, dialect: CsvDialect): ReadCell {
  const isQuoted = dialect.quote !== '' && text.startsWith(dialect.quote, start);
  return isQuoted ? readQuoted(text, start + dialect.quote.length, dialect) : readPlain(text, start, dialect);
}

function readPlain(text: string, start: number, { delimiter }: CsvDialect): ReadCell {
  const end = endOfCell(text, start, delimiter);
  return { cell: { text: text.slice(start, end), quoted: false, broken: false }, end };
}

function endOfCell(text: string, start: number, delimiter: string): number {
  let end = start;
  while (end < text.length && !text.startsWith(delimiter, end) && !isLineBreak(text, end)) end += 1;
  return end;
}

function isLineBreak(text: string, position: number): boolean {
  return text[position] === '\n' || text.startsWith('\r\n', position);
}

function readQuoted(text: string, start: number, dialect: CsvDialect): ReadCell {
  const { quote, delimiter, allowNewlines } = dialect;
  let content = '';
  let position = start;
  for (;;) {
    const close = text.indexOf(quote, position);
    if (close < 0) return { cell: { text: content, quoted: true, broken: true }, end: text.length };
    content += text.slice(position, close);
    position = close + quote.length;
    if (!text.startsWith(quote, position)) break;
    content += quote;
    position += quote.length;
  }
  const end = endOfCell(text, position, delimiter);
  const broken = end > position || (!allowNewlines && content.includes('\n'));
  return { cell: { text: content, quoted: true, broken }, end };
}
