import { SightlineError } from '../../domain/errors.ts';

/** Examples to learn clicks from: rows of features with a value each, and whether there was a click. */
export interface ClickExamples {
  /** Example e has the features `offsets[e]` to `offsets[e + 1] - 1`. */
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  /** Value of each feature; 1 where it only is there. */
  readonly values: Float32Array;
  /** 1 click, 0 none. */
  readonly clicked: Uint8Array;
}

/** Which field each feature is of. A field is a place in the input of a network: user, item, weekday. */
export interface ClickFields {
  readonly fields: number;
  /** Field of each feature code. */
  readonly fieldOf: Uint32Array;
}

/**
 * Checks examples before anything is learnt from them. Throws `SL_TRAINING_FAILED` when there are none, when all were
 * clicked or none was, and for what `checkColumns` refuses. O(features).
 */
export function checkExamples(examples: ClickExamples, features: number): void {
  checkColumns(examples, features);
  const { clicked } = examples;
  const count = clicked.length;
  if (count === 0) throw failed('there are no examples, expected some of either class');
  if (!clicked.includes(1)) throw failed(`no example of ${count} was clicked, expected both`);
  if (!clicked.includes(0)) throw failed(`all ${count} examples were clicked, expected both`);
}

/**
 * Checks the columns of examples, which may be of one class. Throws `SL_TRAINING_FAILED` for columns of different
 * lengths, row starts that fall, codes out of range, values that are not finite and labels that are not 0 or 1.
 * O(features).
 */
export function checkColumns(
  { offsets, codes, values, clicked }: ClickExamples,
  features: number,
): void {
  const count = clicked.length;
  const total = offsets[count];
  if (offsets.length !== count + 1 || codes.length !== total || values.length !== total)
    throw failed(`columns of ${count} examples have different lengths`);
  for (let e = 0; e < count; e++)
    if (offsets[e + 1] < offsets[e]) throw failed(`row starts fall at example ${e}`);
  for (let at = 0; at < total; at++) {
    if (codes[at] >= features)
      throw failed(`feature is ${codes[at]}, expected less than ${features}`);
    if (!Number.isFinite(values[at]))
      throw failed(`value ${at} is ${values[at]}, expected a finite number`);
  }
  const strange = clicked.find((y) => y > 1);
  if (strange !== undefined) throw failed(`label is ${strange}, expected 0 or 1`);
}

/** Copies the examples at `rows`, in that order. O(features). */
export function pickExamples(from: ClickExamples, rows: ArrayLike<number>): ClickExamples {
  const { offsets, codes, values, clicked } = from;
  const starts = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++)
    starts[i + 1] = starts[i] + offsets[rows[i] + 1] - offsets[rows[i]];
  const picked = {
    offsets: starts,
    codes: new Uint32Array(starts[rows.length]),
    values: new Float32Array(starts[rows.length]),
    clicked: Uint8Array.from(rows, (row) => clicked[row]),
  };
  for (let i = 0; i < rows.length; i++) {
    const [start, end] = [offsets[rows[i]], offsets[rows[i] + 1]];
    picked.codes.set(codes.subarray(start, end), starts[i]);
    picked.values.set(values.subarray(start, end), starts[i]);
  }
  return picked;
}

function failed(message: string): SightlineError {
  return new SightlineError('SL_TRAINING_FAILED', `click examples: ${message}`);
}
