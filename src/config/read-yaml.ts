import { isNode, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { GuardError } from '../errors.ts';

/** A YAML text with a way back from a path in the value to its place in the text. */
export interface YamlText {
  readonly value: unknown;
  /** `7:13` for the value at the path, or for the nearest one around it. */
  locate(path: readonly PropertyKey[]): string;
}

/**
 * Reads YAML 1.2: duplicate keys, unknown tags and more than a few aliases are refused.
 * @throws {GuardError} ERR_CONFIG with file, line and column.
 */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    logLevel: 'silent',
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const place = problem.linePos?.[0];
    throw new GuardError(
      'ERR_CONFIG',
      `${file}:${place?.line ?? 1}:${place?.col ?? 1} ${firstLine(problem.message)}`,
      { cause: problem },
    );
  }
  return { value: toValue(document, file, lines), locate: (path) => locate(document, lines, path) };
}

function toValue(document: Document, file: string, lines: LineCounter): unknown {
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      throw new GuardError(
        'ERR_CONFIG',
        `${file}:${line}:${col} *${alias.source} is an alias in YAML. A pattern that begins with * must stand in quotes: "*${alias.source}".`,
      );
    },
  });
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (cause) {
    throw new GuardError('ERR_CONFIG', `${file}:1:1 The file uses too many aliases. Write the values out.`, {
      cause,
    });
  }
}

function locate(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}

const firstLine = (message: string): string =>
  (message.split('\n')[0] ?? message).replace(/ at line \d+.*$/, '');
