/** The list that is served: parallel columns, best first. */
export interface Slate {
  readonly count: number;
  /** Dense item indices. */
  readonly items: Int32Array;
  readonly scores: Float32Array;
  /** The retriever (or rung of the ladder) that brought each item. */
  readonly sources: readonly string[];
}
