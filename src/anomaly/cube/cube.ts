import { isSoundTick } from './check-tick.ts';
import { type CubeTable, cubeTable } from './cube-table.ts';
import { DayCurve } from './day-curve.ts';
import { KeptTicks } from './kept-ticks.ts';
import { type LeafTick, leafLabels } from './leaf-tick.ts';
import { type MeasureName, measures } from './measures.ts';
import { valueNames } from './value-names.ts';
import { type WindowsQuestion, windowsOf } from './windows.ts';

/** Which change is to be explained. */
export interface CubeQuestion extends WindowsQuestion {
  readonly measure: MeasureName;
}

/** The counts of the last ticks by leaf. */
export interface Cube {
  /** Takes a tick in; false, and counted as refused, where it is no later than the last one or cannot be counted with. */
  add(tick: LeafTick): boolean;
  /** What was measured since a change and what was to be expected; undefined where there is nothing to compare with. */
  table(question: CubeQuestion): CubeTable | undefined;
  /** Combinations of label values held, those included that have just left. */
  readonly leaves: number;
  readonly cells: number;
  readonly ticks: number;
  /** Ticks refused since the start. */
  readonly refused: number;
}

/** Surroundings and bounds of a cube. */
export interface CubeOptions {
  /** Names of the declared labels, which stand after `leafLabels`. */
  readonly labels: readonly string[];
  /** The name behind a code of an event. */
  readonly nameOf: (code: number) => string;
  readonly maxTicks?: number;
  /** Cells held at once, 10 bytes each; the oldest ticks go first. */
  readonly maxCells?: number;
  /** Rows of a table; the smallest leaves are summed up. */
  readonly maxRows?: number;
}

/**
 * Makes an empty cube. Two hours of ticks of 30 seconds, and 40 MB of counts at most, unless told otherwise.
 *
 * @example
 * const cube = createCube({ labels: ['country'], nameOf: (code) => codes.nameOf(code) });
 * cube.add(tick); // true
 * cube.table({ measure: 'fallbacks', onsetMs, nowMs, baselineMs: 3_600_000 });
 */
export function createCube({
  labels: declared,
  nameOf,
  maxTicks = 240,
  maxCells = 4_000_000,
  maxRows = 200_000,
}: CubeOptions): Cube {
  const labels = [...leafLabels, ...declared];
  const kept = new KeptTicks(labels.length, { maxTicks, maxCells });
  const names = valueNames(nameOf);
  const curve = new DayCurve();
  let refused = 0;

  const add = (tick: LeafTick): boolean => {
    const last = kept.ticks.at(-1);
    const isLater = last === undefined || tick.atMs > last.atMs;
    const isTaken = isLater && isSoundTick(tick, labels.length) && kept.add(tick);
    if (isTaken) curve.add(tick);
    else refused += 1;
    return isTaken;
  };
  const table = ({ measure, ...when }: CubeQuestion) => {
    const windows = windowsOf(kept.ticks, when);
    if (windows === undefined) return undefined;
    const trend = curve.ratio(windows.present, windows.past);
    const from = { leaves: kept.leaves, windows, trend };
    return cubeTable(measures[measure], from, { labels, nameOf: names, maxRows });
  };
  return {
    add,
    table,
    get leaves() {
      return kept.leaves.size;
    },
    get cells() {
      return kept.cells;
    },
    get ticks() {
      return kept.ticks.length;
    },
    get refused() {
      return refused;
    },
  };
}
