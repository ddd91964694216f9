import { isNode, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { GuardError } from '../errors.ts';
import { readPlainYaml } from './plain-yaml/read-plain-yaml.ts';

/** A YAML text with a way back from a path in the value to its place in the text. */
export interface YamlText {
  readonly value: unknown;
  /** `7:13` for the value at the path, or for the nearest one around it; or for one character of a text there. */
  locate(path: readonly PropertyKey[], at?: number): string;
}

/**
 * Reads YAML 1.2: duplicate keys, unknown tags and more than a few aliases are refused.
 * @throws {GuardError} ERR_CONFIG with file, line and column.
 */
export function readYaml(text: string, file: string): YamlText {
  const plain = readPlainYaml(text);
  if (plain === undefined) return readWithPlaces(text, file);
  let places: YamlText | undefined;
  return {
    value: plain.value,
    locate: (path, at) => (places ??= readWithPlaces(text, file)).locate(path, at),
  };
}

function readWithPlaces(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    logLevel: 'error',
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
  return {
    value: toValue(document, file, lines),
    locate: (path, at) => locate(document, lines, text, path, at),
  };
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

function locate(
  document: Document,
  lines: LineCounter,
  text: string,
  path: readonly PropertyKey[],
  at: number | undefined,
): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const within = at === undefined || length < path.length ? 0 : offsetWithin(node, text, at);
      const { line, col } = lines.linePos(node.range[0] + within);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}

/** How far behind its beginning a character of a scalar stands; 0 where folds or escapes moved it. */
function offsetWithin(node: Node, text: string, at: number): number {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return 0;
  const source = text.slice(node.range[0], node.range[1]);
  const before = node.value.slice(0, at);
  if (node.type === 'BLOCK_LITERAL') return offsetInBlock(source, before);
  const quote = node.type === 'PLAIN' ? 0 : 1;
  return source.slice(quote).startsWith(before) ? quote + at : 0;
}

/** The lines of a block stand below its header, each behind the same indentation. */
function offsetInBlock(source: string, before: string): number {
  const [header = '', ...content] = source.split('\n');
  const indentation = /^ */.exec(content.find((line) => line.trim() !== '') ?? '')?.[0].length ?? 0;
  const above = before.split('\n').slice(0, -1);
  const lengths = content.slice(0, above.length).map((line) => line.length + 1);
  const start = lengths.reduce((sum, length) => sum + length, header.length + 1);
  return start + indentation + (before.length - before.lastIndexOf('\n') - 1);
}

const firstLine = (message: string): string =>
  (message.split('\n')[0] ?? message).replace(/ at line \d+.*$/, '');
