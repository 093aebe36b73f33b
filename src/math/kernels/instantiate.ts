import { binary } from './binary.ts';

/** The functions of `assembly/`: all arguments are addresses in bytes, counts, or f32 values. */
interface Kernels {
  dot(
    rows: number,
    rowCount: number,
    rowBytes: number,
    query: number,
    items: number,
    count: number,
    out: number,
  ): void;
  nearest(
    rows: number,
    rowCount: number,
    rowBytes: number,
    query: number,
    limit: number,
    heap: number,
  ): number;
  nearestTwoStage(
    rows: number,
    rowCount: number,
    rowBytes: number,
    query: number,
    limit: number,
    heap: number,
    codes: number,
    scales: number,
    margins: number,
    queryCodes: number,
    unit: number,
    length: number,
    work: number,
    merged: number,
    patience: number,
  ): number;
  mmr(
    rows: number,
    rowCount: number,
    rowBytes: number,
    items: number,
    scores: number,
    count: number,
    wanted: number,
    diversity: number,
    order: number,
    work: number,
  ): void;
  select(scores: number, count: number, size: number, rows: number, work: number): void;
  top(scores: number, count: number, size: number, rows: number, work: number): void;
  pool(column: number, totals: number, count: number, weight: number, room: number): number;
  sgns(
    input: number,
    output: number,
    rowBytes: number,
    items: number,
    table: number,
    state: number,
    logistic: number,
    pairs: number,
    count: number,
    negatives: number,
    rate: number,
    work: number,
  ): void;
}

/** One instance with a memory of its own, which never grows, so that views of it stay valid. */
export interface KernelInstance {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** What is used of WebAssembly, which the language's own library does not describe. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Memory: new (pages: { initial: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const pageBytes = 65_536;
let compiled: object | undefined;

/**
 * Instantiates the kernels with room for `bytes`; they are compiled once per thread.
 * Undefined where WebAssembly with SIMD is missing. Throws RangeError over 4 GB.
 */
export function instantiateKernels(bytes: number): KernelInstance | undefined {
  const pages = Math.ceil(bytes / pageBytes);
  if (!(pages <= 65_536)) throw new RangeError(`memory is ${bytes} bytes, expected at most 4 GB`);
  compiled ??= compile();
  if (compiled === undefined) return undefined;
  const memory = new WebAssembly.Memory({ initial: pages });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return { kernels: instance.exports as Kernels, buffer: memory.buffer };
}

function compile(): object | undefined {
  const bytes = Buffer.from(binary, 'base64');
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined;
  return new WebAssembly.Module(bytes);
}
