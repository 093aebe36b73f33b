import { createRng } from '../../../src/math/rng.ts';
import type { ClickExamples } from '../../../src/models/clicks/click-examples.ts';

/** Random examples of one feature a field, `values` different ones each; `isClick` sees which. */
export function madeClicks(
  count: number,
  isClick: (features: readonly number[]) => boolean,
  { fields = 3, values = 2, seed = 1, noise = 0 } = {},
): ClickExamples & { readonly fields: number; readonly fieldOf: Uint32Array } {
  const rng = createRng(seed);
  const picked = Array.from({ length: count }, () =>
    Array.from({ length: fields }, () => rng.below(values)),
  );
  return {
    fields,
    fieldOf: Uint32Array.from({ length: fields * values }, (_, code) => Math.floor(code / values)),
    offsets: Uint32Array.from({ length: count + 1 }, (_, e) => e * fields),
    codes: Uint32Array.from(picked.flatMap((row) => row.map((v, field) => field * values + v))),
    values: new Float32Array(count * fields).fill(1),
    clicked: Uint8Array.from(picked, (row) => Number(isClick(row) !== rng.unit() < noise)),
  };
}
