/**
 * The kernels of `assembly/training.ts`. Each works on the rows `from` to `to` - 1 and writes nowhere but to those rows
 * and to the `scratch` of its thread; all other arguments are addresses in bytes, counts, or numbers.
 */
export interface KernelCalls {
  /** A pass of one thread: run it with a count of 1; `scratch` needs `bprScratchBytes`. */
  bpr(
    from: number,
    to: number,
    scratch: number,
    offsets: number,
    codes: number,
    owners: number,
    order: number,
    count: number,
    users: number,
    items: number,
    itemCount: number,
    bytes: number,
    table: number,
    state: number,
    negatives: number,
    rate: number,
    regularisation: number,
  ): void;
  /** Solves symmetric, positive definite systems, in place. */
  cholesky(
    from: number,
    to: number,
    scratch: number,
    matrices: number,
    rowBytes: number,
    vectors: number,
    size: number,
  ): void;
  /** c += a · b; `scratch` needs `gemmScratchBytes`. */
  gemm(
    from: number,
    to: number,
    scratch: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    inner: number,
    columns: number,
  ): void;
  /** Least squares of rows; `scratch` needs `ialsScratchBytes`. */
  ials(
    from: number,
    to: number,
    scratch: number,
    offsets: number,
    codes: number,
    values: number,
    fixed: number,
    out: number,
    bytes: number,
    diagonal: number,
    penalties: number,
  ): void;
  spmm(
    from: number,
    to: number,
    scratch: number,
    offsets: number,
    codes: number,
    values: number,
    dense: number,
    out: number,
    bytes: number,
  ): void;
  /** Forward pass of a factorisation machine over a batch. */
  fmForward(
    from: number,
    to: number,
    scratch: number,
    examples: number,
    offsets: number,
    codes: number,
    values: number,
    fields: number,
    embeddings: number,
    bytes: number,
    linear: number,
    sums: number,
    inputs: number,
    inputBytes: number,
    logits: number,
  ): void;
  /** A step of Adam on the codes of a batch. */
  fmBackward(
    from: number,
    to: number,
    scratch: number,
    touched: number,
    starts: number,
    rows: number,
    values: number,
    slopes: number,
    sums: number,
    inputs: number,
    inputBytes: number,
    fields: number,
    embeddings: number,
    means: number,
    variances: number,
    bytes: number,
    linear: number,
    linearMeans: number,
    linearVariances: number,
    rate: number,
    decay: number,
  ): void;
  /** Writes one row into all. */
  fillRows(
    from: number,
    to: number,
    scratch: number,
    row: number,
    out: number,
    bytes: number,
  ): void;
  /** Rectifier with dropout, in place. */
  rectify(
    from: number,
    to: number,
    scratch: number,
    out: number,
    bytes: number,
    dropped: number,
    scale: number,
    seed: number,
  ): void;
  /** Derivatives through `rectify`, in place. */
  rectifyBack(
    from: number,
    to: number,
    scratch: number,
    out: number,
    slopes: number,
    bytes: number,
    scale: number,
  ): void;
  /** A step of Adam on rows of 16 numbers. */
  adam(
    from: number,
    to: number,
    scratch: number,
    weights: number,
    gradient: number,
    means: number,
    variances: number,
    rate: number,
  ): void;
  /** One row plus the rows of a table that a list names. */
  gatherAdd(
    from: number,
    to: number,
    scratch: number,
    list: number,
    table: number,
    row: number,
    out: number,
    bytes: number,
  ): void;
  /** c += a · b, both sparse, c a dense block that begins at row `first` of a. */
  spgemm(
    from: number,
    to: number,
    scratch: number,
    aOffsets: number,
    aCodes: number,
    aValues: number,
    bOffsets: number,
    bCodes: number,
    bValues: number,
    c: number,
    bytes: number,
    first: number,
  ): void;
  /** The greatest entries of each row of a dense block; `scratch` needs 8 bytes for each of `limit`. */
  keep(
    from: number,
    to: number,
    scratch: number,
    dense: number,
    bytes: number,
    columns: number,
    scales: number,
    first: number,
    limit: number,
    codes: number,
    values: number,
    counts: number,
  ): void;
  /** The greatest entries of each row of a normalised a · b; `scratch` needs `linkedScratchBytes`. */
  linked(
    from: number,
    to: number,
    scratch: number,
    aOffsets: number,
    aCodes: number,
    aValues: number,
    bOffsets: number,
    bCodes: number,
    bValues: number,
    columns: number,
    rowNorms: number,
    columnNorms: number,
    shrink: number,
    limit: number,
    codes: number,
    values: number,
    counts: number,
  ): void;
}

/** Working memory of a thread for `gemm`. */
export const gemmScratchBytes = 8192;

/** Working memory of a thread for `linked`. */
export const linkedScratchBytes = (columns: number, limit: number): number =>
  8 * columns + 8 * limit + 64;
/** Negatives that `bpr` draws for an entry at most, and its working memory. */
export const maxBprNegatives = 63;
export const bprScratchBytes = 512;

/** Working memory of a thread for `ials`, two square matrices in the main; `dimensions` is a multiple of 8. */
export function ialsScratchBytes(dimensions: number): number {
  return 4 * dimensions * (dimensions + 8 + dimensions + 3);
}

/** The name of a kernel that a crew runs. */
export type KernelName = keyof KernelCalls;

/** The arguments of a kernel behind its range and scratch. */
export type KernelArguments<Name extends KernelName> =
  Parameters<KernelCalls[Name]> extends [number, number, number, ...infer Rest extends number[]]
    ? Rest
    : never;

/** What is used of WebAssembly, which the language's own library does not describe. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (pages: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A memory that all threads of a crew see. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Makes a shared memory of whole pages. Throws RangeError over 4 GB. */
export function createSharedMemory(bytes: number): SharedMemory {
  const pages = Math.ceil(bytes / 65_536);
  if (!(pages <= 65_536)) throw new RangeError(`memory is ${bytes} bytes, expected at most 4 GB`);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** Compiles the kernels. */
export function compileKernels(binary: string): object {
  return new WebAssembly.Module(Buffer.from(binary, 'base64'));
}

/** The kernels over a memory, in this thread. */
export function instantiateCalls(module: object, memory: SharedMemory): KernelCalls {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as KernelCalls;
}
