import { type CalibrationError, calibrationError } from '../../math/calibration-error.ts';
import type { BucketedValues } from '../../telemetry/fact-values.ts';
import { BucketCounts } from '../gathering/bucket-counts.ts';

const leastLength = 256;

/** The last `windowPlaces` places that were judged: predicted click probability, 0 to 1, and click; five bytes a place. */
export class JudgedPlaces {
  readonly #windowPlaces: number;
  readonly #errors = new BucketCounts('ctr_prediction_error');
  #predicted: Float32Array<ArrayBuffer>;
  #clicked: Uint8Array<ArrayBuffer>;
  #total = 0;
  #told = 0;
  #measuredTotal = 0;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #measured: CalibrationError | undefined;

  constructor(windowPlaces: number) {
    this.#windowPlaces = windowPlaces;
    const length = Math.min(windowPlaces, leastLength);
    this.#predicted = new Float32Array(length);
    this.#clicked = new Uint8Array(length);
  }

  /** Places in the window. */
  get count(): number {
    return Math.min(this.#total, this.#windowPlaces);
  }

  /** What was measured last. */
  get measured(): CalibrationError | undefined {
    return this.#measured;
  }

  /** When that was; minus infinity before the first time. */
  get measuredAtMs(): number {
    return this.#measuredAtMs;
  }

  /** Whether places were judged since. */
  get hasChanged(): boolean {
    return this.#total > this.#measuredTotal;
  }

  /** Takes in a judgement, 0 or 1; the oldest leaves where the window is full. O(1) amortised. */
  add(predicted: number, clicked: number): void {
    const at = this.#total % this.#windowPlaces;
    if (at === this.#predicted.length) this.#grow();
    this.#predicted[at] = predicted;
    this.#clicked[at] = clicked;
    this.#total += 1;
    this.#errors.add(Math.abs(predicted - clicked));
  }

  /** Measures the window, which must not be empty. O(count log count). */
  measure(nowMs: number): CalibrationError {
    this.#measuredAtMs = nowMs;
    this.#measuredTotal = this.#total;
    this.#measured = calibrationError(this.#predicted, this.#clicked, this.count);
    return this.#measured;
  }

  /** Prediction errors since the last call; undefined where there were none. */
  takeErrors(): BucketedValues | undefined {
    if (this.#total === this.#told) return undefined;
    this.#told = this.#total;
    return this.#errors.take();
  }

  #grow(): void {
    const length = Math.min(2 * this.#predicted.length, this.#windowPlaces);
    const predicted = new Float32Array(length);
    const clicked = new Uint8Array(length);
    predicted.set(this.#predicted);
    clicked.set(this.#clicked);
    this.#predicted = predicted;
    this.#clicked = clicked;
  }
}
