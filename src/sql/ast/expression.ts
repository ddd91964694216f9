import type { DataType } from './data-type.ts';
import type { Name, Path, Positioned } from './node.ts';
import type { OrderItem, Query, WindowSpecification } from './query.ts';

export type Expression =
  | Literal
  | Interval
  | RangeLiteral
  | PathExpression
  | FieldAccess
  | Subscript
  | Parameter
  | SystemVariable
  | DatePart
  | Unary
  | Binary
  | Is
  | Like
  | In
  | Between
  | Case
  | Cast
  | Extract
  | Call
  | ArrayLiteral
  | ArrayQuery
  | StructLiteral
  | ScalarSubquery
  | Exists
  | WithExpression
  | Default;

export type LiteralKind =
  | 'string'
  | 'bytes'
  | 'integer'
  | 'float'
  | 'numeric'
  | 'bignumeric'
  | 'boolean'
  | 'null'
  | 'date'
  | 'datetime'
  | 'time'
  | 'timestamp'
  | 'json';

/**
 * A constant. `value` is decoded: the characters of a string (adjacent literals joined), one character
 * U+0000–U+00FF per byte for bytes, the digits as written for numbers (hexadecimal too), `true`/`false`,
 * `null`, the text between the quotes for `DATE '…'`, `JSON '…'`, `NUMERIC '…'` and the like.
 */
export interface Literal extends Positioned {
  readonly type: 'literal';
  readonly kind: LiteralKind;
  readonly value: string;
}

/** `INTERVAL value unit [TO toUnit]`; units in upper case. */
export interface Interval extends Positioned {
  readonly type: 'interval';
  readonly value: Expression;
  readonly unit: string;
  readonly toUnit?: string;
}

/** `RANGE<DATE> '[2024-01-01, UNBOUNDED)'`. */
export interface RangeLiteral extends Positioned {
  readonly type: 'rangeLiteral';
  readonly elementType: DataType;
  readonly value: string;
}

/** `a`, `t.a`, `t.s.f`: which part is alias, column or field is the resolver's to say. */
export interface PathExpression extends Positioned {
  readonly type: 'path';
  readonly parts: Path;
}

/** A field of something that is not a plain path: `f(x).a`, `arr[0].b`, `(SELECT …).c`. */
export interface FieldAccess extends Positioned {
  readonly type: 'field';
  readonly object: Expression;
  readonly field: Name;
}

/** `object[OFFSET(index)]`; `key` is the bare form `object[index]` (ARRAY, JSON, STRUCT). */
export interface Subscript extends Positioned {
  readonly type: 'subscript';
  readonly object: Expression;
  readonly index: Expression;
  readonly by: 'offset' | 'safe_offset' | 'ordinal' | 'safe_ordinal' | 'key';
}

/** `@name`, or `?` with its 0-based position. */
export interface Parameter extends Positioned {
  readonly type: 'parameter';
  readonly name: string | null;
  readonly position: number | null;
}

/** `@@project_id`, `@@error.message`. */
export interface SystemVariable extends Positioned {
  readonly type: 'systemVariable';
  readonly parts: Path;
}

/** A date part in argument position: `DAY`, `ISOWEEK`, `WEEK(MONDAY)`; in upper case. */
export interface DatePart extends Positioned {
  readonly type: 'datePart';
  readonly part: string;
  readonly weekday?: string;
}

