import { LeafIndex } from '../../anomaly/cube/leaf-index.ts';
import { type LeafTick, leafLabels } from '../../anomaly/cube/leaf-tick.ts';
import {
  degradedMark,
  fallbackMark,
  latencyBucket,
  plainMark,
  plainMarks,
  timeMark,
} from '../../anomaly/cube/marks.ts';
import type { EventBatch } from '../../telemetry/event-ring.ts';
import { outcomes } from '../../telemetry/request-record.ts';
import { featuresAsked, featuresMissing, labelOf } from '../../telemetry/ring-event.ts';
import type { RequestWindow } from '../requests/request-window.ts';
import { type CellColumns, CellCounts } from './cell-counts.ts';

const [, fallback, partial, empty, error] = outcomes.map((_, code) => code);
const plainCount = plainMarks.length;
/** All labels `__other__`. */
const others = 0;

/** Bounds of what is counted between two ticks. */
export interface LeafCountsOptions {
  /** Declared labels, 0 to 2. */
  readonly declaredLabels: number;
  readonly maxLeaves: number;
  /** Times and degradations kept apart; the plain marks have room at every leaf. */
  readonly maxCells: number;
}

/** Marks by the leaf of their request, since the last tick. Leaf 0 is that of all others. */
export class LeafCounts {
  readonly #leaves: LeafIndex;
  /** Plain mark m of leaf l stands at `l * plainCount + m`. */
  readonly #plain: Float64Array;
  readonly #cells: CellCounts;
  readonly #maxLeaves: number;
  readonly #codes: Uint16Array;
  #leaf = others;
  #overflow = 0;
  #isOthersUsed = false;

  constructor({ declaredLabels, maxLeaves, maxCells }: LeafCountsOptions) {
    this.#codes = new Uint16Array(leafLabels.length + declaredLabels);
    this.#leaves = new LeafIndex(this.#codes.length);
    this.#plain = new Float64Array((maxLeaves + 1) * plainCount);
    this.#cells = new CellCounts(maxCells);
    this.#maxLeaves = maxLeaves;
    this.#leaves.of(this.#codes);
  }

  /** Takes in a request event. O(1), no allocation. */
  serve(batch: EventBatch, i: number): void {
    const codes = this.#codes;
    codes[0] = batch.work(i);
    codes[1] = batch.strategy(i);
    codes[2] = batch.segment(i);
    codes[3] = batch.catalog(i);
    codes[4] = batch.variant(i);
    this.#setDeclared(batch.item(i));
    this.#enter();
    this.#addPlain(plainMark.requests, 1);
    this.#addPlain(plainMark.exposures, Math.max(0, batch.position(i)));
    this.#addFeatures(batch.features(i));
    this.#addOutcome(batch.detail(i), batch.trouble(i));
    const seconds = batch.predicted(i);
    if (seconds >= 0) this.#add(timeMark(batch.trouble(i) >>> 12, latencyBucket(seconds)));
  }

  /** Takes in a click on a request that a window holds; one that showed nothing is known without variant. O(1). */
  click(requests: RequestWindow, slot: number): void {
    const codes = this.#codes;
    codes[0] = requests.work(slot);
    codes[1] = requests.strategy(slot);
    codes[2] = requests.segment(slot);
    codes[3] = requests.catalog(slot);
    codes[4] = requests.variant(slot);
    this.#setDeclared(requests.labels(slot));
    this.#enter();
    this.#addPlain(plainMark.clicks, 1);
  }

  /** What was counted, and begins anew. O(leaves + cells). */
  take({ atMs, seconds }: { readonly atMs: number; readonly seconds: number }): LeafTick {
    const first = this.#isOthersUsed ? 0 : 1;
    const labels = Array.from(this.#codes, (_, label) => this.#leaves.column(label, first));
    const tick = { atMs, seconds, labels, ...this.#columns(first), overflow: this.#overflow };
    this.#plain.fill(0, 0, this.#leaves.size * plainCount);
    this.#leaves.clear();
    this.#cells.clear();
    this.#codes.fill(0);
    this.#leaves.of(this.#codes);
    this.#isOthersUsed = false;
    this.#overflow = 0;
    return tick;
  }

  /** All counts that are not 0, of the leaves from `first` on. */
  #columns(first: number): CellColumns {
    const plain = this.#plain.subarray(first * plainCount, this.#leaves.size * plainCount);
    let used = 0;
    for (let at = 0; at < plain.length; at++) if (plain[at] > 0) used += 1;
    const size = used + this.#cells.size;
    const leaf = new Uint32Array(size);
    const mark = new Uint16Array(size);
    const count = new Float64Array(size);
    let cell = 0;
    for (let at = 0; at < plain.length; at++) {
      if (plain[at] === 0) continue;
      leaf[cell] = Math.floor(at / plainCount);
      mark[cell] = at % plainCount;
      count[cell] = plain[at];
      cell += 1;
    }
    this.#cells.write({ leaf, mark, count }, used, first);
    return { leaf, mark, count };
  }

  #setDeclared(packed: number): void {
    for (let label = leafLabels.length; label < this.#codes.length; label++) {
      this.#codes[label] = labelOf(packed, label - leafLabels.length);
    }
  }

  /** Finds the leaf of the codes; what follows is counted in it. */
  #enter(): void {
    this.#leaf = this.#leaves.of(this.#codes, this.#maxLeaves + 1);
    if (this.#leaf < 0) {
      this.#overflow += 1;
      this.#leaf = others;
    }
    if (this.#leaf === others) this.#isOthersUsed = true;
  }

  #addPlain(mark: number, amount: number): void {
    this.#plain[this.#leaf * plainCount + mark] += amount;
  }

  #add(mark: number): void {
    if (this.#cells.add(this.#leaf, mark)) return;
    this.#overflow += 1;
    this.#isOthersUsed = true;
    this.#cells.add(others, mark);
  }

  #addFeatures(features: number): void {
    this.#addPlain(plainMark.featuresAsked, featuresAsked(features));
    this.#addPlain(plainMark.featuresMissing, featuresMissing(features));
  }

  #addOutcome(outcome: number, trouble: number): void {
    if (outcome === partial) this.#addPlain(plainMark.partial, 1);
    else if (outcome === empty) this.#addPlain(plainMark.empty, 1);
    else if (outcome === error) this.#addPlain(plainMark.errors, 1);
    // As `troubleOf`, which would make an object.
    const reason = trouble & 31;
    if (reason === 0) return;
    const stage = (trouble >> 8) & 15;
    const isChanged = outcome === fallback || outcome === empty;
    this.#add(isChanged ? fallbackMark(stage, reason) : degradedMark(stage, reason));
  }
}
