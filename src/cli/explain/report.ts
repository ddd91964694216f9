import type { ColumnSource, Facts, ObjectName, StatementFacts, TableFact } from '../../sql/index.ts';
import { excerpt, oneLine } from './excerpt.ts';

/** The facts for people: statements, tables, columns, lineage, and gaps beneath their place in the text. */
export function report(text: string, facts: Facts): string {
  const sections = [
    ...facts.statements.flatMap((statement, index) => statementLines(text, statement, index)),
    ...listed('tables', facts.tables.map(tableLine)),
    ...listed('columns read', facts.columns.map(columnName)),
    ...listed('columns that influence the result', facts.influences.map(columnName)),
    ...listed('output', outputLines(facts)),
    ...listed('written', writeLines(facts)),
    ...listed('calls', [...facts.functions, ...facts.routines.map(objectName)]),
    ...listed('parameters and variables', usedNames(facts)),
    ...listed('flags', flagNames(facts)),
    ...facts.gaps.flatMap(({ code, message, range }) => [
      '',
      `gap ${code}: ${oneLine(message)}`,
      ...excerpt(text, range),
    ]),
    '',
    verdict(facts),
  ];
  return sections.join('\n');
}

function statementLines(text: string, { kind, range }: StatementFacts, index: number): readonly string[] {
  const shown = oneLine(text.slice(range.start, Math.min(range.end, range.start + 400)));
  const short = shown.length > 70 ? `${shown.slice(0, 69)}…` : shown;
  return [`statement ${index + 1}: ${kind}  ${short}`];
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${oneLine(line)}`)];
}

function tableLine({ name, kind, access, beneath }: TableFact): string {
  const through = beneath.length === 0 ? '' : `, through ${beneath.map(objectName).join(' > ')}`;
  return `${objectName(name)} ${access.join(', ')} (${kind}${through})`;
}

function outputLines({ outputs }: Facts): readonly string[] {
  return outputs.map(({ name, type, sources, plain }, index) => {
    const from = sources.length === 0 ? 'no column' : sources.map(columnName).join(', ');
    const title = name === '' ? `(column ${index + 1})` : name;
    return `${title}${type === undefined ? '' : ` ${type}`} ${plain ? '=' : '<-'} ${from}`;
  });
}

function writeLines({ statements }: Facts): readonly string[] {
  return statements.flatMap(({ writes }) =>
    writes.map(({ target, sources }) => {
      const from = sources.length === 0 ? 'no column' : sources.map(columnName).join(', ');
      return `${columnName(target)} <- ${from}`;
    }),
  );
}

function usedNames({ parameters, systemVariables }: Facts): readonly string[] {
  const positional = parameters.positional === 0 ? [] : [`${parameters.positional} positional`];
  return [...parameters.named.map((name) => `@${name}`), ...positional, ...systemVariables];
}

function flagNames({ flags }: Facts): readonly string[] {
  const set = Object.entries(flags).flatMap(([name, value]) => (value === true ? [name] : []));
  return set.length === 0 ? [] : [set.join(', ')];
}

function objectName({ project, dataset, name }: ObjectName): string {
  return [project, dataset, name].filter((part) => part !== '').join('.');
}

function columnName({ table, path }: ColumnSource): string {
  return [objectName(table), ...path].join('.');
}

function verdict({ gaps, fingerprint }: Facts): string {
  const count = `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}`;
  return gaps.length === 0 ? `understood; fingerprint ${fingerprint}` : `refused: ${count}`;
}
