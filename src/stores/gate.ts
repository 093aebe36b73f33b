/** Where calls wait, a bounded number of bytes of them, until there is room again. */
export interface Gate {
  /** Resolves at the next `open`, rejects at the next `fail`; rejects at once when too much waits already. */
  wait(bytes: number): Promise<void>;
  open(): void;
  fail(error: Error): void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Makes a gate that is closed until the first `open`.
 *
 * @example
 * const gate = createGate({ maxBytes: 10, onFull: () => new Error('too much waits') });
 * gate.wait(8).then(() => 'went on');
 * gate.wait(8); // rejects: too much waits
 * gate.open();
 */
export function createGate(options: { maxBytes: number; onFull: () => Error }): Gate {
  let waiting: Waiting[] = [];
  let bytes = 0;
  const takeAll = () => {
    const all = waiting;
    waiting = [];
    bytes = 0;
    return all;
  };
  return {
    wait(more) {
      if (bytes + more > options.maxBytes) return Promise.reject(options.onFull());
      bytes += more;
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },
    open() {
      for (const { resolve } of takeAll()) resolve();
    },
    fail(error) {
      for (const { reject } of takeAll()) reject(error);
    },
  };
}
