import type { FrameBound, OrderItem, WindowSpecification } from '../ast/index.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { influence, reportGap } from './pass.ts';

/** The keys, order and frame of a window decide the group of each row. */
export function window(specification: WindowSpecification, scope: Scope): void {
  if (specification.base !== undefined) namedWindow(specification, specification.base.name, scope);
  for (const key of specification.partitionBy) influence(scope.pass, expression(key, scope));
  orderItems(specification.orderBy, scope);
  for (const bound of [specification.frame?.start, specification.frame?.end]) frameBound(bound, scope);
}

function namedWindow(specification: WindowSpecification, name: string, scope: Scope): void {
  const wanted = name.toLowerCase();
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.windows?.get(wanted);
    if (found !== undefined && found !== specification) {
      window(found, scope);
      return;
    }
  }
  reportGap(scope.pass, 'unknown-column', `there is no window ${name}`, specification.range);
}

function frameBound(bound: FrameBound | undefined, scope: Scope): void {
  if (bound !== undefined && 'distance' in bound) influence(scope.pass, expression(bound.distance, scope));
}

export function orderItems(items: readonly OrderItem[], scope: Scope): void {
  for (const item of items) {
    influence(scope.pass, expression(item.value, scope));
    if (item.collate !== undefined) influence(scope.pass, expression(item.collate, scope));
  }
}
