import { type ItemTable, sharedCode } from '../../stores/item-table.ts';
import type { PathNode } from '../supporting-path.ts';

/** Tables up to this size are followed at once: that takes less than a millisecond. */
const promptItems = 2048;
/** How old the index of another may be: at least this, and more for large tables, which take longer. */
const refreshMs = 1000;
const refreshMsPerItem = 0.1;
/** Labels of an item that are looked at, the first. */
const maxLabels = 1024;
/** Categories have the codes from here on, below are attributes and nested labels. */
const firstCategory = 65_536;
const labelCodes = 2 * firstCategory;

/** Which labels count; see the options of `tags`. */
export interface LabelRules {
  readonly column?: string | undefined;
  readonly maxShare: number;
}

/**
 * The shown items of each label, made anew from the item table when it has changed: at once while there are few items,
 * else at most once a second and once in `items` / 10 milliseconds. Labels of an item are read from the table itself,
 * so those of a new item are known at once.
 */
export class LabelIndex {
  /** ln(1 + items / items with the label) by code; 0 for labels that say nothing. */
  readonly weights = new Float32Array(labelCodes);
  /** Items of label c are `items[starts[c]]` to `items[starts[c + 1] - 1]`. */
  readonly starts = new Uint32Array(labelCodes + 1);
  items = new Int32Array(0);
  /** Codes of the labels that were read last. */
  readonly read = new Int32Array(maxLabels);
  readonly #table: ItemTable;
  readonly #rules: LabelRules;
  /** 1 for attributes in the column, of the names that were looked at. */
  readonly #isWanted = new Uint8Array(firstCategory);
  #names = 0;
  readonly #readFor = new Uint32Array(labelCodes);
  #reads = 0;
  #revision = -1;
  #madeAtMs = Number.NEGATIVE_INFINITY;

  constructor(table: ItemTable, rules: LabelRules) {
    this.#table = table;
    this.#rules = rules;
  }

  /** Writes the codes of the labels of an item into `read`, each once, and returns how many. */
  readLabels(item: number): number {
    const { column } = this.#rules;
    const { attributes, attributesOf, categoriesOf } = this.#table;
    if (this.#names < attributes.names.length) this.#chooseNames();
    this.#startReading();
    let count = 0;
    const own = attributesOf[item];
    for (let i = 0; i < own.length; i++)
      if (this.#isWanted[own[i]] === 1) count = this.#take(own[i], count);
    if (column !== undefined && column !== 'category') return count;
    const categories = categoriesOf[item];
    for (let i = 0; i < categories.length; i++)
      if (categories[i] !== sharedCode) count = this.#take(firstCategory + categories[i], count);
    return count;
  }

  /** What a label says of an item: its name, and the value. */
  nodeOf(label: number): PathNode {
    const { attributes, categories } = this.#table;
    if (label >= firstCategory)
      return { type: 'category', id: categories.names[label - firstCategory] };
    const text = attributes.names[label];
    const at = text.indexOf('=');
    return { type: text.slice(0, at) || 'label', id: text.slice(at + 1) };
  }

  /** Follows the table. O(labels of all items) when it has changed. */
  refresh(nowMs: number): void {
    const { revision, size } = this.#table;
    if (this.#revision === revision) return;
    const restMs = size <= promptItems ? 0 : Math.max(refreshMs, refreshMsPerItem * size);
    if (Math.abs(nowMs - this.#madeAtMs) < restMs) return;
    this.#revision = revision;
    this.#madeAtMs = nowMs;
    const pairs = this.#count();
    this.#list(pairs);
  }

  #chooseNames(): void {
    const { names } = this.#table.attributes;
    const { column } = this.#rules;
    for (; this.#names < names.length; this.#names++) {
      const isIn = column === undefined || isInColumn(names[this.#names], column);
      if (isIn && this.#names !== sharedCode) this.#isWanted[this.#names] = 1;
    }
  }

  #startReading(): void {
    if (this.#reads === 0xffffffff) {
      this.#readFor.fill(0);
      this.#reads = 0;
    }
    this.#reads += 1;
  }

  #take(code: number, count: number): number {
    if (count >= maxLabels || this.#readFor[code] === this.#reads) return count;
    this.#readFor[code] = this.#reads;
    this.read[count] = code;
    return count + 1;
  }

  /** Weighs the labels, and returns the labels of all shown items. */
  #count(): LabelPairs {
    const { size, hidden } = this.#table;
    const pairs: LabelPairs = { ends: new Uint32Array(size), labels: new Int32Array(8 * size) };
    const frequencies = new Uint32Array(labelCodes);
    let shown = 0;
    let end = 0;
    for (let item = 0; item < size; item++) {
      if (hidden[item] === 0) {
        shown += 1;
        const count = this.readLabels(item);
        if (end + count > pairs.labels.length) pairs.labels = longer(pairs.labels, end + count);
        for (let i = 0; i < count; i++) {
          frequencies[this.read[i]] += 1;
          pairs.labels[end++] = this.read[i];
        }
      }
      pairs.ends[item] = end;
    }
    this.#weigh(frequencies, shown);
    return pairs;
  }

  #weigh(frequencies: Uint32Array, shown: number): void {
    const { starts, weights } = this;
    const most = Math.max(2, this.#rules.maxShare * shown);
    for (let code = 0; code < labelCodes; code++) {
      const frequency = frequencies[code];
      const isUseful = frequency > 0 && frequency <= most;
      weights[code] = isUseful ? Math.log1p(shown / frequency) : 0;
      starts[code + 1] = starts[code] + (isUseful ? frequency : 0);
    }
  }

  #list({ ends, labels }: LabelPairs): void {
    const { starts, weights } = this;
    const total = starts[labelCodes];
    if (this.items.length < total) this.items = new Int32Array(total * 2);
    const next = starts.slice(0, labelCodes);
    for (let item = 0, at = 0; item < ends.length; item++)
      for (; at < ends[item]; at++)
        if (weights[labels[at]] > 0) this.items[next[labels[at]]++] = item;
  }
}

/** Labels of items, one item after the other; those of item i end before `ends[i]`. */
interface LabelPairs {
  readonly ends: Uint32Array;
  labels: Int32Array;
}

function longer(values: Int32Array, least: number): Int32Array {
  const copy = new Int32Array(2 * least);
  copy.set(values);
  return copy;
}

/** Whether a label (`name=value`) has the name of the column, or one below it. */
function isInColumn(label: string, column: string): boolean {
  const after = label[column.length];
  return label.startsWith(column) && (after === '=' || after === '.');
}
