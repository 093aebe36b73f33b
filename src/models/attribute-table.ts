/** What is known of items, or of users, beside what happened: labels and numbers. */
export interface AttributeTable {
  readonly ids: readonly string[];
  /** Labels by code, each with its name: `category=boots`, `brand=Acme`, `tag=winter`. */
  readonly labels: readonly string[];
  /** Row r has the labels `codes[offsets[r]]` to `codes[offsets[r + 1] - 1]`. */
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  /** Numeric attributes by name, a value a row; NaN where a row has none. */
  readonly numbers: Readonly<Record<string, Float32Array>>;
}
