/** A sparse matrix in compressed rows (CSR): columns of a row rise, none occurs twice. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row r has the entries `offsets[r]` to `offsets[r + 1] - 1`. */
  readonly offsets: Uint32Array;
  /** Column of each entry. */
  readonly codes: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Makes a sparse matrix of entries in any order; values of the same place are added up. O(entries · log entries of a
 * row).
 *
 * @example sparseOf(2, 3, [[0, 2, 1], [0, 2, 1], [1, 0, 5]]).values // [2, 5]
 */
export function sparseOf(
  rows: number,
  columns: number,
  entries: Iterable<readonly [row: number, column: number, value: number]>,
): SparseMatrix {
  const list = [...entries].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const offsets = new Uint32Array(rows + 1);
  const codes: number[] = [];
  const values: number[] = [];
  let lastRow = -1;
  for (const [row, column, value] of list) {
    if (row === lastRow && codes.at(-1) === column) {
      values[values.length - 1] += value;
      continue;
    }
    codes.push(column);
    values.push(value);
    offsets[row + 1] = codes.length;
    lastRow = row;
  }
  for (let row = 0; row < rows; row++) offsets[row + 1] = Math.max(offsets[row + 1], offsets[row]);
  return {
    rows,
    columns,
    offsets,
    codes: Uint32Array.from(codes),
    values: Float32Array.from(values),
  };
}

/**
 * Rows become columns. O(entries + columns).
 *
 * @example transpose(sparseOf(1, 2, [[0, 1, 7]])) // 2 x 1 with 7 at row 1
 */
export function transpose({ rows, columns, offsets, codes, values }: SparseMatrix): SparseMatrix {
  const turned = {
    rows: columns,
    columns: rows,
    offsets: new Uint32Array(columns + 1),
    codes: new Uint32Array(codes.length),
    values: new Float32Array(codes.length),
  };
  for (const code of codes) turned.offsets[code + 1] += 1;
  for (let row = 0; row < columns; row++) turned.offsets[row + 1] += turned.offsets[row];
  const ends = turned.offsets.slice(0, columns);
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      const place = ends[codes[at]]++;
      turned.codes[place] = row;
      turned.values[place] = values[at];
    }
  return turned;
}

/** Entries of each row. */
export function degrees({ rows, offsets }: SparseMatrix): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => offsets[row + 1] - offsets[row]);
}
