/** One thing on the way from a user to a recommended item. */
export interface PathNode {
  /** `item`, `user`, `category`, `brand`, `tag`, or another name of attributes. */
  readonly type: string;
  readonly id: string;
}

/**
 * A way from what a user did to a recommended item, both ends in it.
 *
 * @example { nodes: [{ type: 'item', id: 'A' }, { type: 'category', id: 'boots' }, { type: 'item', id: 'B' }], share: 0.4 }
 */
export interface SupportingPath {
  readonly nodes: readonly PathNode[];
  /** Share of the score that came this way, 0 to 1. */
  readonly share: number;
}
