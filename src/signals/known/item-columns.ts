/** What the worker knows of the items, by dense index. Items at and beyond `count` are not known yet. */
export interface ItemColumns {
  readonly count: number;
  /** Code (`EventCodes`) of each item's own catalogue. */
  readonly catalog: Uint16Array;
  /** 1 where the item may be served. */
  readonly live: Uint8Array;
}

/** Before main has told of any item. */
export const noItems: ItemColumns = {
  count: 0,
  catalog: new Uint16Array(0),
  live: new Uint8Array(0),
};

/** Item vectors of one model version, in shared memory; vectors of different versions must not be compared. */
export interface ItemVectors {
  readonly version: string;
  readonly dimensions: number;
  /** Rows: items by dense index that the model was loaded with. */
  readonly count: number;
  /** Unit vectors, row-major, `dimensions` numbers a row; zero where the model never saw the item. */
  readonly values: Float32Array;
  /** Length of the learnt vector; 0 where the model never saw the item. */
  readonly norms: Float32Array;
}
