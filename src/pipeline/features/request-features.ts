import { type Candidates, candidateCapacity } from '../../domain/candidates.ts';
import { FeatureColumn } from './feature-column.ts';
import type { KnownNumbers } from './known-numbers.ts';

/** The most items of the last rung of the ladder whose features are read beside those of the candidates. */
export const maxSpareRows = 64;

/** What algorithms see of the features of a request. */
export interface Features {
  /** The column of a feature; its rows are those of `rowOf`. One that nobody has read is failed in every row. */
  get(name: string): FeatureColumn;
  /** The row of an item in columns of candidates, or -1: rows of candidates first, then of items of the ladder. */
  rowOf(item: number): number;
}

/** What a column is made for. */
export interface ColumnPlan {
  readonly feature: string;
  readonly isSingle: boolean;
  /** The numbers of its items that requests before have read. */
  readonly known?: KnownNumbers | undefined;
}

type Columns = ReadonlyMap<string, FeatureColumn>;

const noColumns: Columns = new Map();

/** The features of the request that a run serves. */
export class RequestFeatures implements Features {
  /** Dense indices of the items of the rows: those of the candidates, then of the ladder. */
  readonly items = new Int32Array(candidateCapacity + maxSpareRows);
  rows = 0;
  /** Declared features that the request could be asked for, and those of them that were missing. */
  asked = 0;
  missing = 0;
  readonly #candidates: Candidates;
  readonly #candidateRow: (item: number) => number;
  /** A run is used by works of many generations, which are gone one day. */
  readonly #columnsOf = new WeakMap<readonly ColumnPlan[], Columns>();
  #columns: Columns = noColumns;
  readonly #failed = new FeatureColumn(false);

  /** `candidateRow` answers the row of a candidate, or -1. */
  constructor(candidates: Candidates, candidateRow: (item: number) => number) {
    this.#candidates = candidates;
    this.#candidateRow = candidateRow;
  }

  get(name: string): FeatureColumn {
    return this.#columns.get(name) ?? this.#unread();
  }

  rowOf(item: number): number {
    const row = this.#candidateRow(item);
    if (row >= 0) return row;
    for (let r = this.#candidates.count; r < this.rows; r++) if (this.items[r] === item) return r;
    return -1;
  }

  /** Forgets the request before. */
  clear(): void {
    this.#columns = noColumns;
    this.rows = 0;
    this.asked = 0;
    this.missing = 0;
  }

  /** Makes the columns of a work, each to be filled, over the candidates and the first of the `spares`. */
  begin(plan: readonly ColumnPlan[], spares?: Int32Array): void {
    let columns = this.#columnsOf.get(plan);
    if (columns === undefined) {
      columns = new Map(
        plan.map(({ feature, isSingle, known }) => [feature, new FeatureColumn(isSingle, known)]),
      );
      this.#columnsOf.set(plan, columns);
    }
    this.#columns = columns;
    const { items, count } = this.#candidates;
    for (let row = 0; row < count; row++) this.items[row] = items[row];
    this.rows = count;
    const reach = Math.min(spares?.length ?? 0, maxSpareRows);
    for (let at = 0; at < reach; at++) {
      const item = spares![at];
      if (this.#candidateRow(item) < 0) this.items[this.rows++] = item;
    }
  }

  #unread(): FeatureColumn {
    this.#failed.fillWith('failed', Math.max(1, this.#candidates.count));
    return this.#failed;
  }
}
