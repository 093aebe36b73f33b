import type { Kind } from './values.ts';

/** What is known of a value before there is one. `any` is known when it is there. */
export type ExpressionType = Exclude<Kind, 'list' | 'map'> | 'any' | ListType | RecordType;

/** A list of elements of one type. */
export interface ListType {
  readonly list: ExpressionType;
}

/** A thing with these fields and no others. */
export interface RecordType {
  /** What it is called in mistakes. */
  readonly record: string;
  readonly fields: Readonly<Record<string, ExpressionType>>;
}

/** The kind of a type; undefined for `any`. */
export function kindOfType(type: ExpressionType): Kind | undefined {
  if (type === 'any') return undefined;
  if (typeof type === 'string') return type;
  return 'list' in type ? 'list' : 'map';
}

/** The type of what may be either. */
export function eitherType(one: ExpressionType, other: ExpressionType): ExpressionType {
  if (one === other) return one;
  if (typeof one === 'object' && typeof other === 'object' && 'list' in one && 'list' in other)
    return { list: eitherType(one.list, other.list) };
  return 'any';
}

/** The type of the elements of a list. */
export const elementType = (type: ExpressionType): ExpressionType =>
  typeof type === 'object' && 'list' in type ? type.list : 'any';
