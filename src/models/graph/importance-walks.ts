import type { Rng } from '../../math/rng.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import { topRows } from '../../math/top-rows.ts';
import type { GraphReader } from './graph-reader.ts';
import { createNeighbourSampler, edgeOffsets, type SamplingRule } from './neighbour-sampler.ts';

/** What ties items: both ways between items and nodes of one other type. */
export interface Tie {
  /** `user`, `category`, `brand`, `tag` or another name of attributes. */
  readonly type: string;
  readonly toNodes: GraphReader;
  readonly toItems: GraphReader;
  /** How often a walk takes this tie, beside the others that the item has. */
  readonly share: number;
}

/** How long and how many walks are. */
export interface WalkOptions {
  readonly walks: number;
  /** Steps from item to item. */
  readonly length: number;
  /** Chance that a walk begins again after a step. */
  readonly restart: number;
  /** Neighbours kept of each item: those visited most. */
  readonly keep: number;
  readonly rule: SamplingRule;
}

/** Draws neighbours by random walks, and remembers what it went over. */
export interface ImportanceWalks {
  /**
   * A row an item: the items that its walks met most, but itself, with their share of the visits; rows sum to 1 or are
   * empty.
   */
  sample(rng: Rng): SparseMatrix;
  /** Share of all edges from items that any walk went over so far, 0 to 1. */
  sampledEdgesRatio(): number;
  /** Share of the items that any walk met so far, 0 to 1. */
  coverageRatio(): number;
}

/**
 * Makes walks over ties: from an item to a node and on to an item. The importance of a neighbour is its share of the
 * visits (PinSage: Ying et al. 2018, 3.1). O(items · walks · length) a sample.
 */
export function createImportanceWalks(
  items: number,
  ties: readonly Tie[],
  options: WalkOptions,
): ImportanceWalks {
  const steps = ties.map((tie) => createStep(tie, options.rule));
  const met = new Uint8Array(items);
  const visits = new Float32Array(items);
  const step = (item: number, rng: Rng): number => {
    let total = 0;
    for (const { tie } of steps) if (tie.toNodes.degree(item) > 0) total += tie.share;
    let left = rng.unit() * total;
    for (const { tie, take } of steps) {
      if (tie.toNodes.degree(item) === 0) continue;
      left -= tie.share;
      if (left < 0) return take(item, rng);
    }
    return -1;
  };
  /** Counts the visits of all walks from an item; `seen` gets the items. */
  const walk = (start: number, rng: Rng, seen: number[]): void => {
    for (let w = 0; w < options.walks; w++) {
      let item = start;
      for (let s = 0; s < options.length && item >= 0; s++) {
        item = step(item, rng);
        if (item < 0) break;
        if (item !== start && visits[item]++ === 0) seen.push(item);
        if (rng.unit() < options.restart) item = start;
      }
    }
  };
  return {
    sample(rng) {
      const rows: { codes: number[]; counts: number[] }[] = [];
      for (let item = 0; item < items; item++) {
        const seen: number[] = [];
        walk(item, rng, seen);
        rows.push(mostVisited(seen, visits, options.keep));
        for (const other of seen) {
          visits[other] = 0;
          met[other] = 1;
        }
      }
      return matrixOf(rows, items);
    },
    sampledEdgesRatio() {
      const edges = steps.reduce((sum, { marks }) => sum + marks.length, 0);
      const marked = steps.reduce((sum, { marks }) => sum + countOnes(marks), 0);
      return edges === 0 ? 0 : marked / edges;
    },
    coverageRatio: () => (items === 0 ? 0 : countOnes(met) / items),
  };
}

/** One step over a tie, that marks the edge it leaves the item by. */
function createStep(
  tie: Tie,
  rule: SamplingRule,
): { tie: Tie; marks: Uint8Array; take(item: number, rng: Rng): number } {
  const offsets = edgeOffsets(tie.toNodes);
  const marks = new Uint8Array(offsets[tie.toNodes.rows]);
  const away = createNeighbourSampler(tie.toNodes, rule);
  const back = createNeighbourSampler(tie.toItems, rule);
  return {
    tie,
    marks,
    take(item, rng) {
      const edge = away(item, rng);
      marks[offsets[item] + edge] = 1;
      const node = tie.toNodes.target(item, edge);
      const way = back(node, rng);
      return way < 0 ? -1 : tie.toItems.target(node, way);
    },
  };
}

function mostVisited(
  seen: readonly number[],
  visits: Float32Array,
  keep: number,
): { codes: number[]; counts: number[] } {
  const inOrder = Int32Array.from(seen).sort();
  const counts = Float32Array.from(inOrder, (item) => visits[item]);
  const places = new Int32Array(Math.min(keep, inOrder.length));
  topRows(counts, inOrder.length, places.length, places);
  const kept = [...places].sort((a, b) => a - b);
  return { codes: kept.map((at) => inOrder[at]), counts: kept.map((at) => counts[at]) };
}

/** Rows of codes that rise, their counts as shares. */
function matrixOf(
  rows: readonly { readonly codes: readonly number[]; readonly counts: readonly number[] }[],
  columns: number,
): SparseMatrix {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [row, { codes }] of rows.entries()) offsets[row + 1] = offsets[row] + codes.length;
  const codes = new Uint32Array(offsets[rows.length]);
  const values = new Float32Array(offsets[rows.length]);
  for (const [row, { codes: own, counts }] of rows.entries()) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    codes.set(own, offsets[row]);
    for (const [i, count] of counts.entries()) values[offsets[row] + i] = count / total;
  }
  return { rows: rows.length, columns, offsets, codes, values };
}

function countOnes(marks: Uint8Array): number {
  return marks.reduce((sum, mark) => sum + mark, 0);
}
