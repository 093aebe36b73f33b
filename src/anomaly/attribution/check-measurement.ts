import { SightlineError } from '../../domain/errors.ts';
import type { LeafTable, Measurement } from './leaf-table.ts';

const mostLabels = 12;

/**
 * Throws SL_DATA_INVALID for a table of no leaves, no labels or more than 12, for columns of another length than the
 * table, for codes without a value, and for amounts that are negative or not finite. O(leaves · labels).
 */
export function checkMeasurement(table: LeafTable, measurement: Measurement): void {
  const { labels, values, count, codes } = table;
  if (!(count >= 1)) throw invalid(`leaf table has ${count} leaves, expected 1 or more`);
  if (labels.length < 1 || labels.length > mostLabels)
    throw invalid(`leaf table has ${labels.length} labels, expected 1 to ${mostLabels}`);
  if (values.length !== labels.length || codes.length !== labels.length)
    throw invalid(
      `leaf table has ${values.length} lists of values and ${codes.length} of codes, expected ${labels.length}`,
    );
  codes.forEach((column, label) => {
    checkLength(`codes of ${labels[label]}`, column, count);
    checkCodes(labels[label], column, values[label].length);
  });
  for (const [name, column] of Object.entries(measurement)) {
    if (!(column instanceof Float64Array)) continue;
    checkLength(name, column, count);
    checkAmounts(name, column);
  }
  if (measurement.kind === 'ratio') {
    checkHits('hits', measurement.hits, measurement.trials);
    checkHits('pastHits', measurement.pastHits, measurement.pastTrials);
  }
}

function checkLength(name: string, column: ArrayLike<number>, count: number): void {
  if (column.length !== count)
    throw invalid(`${name} has ${column.length} leaves, expected ${count}`);
}

function checkCodes(label: string, column: Uint32Array, width: number): void {
  for (let leaf = 0; leaf < column.length; leaf++)
    if (column[leaf] >= width)
      throw invalid(`code of ${label} in leaf ${leaf} is ${column[leaf]}, expected below ${width}`);
}

function checkAmounts(name: string, column: Float64Array): void {
  for (let leaf = 0; leaf < column.length; leaf++)
    if (!(column[leaf] >= 0 && column[leaf] < Number.POSITIVE_INFINITY))
      throw invalid(`${name} of leaf ${leaf} is ${column[leaf]}, expected a number from 0`);
}

function checkHits(name: string, hits: Float64Array, trials: Float64Array): void {
  const wrong = hits.findIndex((value, leaf) => value > trials[leaf]);
  if (wrong >= 0)
    throw invalid(`${name} of leaf ${wrong} is ${hits[wrong]}, expected at most ${trials[wrong]}`);
}

function invalid(message: string): SightlineError {
  return new SightlineError('SL_DATA_INVALID', message);
}
