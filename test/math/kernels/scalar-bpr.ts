import { nextRandom } from '../../../src/math/kernels/xorshift.ts';
import type { SparseMatrix } from '../../../src/math/sparse.ts';

const f32 = Math.fround;

/** The state that a pass changes, and how it learns. */
export interface BprPass {
  readonly matrix: SparseMatrix;
  readonly dimensions: number;
  readonly users: Float32Array;
  readonly items: Float32Array;
  /** Entries in the order of the last pass. */
  readonly order: Uint32Array;
  /** Alias table of the negatives. */
  readonly table: Uint32Array;
  /** The four words of the random generator. */
  readonly state: Uint32Array;
  readonly negatives: number;
  readonly rate: number;
  readonly regularisation: number;
}

/** The twin of the `bpr` kernel, in the same order of operations. */
export function scalarBpr(pass: BprPass): void {
  const { matrix, order, negatives } = pass;
  for (let i = order.length; i > 1; i--) {
    const other = below(pass.state, i);
    [order[i - 1], order[other]] = [order[other], order[i - 1]];
  }
  for (const entry of order) {
    const owner = matrix.offsets.findLastIndex((start) => start <= entry);
    const drawn = Array.from({ length: negatives }, () => drawAbsent(pass, owner));
    learn(pass, owner, matrix.codes[entry], drawn);
  }
}

function learn(pass: BprPass, owner: number, item: number, drawn: readonly number[]): void {
  const { users, items, dimensions, rate, regularisation } = pass;
  const rowOf = (rows: Float32Array, row: number) =>
    rows.subarray(row * dimensions, (row + 1) * dimensions);
  const u = rowOf(users, owner);
  const scores = drawn.map((other) => dot(u, rowOf(items, other)));
  const hardest = scores.reduce((best, score, n) => (score > scores[best] ? n : best), 0);
  const other = drawn[hardest];
  if (other === item) return;
  const [i, j] = [rowOf(items, item), rowOf(items, other)];
  const pull = f32(f32(rate) * declined(f32(dot(u, i) - scores[hardest])));
  const keep = f32(1 - f32(f32(rate) * f32(regularisation)));
  for (let d = 0; d < dimensions; d++) {
    const push = f32(pull * u[d]);
    const back = f32(pull * f32(i[d] - j[d]));
    i[d] = f32(f32(keep * i[d]) + push);
    j[d] = f32(f32(keep * j[d]) - push);
    u[d] = f32(f32(keep * u[d]) + back);
  }
}

function drawAbsent({ matrix, table, state }: BprPass, owner: number): number {
  const own = matrix.codes.subarray(matrix.offsets[owner], matrix.offsets[owner + 1]);
  const draw = () => {
    const item = below(state, matrix.columns);
    return nextRandom(state) < table[2 * item] ? item : table[2 * item + 1];
  };
  let item = draw();
  for (let again = 0; again < 8 && own.includes(item); again++) item = draw();
  return item;
}

function below(state: Uint32Array, limit: number): number {
  return Number((BigInt(nextRandom(state)) * BigInt(limit)) >> 32n);
}

/** Four lanes, added up in pairs. */
function dot(a: Float32Array, b: Float32Array): number {
  const lanes = new Float32Array(4);
  for (let d = 0; d < a.length; d++) lanes[d % 4] += f32(a[d] * b[d]);
  return f32(f32(lanes[0] + lanes[1]) + f32(lanes[2] + lanes[3]));
}

/** 1 / (1 + e^x) by the polynomial of the kernel. */
function declined(x: number): number {
  const power = f32(Math.min(40, Math.max(-40, x)) * f32(Math.LOG2E));
  const whole = Math.floor(power);
  const t = f32(power - whole);
  const coefficients = [0.0018775767, 0.0089893397, 0.055826318, 0.24015361, 0.69315308, 1];
  const p = coefficients.map(f32).reduce((sum, next) => f32(f32(t * sum) + next));
  return f32(1 / f32(1 + f32(p * 2 ** whole)));
}
