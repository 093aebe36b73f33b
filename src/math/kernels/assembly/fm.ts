/**
 * Rows `from` to `to` - 1 of the forward pass of a factorisation machine over a batch of examples in compressed rows.
 * `examples` holds the example of each row. Writes the linear and pairwise part of each logit, the sum of value ·
 * embedding at `sums` and, unless `inputs` is 0, the same sum by field, one behind the other, `inputBytes` a row.
 * `bytes` per embedding is a multiple of 16.
 */
export function fmForward(
  from: u32,
  to: u32,
  scratch: u32,
  examples: u32,
  offsets: u32,
  codes: u32,
  values: u32,
  fields: u32,
  embeddings: u32,
  bytes: u32,
  linear: u32,
  sums: u32,
  inputs: u32,
  inputBytes: u32,
  logits: u32,
): void {
  for (let row = from; row < to; row++) {
    const example = load<u32>(examples + (row << 2)) << 2;
    const start = load<u32>(offsets + example) << 2;
    const end = load<u32>(offsets + example, 4) << 2;
    const input = inputs + row * inputBytes;
    if (inputs) memory.fill(input, 0, inputBytes);
    let first: f32 = 0;
    for (let at = start; at < end; at += 4) {
      first += load<f32>(values + at) * load<f32>(linear + (load<u32>(codes + at) << 2));
    }
    let pairs = f32x4.splat(0);
    for (let column: u32 = 0; column < bytes; column += 16) {
      let sum = f32x4.splat(0);
      let squares = f32x4.splat(0);
      for (let at = start; at < end; at += 4) {
        const code = load<u32>(codes + at);
        const part = f32x4.mul(
          v128.load32_splat(values + at),
          v128.load(embeddings + code * bytes + column),
        );
        sum = f32x4.add(sum, part);
        squares = f32x4.add(squares, f32x4.mul(part, part));
        if (inputs) {
          const place = input + load<u32>(fields + (code << 2)) * bytes + column;
          v128.store(place, f32x4.add(v128.load(place), part));
        }
      }
      v128.store(sums + row * bytes + column, sum);
      pairs = f32x4.add(pairs, f32x4.sub(f32x4.mul(sum, sum), squares));
    }
    const total =
      f32x4.extract_lane(pairs, 0) +
      f32x4.extract_lane(pairs, 1) +
      (f32x4.extract_lane(pairs, 2) + f32x4.extract_lane(pairs, 3));
    store<f32>(logits + (row << 2), first + <f32>0.5 * total);
  }
}

/**
 * One step of Adam (Kingma & Ba 2015) on the codes `from` to `to` - 1 of those that occur in a batch; the others stay
 * as they are. Code i of `touched` occurs in the batch rows `rows[starts[i]]` to `rows[starts[i + 1] - 1]`, with the
 * values beside them. `slopes` has the derivative of the loss by the logit of each batch row; `inputs`, unless 0, the
 * derivatives by what `fmForward` wrote there. `rate` holds the correction of the moments; `decay` is the weight of
 * half the squared embedding, for each occurrence.
 */
export function fmBackward(
  from: u32,
  to: u32,
  scratch: u32,
  touched: u32,
  starts: u32,
  rows: u32,
  values: u32,
  slopes: u32,
  sums: u32,
  inputs: u32,
  inputBytes: u32,
  fields: u32,
  embeddings: u32,
  means: u32,
  variances: u32,
  bytes: u32,
  linear: u32,
  linearMeans: u32,
  linearVariances: u32,
  rate: f32,
  decay: f32,
): void {
  for (let i = from; i < to; i++) {
    const code = load<u32>(touched + (i << 2));
    const start = load<u32>(starts + (i << 2)) << 2;
    const end = load<u32>(starts + (i << 2), 4) << 2;
    const field = inputs + load<u32>(fields + (code << 2)) * bytes;
    let slope: f32 = 0;
    let own: f32 = decay * <f32>((end - start) >> 2);
    for (let at = start; at < end; at += 4) {
      const value = load<f32>(values + at);
      const given = value * load<f32>(slopes + (load<u32>(rows + at) << 2));
      slope += given;
      own -= given * value;
    }
    const place = linear + (code << 2);
    const mean = linearMeans + (code << 2);
    const variance = linearVariances + (code << 2);
    const m: f32 = 0.9 * load<f32>(mean) + <f32>0.1 * slope;
    const v: f32 = 0.999 * load<f32>(variance) + <f32>0.001 * slope * slope;
    store<f32>(mean, m);
    store<f32>(variance, v);
    store<f32>(place, load<f32>(place) - (rate * m) / (sqrt<f32>(v) + <f32>1e-8));
    for (let column: u32 = 0; column < bytes; column += 16) {
      const at4 = code * bytes + column;
      const embedding = v128.load(embeddings + at4);
      let gradient = f32x4.mul(f32x4.splat(own), embedding);
      for (let at = start; at < end; at += 4) {
        const row = load<u32>(rows + at);
        let part = f32x4.mul(
          v128.load32_splat(slopes + (row << 2)),
          v128.load(sums + row * bytes + column),
        );
        if (inputs) part = f32x4.add(part, v128.load(field + row * inputBytes + column));
        gradient = f32x4.add(gradient, f32x4.mul(v128.load32_splat(values + at), part));
      }
      const ms = f32x4.add(
        f32x4.mul(f32x4.splat(0.9), v128.load(means + at4)),
        f32x4.mul(f32x4.splat(0.1), gradient),
      );
      const vs = f32x4.add(
        f32x4.mul(f32x4.splat(0.999), v128.load(variances + at4)),
        f32x4.mul(f32x4.splat(0.001), f32x4.mul(gradient, gradient)),
      );
      v128.store(means + at4, ms);
      v128.store(variances + at4, vs);
      const step = f32x4.div(
        f32x4.mul(f32x4.splat(rate), ms),
        f32x4.add(f32x4.sqrt(vs), f32x4.splat(1e-8)),
      );
      v128.store(embeddings + at4, f32x4.sub(embedding, step));
    }
  }
}
