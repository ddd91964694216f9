import { assertNever } from '../../../../sql/assert-never.ts';
import type { FrameBound, OrderItem, WindowFrame, WindowSpecification } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import type { Scope } from './scope.ts';

/** The named windows of the SELECT that a scope belongs to. */
export type Windows = ReadonlyMap<string, WindowSpecification>;

const windowsOf = new WeakMap<Scope, Windows>();

export function rememberWindows(scope: Scope, windows: Windows): void {
  windowsOf.set(scope, windows);
}

function namedWindow(name: string, scope: Scope | undefined): WindowSpecification | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    const found = windowsOf.get(at)?.get(name.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

function merged(window: WindowSpecification, scope: Scope): WindowSpecification {
  if (window.base === undefined) return window;
  const found = namedWindow(window.base.name, scope);
  if (found === undefined) {
    throw failAt(scope.context, window.base.range, `Unrecognized window alias ${window.base.name}`);
  }
  const base = merged(found, scope);
  return {
    range: window.range,
    partitionBy: window.partitionBy.length > 0 ? window.partitionBy : base.partitionBy,
    orderBy: window.orderBy.length > 0 ? window.orderBy : base.orderBy,
    ...frameOf(window.frame ?? base.frame),
  };
}

function frameOf(frame: WindowFrame | undefined): { readonly frame?: WindowFrame } {
  return frame === undefined ? {} : { frame };
}

/** ` OVER (…)`. Functions that rank take no frame; the others have GoogleSQL's default, which is DuckDB's. */
export function printWindow(window: WindowSpecification, scope: Scope): string {
  const { partitionBy, orderBy, frame } = merged(window, scope);
  const parts = [
    partitionBy.length === 0
      ? ''
      : `PARTITION BY ${partitionBy.map((value) => printExpression(value, scope).sql).join(', ')}`,
    orderBy.length === 0
      ? ''
      : `ORDER BY ${orderBy.map((item) => printOrder(item, printExpression(item.value, scope).sql)).join(', ')}`,
    frame === undefined ? '' : printFrame(frame, scope),
  ];
  return ` OVER (${parts.filter((part) => part !== '').join(' ')})`;
}

/** NULLs come first in ascending and last in descending order unless the text says otherwise. */
export function printOrder(item: OrderItem, sql: string): string {
  if (item.collate !== undefined) throw unsupported('COLLATE');
  const nulls = item.nulls ?? (item.descending ? 'LAST' : 'FIRST');
  return `${sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls}`;
}

function printFrame(frame: WindowFrame, scope: Scope): string {
  const start = printBound(frame.start, scope);
  if (frame.end === undefined) return `${frame.unit} BETWEEN ${start} AND CURRENT ROW`;
  return `${frame.unit} BETWEEN ${start} AND ${printBound(frame.end, scope)}`;
}

function printBound(bound: FrameBound, scope: Scope): string {
  switch (bound.type) {
    case 'unboundedPreceding':
      return 'UNBOUNDED PRECEDING';
    case 'unboundedFollowing':
      return 'UNBOUNDED FOLLOWING';
    case 'currentRow':
      return 'CURRENT ROW';
    case 'preceding':
      return `${printExpression(bound.distance, scope).sql} PRECEDING`;
    case 'following':
      return `${printExpression(bound.distance, scope).sql} FOLLOWING`;
    default:
      return assertNever(bound);
  }
}