export interface Unary extends Positioned {
  readonly type: 'unary';
  readonly operator: '-' | '+' | '~' | 'NOT';
  readonly operand: Expression;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '||'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'AND'
  | 'OR'
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM';

/** `<>` is read as `!=`. */
export interface Binary extends Positioned {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN` (UNKNOWN is read as null). */
export interface Is extends Positioned {
  readonly type: 'is';
  readonly operand: Expression;
  readonly test: 'null' | 'true' | 'false';
  readonly negated: boolean;
}

/** `operand [NOT] LIKE pattern`, `LIKE ANY|SOME|ALL (…)` (`SOME` is read as `ANY`). */
export interface Like extends Positioned {
  readonly type: 'like';
  readonly operand: Expression;
  readonly negated: boolean;
  readonly quantifier?: 'ANY' | 'ALL';
  readonly patterns: InSet;
}

/** `operand [NOT] IN (…)`. */
export interface In extends Positioned {
  readonly type: 'in';
  readonly operand: Expression;
  readonly negated: boolean;
  readonly values: InSet;
}

export type InSet =
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'query'; readonly query: Query }
  | { readonly type: 'unnest'; readonly array: Expression };

export interface Between extends Positioned {
  readonly type: 'between';
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
}

export interface Case extends Positioned {
  readonly type: 'case';
  readonly operand?: Expression;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise?: Expression;
}

export interface Cast extends Positioned {
  readonly type: 'cast';
  readonly safe: boolean;
  readonly operand: Expression;
  readonly dataType: DataType;
  readonly format?: Expression;
  readonly timeZone?: Expression;
}

/** `EXTRACT(part FROM from [AT TIME ZONE timeZone])`; `part` is a `datePart`. */
export interface Extract extends Positioned {
  readonly type: 'extract';
  readonly part: DatePart;
  readonly from: Expression;
  readonly timeZone?: Expression;
}

/**
 * A function call of any kind: scalar, aggregate, window, user-defined. `IF(…)`, `COALESCE(…)` and the
 * like are calls. `name` excludes a leading `SAFE.`; keep the letters as written, compare in upper case.
 */
export interface Call extends Positioned {
  readonly type: 'call';
  readonly name: Path;
  readonly safe: boolean;
  readonly distinct: boolean;
  readonly arguments: readonly Argument[];
  readonly nulls?: 'IGNORE' | 'RESPECT';
  readonly having?: { readonly extreme: 'MIN' | 'MAX'; readonly value: Expression };
  /** `SUM(a WHERE b)`: the rows that count. */
  readonly filter?: Expression;
  /** `AVG(MAX(a) GROUP BY b)`: aggregates of aggregates. */
  readonly groupBy?: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Expression;
  readonly window?: WindowSpecification;
}

export interface Argument extends Positioned {
  /** The name of a named argument, `f(name => value)`. */
  readonly name?: Name;
  readonly value: ArgumentValue;
}

export type ArgumentValue =
  | { readonly type: 'expression'; readonly expression: Expression; readonly alias?: Name }
  /** `COUNT(*)`. */
  | { readonly type: 'star' }
  | { readonly type: 'lambda'; readonly parameters: readonly Name[]; readonly body: Expression }
  /** A subquery standing as an argument without parentheses of its own, or a table-valued one. */
  | { readonly type: 'query'; readonly query: Query }
  | { readonly type: 'table'; readonly path: Path }
  | { readonly type: 'model' | 'connection'; readonly path: Path };

/** `[a, b]`, `ARRAY[a, b]`, `ARRAY<T>[a, b]`. */
export interface ArrayLiteral extends Positioned {
  readonly type: 'array';
  readonly elementType?: DataType;
  readonly elements: readonly Expression[];
}

/** `ARRAY(SELECT …)`. */
export interface ArrayQuery extends Positioned {
  readonly type: 'arrayQuery';
  readonly query: Query;
}

/** `STRUCT(a AS x)`, `STRUCT<x INT64>(a)`, and the tuple `(a, b)` whose fields are unnamed. */
export interface StructLiteral extends Positioned {
  readonly type: 'struct';
  /** `(a, b)`: its fields have no names. */
  readonly tuple?: true;
  readonly fields: readonly StructField[];
  readonly dataType?: DataType;
}

export interface StructField extends Positioned {
  readonly name?: Name;
  readonly value: Expression;
}

export interface ScalarSubquery extends Positioned {
  readonly type: 'subquery';
  readonly query: Query;
}

export interface Exists extends Positioned {
  readonly type: 'exists';
  readonly query: Query;
}

/** `WITH(a AS x, b AS a + 1, a * b)`; a binding sees those before it. */
export interface WithExpression extends Positioned {
  readonly type: 'with';
  readonly bindings: readonly { readonly name: Name; readonly value: Expression }[];
  readonly result: Expression;
}

/** `DEFAULT` as a value in INSERT, UPDATE and MERGE. */
export interface Default extends Positioned {
  readonly type: 'default';
}
