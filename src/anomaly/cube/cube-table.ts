import type { LeafTable, Measurement } from '../attribution/leaf-table.ts';
import { hitLabelName } from './hit-label-name.ts';
import { bucketsOf, slowBucket } from './latency.ts';
import type { LeafIndex } from './leaf-index.ts';
import { markCount } from './marks.ts';
import type { Measure } from './measures.ts';
import { rolesOf } from './roles.ts';
import { gatherRows, markTotals, type Rows } from './rows.ts';
import { secondsOf, type Windows } from './windows.ts';

/** What the attribution asks and is told. */
export interface CubeTable {
  readonly table: LeafTable;
  readonly measurement: Measurement;
  /** Stage and reason where all hits have the same: no part of the table, and true of every cause. */
  readonly constants: Readonly<Record<string, string>>;
}

/** What a table is made of. */
export interface CubeTableSource {
  readonly leaves: LeafIndex;
  readonly windows: Windows;
  /** What the time of day makes of numbers, now divided by before; 1 where that is not known. */
  readonly trend: number;
}

/** What a table is made with. */
export interface CubeTableOptions {
  /** Names of all labels of a leaf. */
  readonly labels: readonly string[];
  /** The name of a value. */
  readonly nameOf: (label: string, code: number) => string;
  readonly maxRows: number;
}

const codeSpan = 65_536;
/** The code of a stage or reason that stands for all others. */
const noKind = codeSpan - 1;

/** A label of a table: the value of each row, from 0. */
interface Column {
  readonly name: string;
  readonly codes: Uint32Array;
  readonly values: readonly string[];
}

/**
 * The table of a measure in two windows. Labels with one value in all rows are left out, as they explain nothing.
 *
 * - A count is expected as often as in the past, for its length and by what the time of day makes of it.
 * - A ratio is told as hits among trials, now and before.
 * - Hits with labels of their own have a row for each leaf and kind of hit, with all trials of the leaf: how many of
 *   the requests of a leaf fail in one way is binomial whatever the other ways do, and rows without hits say that it did
 *   not happen there. Hits sum up over kinds; trials do not, and nothing that is told of a cause is made of their sum.
 *
 * O(cells of the windows + rows · labels).
 */
export function cubeTable(
  measure: Measure,
  from: CubeTableSource,
  { labels, nameOf, maxRows }: CubeTableOptions,
): CubeTable {
  const { leaves, windows } = from;
  const counts = markTotals(windows.present);
  const pastCounts = markTotals(windows.past);
  const slowFrom = slowBucket(bucketsOf(pastCounts), bucketsOf(counts));
  for (let mark = 0; mark < markCount; mark++) counts[mark] += pastCounts[mark];
  const maxKinds = Math.floor(maxRows / Math.max(1, Math.min(maxRows, leaves.size)));
  const roles = rolesOf(measure, { counts, slowFrom, maxKinds });
  const rows = gatherRows(windows, leaves, {
    roles,
    width: labels.length,
    maxLeaves: Math.max(2, Math.floor(maxRows / roles.kinds.length)),
  });
  const columns = labels.map((name, label) =>
    columnOf(name, rows.codes[label], (code) => nameOf(name, code)),
  );
  const constants: Record<string, string> = {};
  for (const name of measure.hitLabels) {
    const codes = rows.codes[0].map(
      (_, row) => roles.kinds[row % roles.kinds.length][name] ?? noKind,
    );
    const column = columnOf(name, codes, (code) => hitLabelName(name, code));
    columns.push(column);
    if (column.values.length === 1) constants[name] = column.values[0];
  }
  return {
    table: tableOf(columns, rows.count),
    measurement: measurementOf(measure, rows, from),
    constants,
  };
}

function measurementOf(
  { kind }: Measure,
  { hits, trials, pastHits, pastTrials, quiet }: Rows,
  { windows: { present, past }, trend }: CubeTableSource,
): Measurement {
  if (kind === 'count') {
    const scale = (trend * secondsOf(present)) / secondsOf(past);
    const expected = pastHits.map((events) => events * scale);
    const stretches = quiet.map((stretch) => ({ actual: stretch.hits }));
    return { kind, actual: hits, expected, baseline: pastHits, quiet: stretches };
  }
  return {
    kind,
    hits,
    trials: atLeast(trials, hits),
    pastHits,
    pastTrials: atLeast(pastTrials, pastHits),
    quiet: quiet.map((stretch) => ({
      hits: stretch.hits,
      trials: atLeast(stretch.trials, stretch.hits),
    })),
  };
}

/** A click may come in a later window than the item was shown. */
function atLeast(trials: Float64Array, hits: Float64Array): Float64Array {
  return trials.map((amount, leaf) => Math.max(amount, hits[leaf]));
}

function tableOf(columns: readonly Column[], count: number): LeafTable {
  const telling = columns.filter(({ values }) => values.length > 1);
  return {
    labels: telling.map(({ name }) => name),
    values: telling.map(({ values }) => values),
    count,
    codes: telling.map(({ codes }) => codes),
  };
}

/** Numbers values in the order in which they come. */
function columnOf(name: string, codes: Uint16Array, nameOf: (code: number) => string): Column {
  const numbers = new Int32Array(codeSpan).fill(-1);
  const values: string[] = [];
  const numbered = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (numbers[code] < 0) numbers[code] = values.push(nameOf(code)) - 1;
    numbered[row] = numbers[code];
  }
  return { name, codes: numbered, values };
}
