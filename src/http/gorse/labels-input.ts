import { SightlineError } from '../../domain/errors.ts';
import type { Labels } from '../../domain/labels.ts';
import { shorten } from '../errors.ts';

const deepest = 32;

/**
 * Reads labels: null, text, a number, a list of texts or of numbers, or names with any of these, 32 levels at most.
 * Throws `SL_REQUEST_INVALID` for lists of several kinds, booleans and numbers too large to keep.
 *
 * @example readLabels({ tags: ['a', 'b'], embedding: [0.1, 0.2] }) // the same
 * @example readLabels(['a', 1]) // throws: unsupported labels: ["a",1]
 */
export function readLabels(given: unknown): Labels {
  check(given ?? null, 1);
  return (given ?? null) as Labels;
}

function check(labels: unknown, level: number): void {
  if (labels === null || typeof labels === 'string' || Number.isFinite(labels)) return;
  if (level > deepest) throw invalid(`labels are nested too deep, expected ${deepest} levels`);
  if (Array.isArray(labels)) {
    if (isOfTexts(labels) || isOfNumbers(labels)) return;
    throw invalid(`unsupported labels: ${shorten(JSON.stringify(labels.slice(0, 20)), 200)}`);
  }
  if (typeof labels !== 'object')
    throw invalid(`unsupported type in labels: ${typeof labels === 'boolean' ? 'bool' : 'number'}`);
  for (const label of Object.values(labels)) check(label, level + 1);
}

const isOfTexts = (labels: readonly unknown[]): boolean =>
  labels.every((label) => typeof label === 'string');
const isOfNumbers = (labels: readonly unknown[]): boolean => labels.every(Number.isFinite);

const invalid = (message: string) =>
  new SightlineError('SL_REQUEST_INVALID', message, { path: 'Labels' });
