/** A smooth even function, tabulated: cheap where it is asked for often. */
export class EvenCurve {
  readonly #values: Float64Array;
  readonly #step: number;

  /** Looks `curve` up at multiples of `step` from 0 to `end` and one beyond each. O(end / step). */
  constructor(curve: (x: number) => number, step: number, end: number) {
    this.#step = step;
    this.#values = new Float64Array(Math.ceil(end / step) + 3);
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = curve(step * (i - 1));
  }

  /** The value within -end to end: that of the parabola through the three nearest points, exact to about step³. O(1). */
  at(x: number): number {
    const values = this.#values;
    const place = Math.abs(x) / this.#step;
    const nearest = (place + 0.5) | 0;
    const off = place - nearest;
    const below = values[nearest];
    const here = values[nearest + 1];
    const above = values[nearest + 2];
    return here + (off / 2) * (above - below + off * (above - 2 * here + below));
  }
}
