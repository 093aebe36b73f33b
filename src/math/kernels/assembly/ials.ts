import { solveSystem } from './cholesky';
import { addProducts, storeTurned, symmetricRow } from './gram';

/** Fills the scale of each dimension: 1 / √(diagonal + penalty). */
@inline
function setScales(scales: u32, diagonal: u32, bytes: u32, penalty: f32): void {
  const one = f32x4.splat(1);
  for (let j: u32 = 0; j < bytes; j += 16) {
    const sum = f32x4.add(v128.load(diagonal + j), f32x4.splat(penalty));
    v128.store(scales + j, f32x4.div(one, f32x4.sqrt(sum)));
  }
}

/** Adds `number` to the first `count` numbers on the diagonal. */
@inline
function addToDiagonal(matrix: u32, row: u32, at: u32, number: f32): void {
  const place = matrix + at * row + (at << 2);
  store<f32>(place, load<f32>(place) + number);
}

/** out += value · row · scales² */
@inline
function addRow(out: u32, bytes: u32, value: f32, source: u32, scales: u32): void {
  const values = f32x4.splat(value);
  for (let j: u32 = 0; j < bytes; j += 16) {
    const scale = v128.load(scales + j);
    const part = f32x4.mul(f32x4.mul(scale, scale), v128.load(source + j));
    v128.store(out + j, f32x4.add(v128.load(out + j), f32x4.mul(values, part)));
  }
}

/** Fewer entries than dimensions: one unknown an entry. */
@inline
function solveByEntries(
  start: u32,
  count: u32,
  codes: u32,
  values: u32,
  fixed: u32,
  bytes: u32,
  scales: u32,
  out: u32,
  scratch: u32,
): void {
  const size = (count + 7) & ~7;
  const row = symmetricRow(size);
  const zeros = scratch;
  const x = zeros + bytes;
  const matrix = x + bytes;
  const panel = matrix + size * row;
  memory.fill(zeros, 0, bytes);
  memory.fill(matrix, 0, size * row);
  for (let entry: u32 = 0; entry < size; entry += 4) {
    const code = codes + ((start + entry) << 2);
    const a = entry < count ? fixed + load<u32>(code) * bytes : zeros;
    const b = entry + 1 < count ? fixed + load<u32>(code, 4) * bytes : zeros;
    const c = entry + 2 < count ? fixed + load<u32>(code, 8) * bytes : zeros;
    const d = entry + 3 < count ? fixed + load<u32>(code, 12) * bytes : zeros;
    const to = panel + (entry >> 3) * (bytes << 3) + ((entry & 4) << 2);
    for (let j: u32 = 0; j < bytes; j += 16) {
      const scale = v128.load(scales + j);
      storeTurned(
        to + (j << 3),
        32,
        f32x4.mul(scale, v128.load(a + j)),
        f32x4.mul(scale, v128.load(b + j)),
        f32x4.mul(scale, v128.load(c + j)),
        f32x4.mul(scale, v128.load(d + j)),
      );
    }
  }
  addProducts(panel, bytes >> 2, size, matrix);
  for (let entry: u32 = 0; entry < size; entry++) {
    const isThere = entry < count;
    const confidence = isThere ? load<f32>(values + ((start + entry) << 2)) : <f32>1;
    addToDiagonal(matrix, row, entry, <f32>1 / confidence);
    store<f32>(x + (entry << 2), isThere ? <f32>1 : <f32>0);
  }
  solveSystem(matrix, row, x, size << 2);
  memory.fill(out, 0, bytes);
  for (let entry: u32 = 0; entry < count; entry++) {
    const source = fixed + load<u32>(codes + ((start + entry) << 2)) * bytes;
    addRow(out, bytes, load<f32>(x + (entry << 2)), source, scales);
  }
}

/** At least as many entries as dimensions: one unknown a dimension. */
@inline
function solveByDimensions(
  start: u32,
  count: u32,
  codes: u32,
  values: u32,
  fixed: u32,
  bytes: u32,
  scales: u32,
  out: u32,
  scratch: u32,
): void {
  const size = bytes >> 2;
  const row = symmetricRow(size);
  const matrix = scratch;
  const panel = matrix + size * row;
  memory.fill(out, 0, bytes);
  memory.fill(matrix, 0, size * row);
  for (let first: u32 = 0; first < count; first += size) {
    const inner = min(size, count - first);
    for (let k: u32 = 0; k < inner; k++) {
      const at = (start + first + k) << 2;
      const source = fixed + load<u32>(codes + at) * bytes;
      const confidence = load<f32>(values + at);
      const root = f32x4.splat(sqrt<f32>(confidence));
      for (let j: u32 = 0; j < bytes; j += 32) {
        const to = panel + j * inner + (k << 5);
        const low = f32x4.mul(v128.load(scales + j), v128.load(source + j));
        const high = f32x4.mul(v128.load(scales + j, 16), v128.load(source + j, 16));
        v128.store(to, f32x4.mul(root, low));
        v128.store(to, f32x4.mul(root, high), 16);
        const sum = f32x4.mul(f32x4.splat(confidence), low);
        v128.store(out + j, f32x4.add(v128.load(out + j), sum));
        const sumHigh = f32x4.mul(f32x4.splat(confidence), high);
        v128.store(out + j, f32x4.add(v128.load(out + j, 16), sumHigh), 16);
      }
    }
    addProducts(panel, inner, size, matrix);
  }
  for (let j: u32 = 0; j < size; j++) addToDiagonal(matrix, row, j, 1);
  solveSystem(matrix, row, out, bytes);
  for (let j: u32 = 0; j < bytes; j += 16) {
    v128.store(out + j, f32x4.mul(v128.load(scales + j), v128.load(out + j)));
  }
}

/**
 * Rows `from` to `to` - 1 of alternating least squares: out[r] is the w of least
 * Σ value · (1 - w · fixed[code])² over the entries of row r, + Σ diagonal[j] · w[j]² + penalties[r] · |w|².
 * Solves for as many unknowns as the row has entries, or dimensions where those are fewer. `bytes` per row is a multiple
 * of 32; `scratch` needs `ialsScratchBytes`.
 */
export function ials(
  from: u32,
  to: u32,
  scratch: u32,
  offsets: u32,
  codes: u32,
  values: u32,
  fixed: u32,
  out: u32,
  bytes: u32,
  diagonal: u32,
  penalties: u32,
): void {
  const scales = scratch;
  const rest = scratch + bytes;
  for (let row = from; row < to; row++) {
    const start = load<u32>(offsets + (row << 2));
    const count = load<u32>(offsets + (row << 2), 4) - start;
    const target = out + row * bytes;
    if (count == 0) {
      memory.fill(target, 0, bytes);
      continue;
    }
    setScales(scales, diagonal, bytes, load<f32>(penalties + (row << 2)));
    if (count <= bytes >> 2) {
      solveByEntries(start, count, codes, values, fixed, bytes, scales, target, rest);
    } else {
      solveByDimensions(start, count, codes, values, fixed, bytes, scales, target, rest);
    }
  }
}
