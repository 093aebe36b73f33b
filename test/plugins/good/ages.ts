/** One divided by the age of each item in hours. */
export function ages(
  table: { readonly publishedAtMs: Float64Array },
  asked: { readonly items: Int32Array; readonly count: number; readonly nowMs: number },
  scores: Float32Array,
): void {
  for (let row = 0; row < asked.count; row++) {
    const hours = (asked.nowMs - table.publishedAtMs[asked.items[row]]) / 3_600_000;
    scores[row] = 1 / (1 + Math.max(0, hours));
  }
}
