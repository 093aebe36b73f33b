import type { Labels } from '../../../domain/labels.ts';
import { isIdentifier } from '../../identifier.ts';
import { parseTime } from './lenient-time.ts';

/** What is wrong with a row; thrown by the readers of fields, and caught by those of rows. */
export class RowMistake extends Error {}

/** A row as JSON gave it. */
export type RawRow = Readonly<Record<string, unknown>>;

/** The value of a key, whatever its case, as in Go. An exact match comes first. */
export function field(row: RawRow, name: string): unknown {
  const exact = row[name];
  if (exact !== undefined) return exact;
  for (const key in row)
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return row[key];
  return undefined;
}

/** An id; with `slashes` it may have some. */
export function readId(
  row: RawRow,
  name: string,
  { slashes }: { readonly slashes: boolean },
): string {
  const id = field(row, name);
  if (!isIdentifier(id)) throw new RowMistake(`${name} is no id, expected 1 to 512 bytes of UTF-8`);
  if (!slashes && id.includes('/')) throw new RowMistake(`${name} has a slash, expected none`);
  return id;
}

/** Text; undefined where it is empty or absent. */
export function readText(row: RawRow, name: string): string | undefined {
  const text = field(row, name);
  if (text === undefined || text === null || text === '') return undefined;
  if (typeof text !== 'string' || !text.isWellFormed())
    throw new RowMistake(`${name} is ${kindOf(text)}, expected well-formed text`);
  return text;
}

/** A time, epoch milliseconds. */
export function readTime(row: RawRow, name: string): number {
  const ms = parseTime(field(row, name));
  if (ms === undefined) throw new RowMistake(`${name} is no time, expected RFC 3339`);
  return ms;
}

/** A number; 0 where it is absent. */
export function readNumber(row: RawRow, name: string): number {
  const number = field(row, name) ?? 0;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new RowMistake(`${name} is ${kindOf(number)}, expected a finite number`);
  return number;
}

/** Yes or no; no where it is absent. */
export function readFlag(row: RawRow, name: string): boolean {
  const flag = field(row, name) ?? false;
  if (typeof flag !== 'boolean')
    throw new RowMistake(`${name} is ${kindOf(flag)}, expected true or false`);
  return flag;
}

/** A list of names, each once; empty where it is absent. */
export function readNames(row: RawRow, name: string): readonly string[] {
  const names = field(row, name) ?? [];
  if (!Array.isArray(names) || !names.every(isIdentifier))
    throw new RowMistake(`${name} is ${kindOf(names)}, expected a list of names`);
  return [...new Set<string>(names)];
}

/** Levels of labels at most. */
const maxDepth = 32;

/** Labels: null, text, a number, a list of either, or names with any of these; undefined where they are absent or null. */
export function readLabels(row: RawRow, name = 'Labels'): Labels | undefined {
  const labels = field(row, name);
  if (labels === undefined || labels === null) return undefined;
  if (!isLabels(labels, maxDepth))
    throw new RowMistake(
      `${name} has what is no label, expected text, numbers, lists of one of these, or names of such`,
    );
  return labels;
}

function isLabels(value: unknown, depth: number): value is Labels {
  if (value === null || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (!Array.isArray(value))
    return Object.values(value).every((inner) => isLabels(inner, depth - 1));
  return value.every((one) => typeof one === 'string') || value.every(Number.isFinite);
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'such a list' : typeof value);
