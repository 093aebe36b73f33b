/** The most candidates one request can hold. */
export const candidateCapacity = 2048;

/**
 * The candidates of one request as a table of columns; row r is the same candidate in each column.
 * Pooled and reused: nothing may keep a reference past the request.
 */
export class Candidates {
  readonly capacity = candidateCapacity;
  /** Rows in use. */
  count = 0;
  /** Dense item index. */
  readonly items = new Int32Array(candidateCapacity);
  /** Bit s is set when retriever s brought the candidate. */
  readonly sources = new Uint32Array(candidateCapacity);
  /** The retriever that is named in the answer: the one with the highest rank for the candidate. */
  readonly source = new Uint8Array(candidateCapacity);
  /** The rank of the candidate at that retriever, 0 is best. */
  readonly sourceRank = new Uint16Array(candidateCapacity);
  /** The blended score; higher is better, always finite after the score stage. */
  readonly scores = new Float32Array(candidateCapacity);
  /** Rows, best first; the first `ordered` are final, the others are the reserve in no order. */
  readonly order = new Int32Array(candidateCapacity);
  ordered = 0;
  /** Contribution of each scorer to `scores`, one column a scorer, filled by the score stage. */
  readonly contributions: Float32Array[] = [];

  /** The column of scorer `s`, made on first use. */
  contribution(s: number): Float32Array {
    while (this.contributions.length <= s) {
      this.contributions.push(new Float32Array(candidateCapacity));
    }
    return this.contributions[s];
  }

  /** Puts a column of zeros in the place of that of scorer `s`, so that a late scorer writes where nobody reads. */
  renew(s: number): void {
    this.contributions[s] = new Float32Array(candidateCapacity);
  }

  clear(): void {
    this.count = 0;
    this.ordered = 0;
  }
}
