/** An instant. */
export class Time {
  /** Epoch milliseconds. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A length of time, below 0 for backwards. */
export class Duration {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A list whose elements are made when they are asked for. */
export abstract class LazyList {
  abstract readonly length: number;
  /** The element at an index from 0 to length - 1. */
  abstract at(index: number): unknown;
}

/** A list as expressions see it. */
export type List = LazyList | readonly unknown[];

/** Whether a value is a list of either sort. */
export const isList = (value: unknown): value is List =>
  Array.isArray(value) || value instanceof LazyList;

/** What a value is at the time it is there. */
export type Kind = 'nil' | 'number' | 'string' | 'bool' | 'time' | 'duration' | 'list' | 'map';

/** The kind of a value. */
export function kindOf(value: unknown): Kind {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Time) return 'time';
  if (value instanceof Duration) return 'duration';
  return isList(value) ? 'list' : 'map';
}

/** Whether two values are the same thing: lists by their elements, maps never unless they are one. O(elements). */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (kind === 'nil') return true;
  if (kind === 'time' || kind === 'duration') return (a as Time).ms === (b as Time).ms;
  if (kind !== 'list') return false;
  const [left, right] = [a as List, b as List];
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (!isEqual(left.at(i), right.at(i))) return false;
  return true;
}

/** What stands under a name of a map, undefined where it has none of its own. */
export function ownValue(map: object, name: string): unknown {
  return Object.hasOwn(map, name) ? (map as Record<string, unknown>)[name] : undefined;
}
