import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import type { PlacedBothWays, Room } from './leading-subspace.ts';

/** Terms of e^-x that a Runge-Kutta step of the fourth order has. */
const order = 4;

/**
 * What one fourth-order Runge-Kutta step of dx/dt = -value · x over a time makes of 1: Σ_k (-value · time)^k / k!, k to 4.
 *
 * @example sharpened(1, 0.5) // 0.6068
 */
export function sharpened(value: number, time: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k <= order; k++) {
    term *= (-value * time) / k;
    sum += term;
  }
  return sum;
}

/** T · g(T) - rest · T of a symmetric matrix T, g being `sharpened` over a time. O(size³). */
export function sharpenedWithin(
  matrix: Float32Array,
  size: number,
  { time, rest }: { time: number; rest: number },
): Float32Array {
  let power = Float64Array.from(matrix);
  const sum = power.map((value) => (1 - rest) * value);
  for (let [k, factor] = [1, 1]; k <= order && time > 0; k++) {
    power = multiply(power, matrix, size);
    factor *= -time / k;
    for (let i = 0; i < sum.length; i++) sum[i] += factor * power[i];
  }
  return Float32Array.from(sum);
}

/**
 * Replaces rows X (items × rank) by g(AᵀA) · X, g being `sharpened` over a time. O(entries of A · rank).
 */
export function sharpenRows(
  crew: Crew,
  { users, items, byUser, byItem }: PlacedBothWays,
  given: { rows: Block<Float32Array>; rank: number; time: number; room: Room },
): void {
  const { rows, rank, time, room } = given;
  if (time === 0) return;
  const bytes = rank * 4;
  const [power, between, image] = [rows.address, room.between.address, room.image.address];
  const sum = rows.values.slice();
  for (let [k, factor] = [1, 1]; k <= order; k++) {
    crew.run('spmm', { count: users }, [...byUser, power, between, bytes]);
    crew.run('spmm', { count: items }, [...byItem, between, image, bytes]);
    factor *= -time / k;
    for (let i = 0; i < sum.length; i++) sum[i] += factor * room.image.values[i];
    rows.values.set(room.image.values);
  }
  rows.values.set(sum);
}

function multiply(a: Float64Array, b: Float32Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  for (let r = 0; r < size; r++)
    for (let k = 0; k < size; k++) {
      const factor = a[r * size + k];
      for (let c = 0; c < size; c++) product[r * size + c] += factor * b[k * size + c];
    }
  return product;
}
