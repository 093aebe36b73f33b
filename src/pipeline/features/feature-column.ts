import type { FeatureLookup, FeatureValue } from '../../stores/features/feature-store.ts';
import { numberOf, pathOf } from './feature-path.ts';
import type { KnownNumbers } from './known-numbers.ts';

/** What a row of a column may be: nothing is kept under its key, a value is, or nobody could say in time. */
export const featureState = { absent: 0, present: 1, failed: 2 } as const;

/** How many rows of a column came out in each way. */
export interface ColumnTally {
  readonly present: number;
  readonly failed: number;
}

/** Columns of numbers that are kept ready for one feature; beyond it they are made anew for each request. */
const maxNumberColumns = 16;

interface NumberColumn {
  readonly field: string;
  readonly missing: number;
  numbers: Float64Array;
  isFilled: boolean;
}

/**
 * One feature of one request: a row a candidate, or a single row for what describes the user, the session or the
 * anchor. Pooled: nothing may keep a reference past the request, and nobody changes what it holds.
 */
export class FeatureColumn {
  /** Whether its one row is meant for every candidate. */
  readonly isSingle: boolean;
  /** Rows in use. */
  count = 0;
  /** One of `featureState` for each row. */
  state = new Uint8Array(0);
  #lookups: readonly FeatureLookup[] = [];
  #items: Int32Array | undefined;
  readonly #numbers: NumberColumn[] = [];
  readonly #known: KnownNumbers | undefined;

  constructor(isSingle: boolean, known?: KnownNumbers) {
    this.isSingle = isSingle;
    this.#known = known;
  }

  /** The value of a row, or undefined where there is none. */
  valueAt(row: number): FeatureValue | undefined {
    const found = this.#lookups[row];
    return found?.state === 'present' ? found.row : undefined;
  }

  /**
   * The numbers of all rows at a path of names (`price.net`; empty for values that are numbers themselves), and
   * `missing` where there is no finite number. Made once for a request. O(rows).
   *
   * @example context.features.get('price').numbers('net', 0)[row] // 9.5
   */
  numbers(field = '', missing = Number.NaN): Float64Array {
    const column = this.#columnOf(field, missing);
    if (column.isFilled) return column.numbers;
    const { count } = this;
    if (column.numbers.length < count) column.numbers = new Float64Array(this.state.length);
    const { numbers } = column;
    if (this.#items !== undefined && this.#known !== undefined) {
      this.#known.read(field, this.#lookups, { items: this.#items, numbers, missing });
    } else {
      const path = pathOf(field);
      for (let row = 0; row < count; row++) {
        const number = numberOf(this.#lookups[row], path);
        numbers[row] = Number.isNaN(number) ? missing : number;
      }
    }
    column.isFilled = true;
    return numbers;
  }

  /** Takes what was found, in the order of the rows, and the items of the rows where the store holds its answers. */
  fill(lookups: readonly FeatureLookup[], items?: Int32Array): ColumnTally {
    const count = lookups.length;
    this.#begin(count);
    this.#lookups = lookups;
    this.#items = items;
    const { state } = this;
    let present = 0;
    let failed = 0;
    for (let row = 0; row < count; row++) {
      const found = lookups[row].state;
      if (found === 'present') {
        state[row] = featureState.present;
        present += 1;
      } else if (found === 'absent') state[row] = featureState.absent;
      else {
        state[row] = featureState.failed;
        failed += 1;
      }
    }
    return { present, failed };
  }

  /** Takes that so many rows came out in the same way, without a value. */
  fillWith(state: 'absent' | 'failed', count: number): void {
    this.#begin(count);
    this.#lookups = [];
    this.#items = undefined;
    this.state.fill(featureState[state], 0, count);
  }

  #begin(count: number): void {
    this.count = count;
    if (this.state.length < count) this.state = new Uint8Array(2 * count);
    for (const column of this.#numbers) column.isFilled = false;
  }

  #columnOf(field: string, missing: number): NumberColumn {
    for (const column of this.#numbers) {
      if (column.field === field && Object.is(column.missing, missing)) return column;
    }
    const made = { field, missing, numbers: new Float64Array(0), isFilled: false };
    if (this.#numbers.length < maxNumberColumns) this.#numbers.push(made);
    return made;
  }
}
