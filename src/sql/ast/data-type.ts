import type { Name, Path, Positioned } from './node.ts';

export type DataType = SimpleType | ArrayType | StructType | RangeType;

/** `INT64`, `STRING(10)`, `NUMERIC(10, 2)`; `name` in upper case with aliases kept as written (`INT`). */
export interface SimpleType extends Positioned {
  readonly type: 'simpleType';
  readonly name: string;
  readonly parameters: readonly string[];
}

export interface ArrayType extends Positioned {
  readonly type: 'arrayType';
  /** Absent for `ANY TYPE`-like and untyped arrays. */
  readonly element: DataType;
}

export interface StructType extends Positioned {
  readonly type: 'structType';
  readonly fields: readonly { readonly name?: Name; readonly dataType: DataType }[];
}

export interface RangeType extends Positioned {
  readonly type: 'rangeType';
  readonly element: DataType;
}

/** A named type of a routine argument beyond values: `ANY TYPE`, `TABLE<…>`. */
export type ParameterType =
  | DataType
  | (Positioned & { readonly type: 'anyType' })
  | (Positioned & { readonly type: 'tableType'; readonly columns: readonly ColumnType[] })
  | (Positioned & { readonly type: 'likeTable'; readonly path: Path });

export interface ColumnType extends Positioned {
  readonly name: Name;
  readonly dataType: DataType;
}
