import type { Rng } from './rng.ts';

/**
 * Draws unit vectors, uniform over the sphere: independent normal numbers, divided by their length (Muller 1959).
 * Row-major, `count` × `dimensions`; O(count · dimensions). Throws RangeError unless both are positive integers.
 *
 * @example unitDirections(64, 32, createRng(1)).length // 2048
 */
export function unitDirections(count: number, dimensions: number, rng: Rng): Float64Array {
  if (!(Number.isInteger(count) && count > 0 && Number.isInteger(dimensions) && dimensions > 0))
    throw new RangeError(`directions are ${count} x ${dimensions}, expected two positive integers`);
  const directions = new Float64Array(count * dimensions);
  for (let k = 0; k < count; k++)
    drawDirection(directions.subarray(k * dimensions, (k + 1) * dimensions), rng);
  return directions;
}

function drawDirection(direction: Float64Array, rng: Rng): void {
  let length = 0;
  // The zero vector, which has no direction, is drawn about once in 4e9 times in one dimension.
  while (length === 0) {
    for (let d = 0; d < direction.length; d++) direction[d] = normal(rng);
    length = Math.hypot(...direction);
  }
  for (let d = 0; d < direction.length; d++) direction[d] /= length;
}

/** A standard normal number (Box & Muller 1958). */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.unit())) * Math.cos(2 * Math.PI * rng.unit());
}
