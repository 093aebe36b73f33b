import { parentPort } from 'node:worker_threads';
import { type ErrorCode, type Mistake, SightlineError } from '../../domain/errors.ts';
import { readTableFile, type TableSource } from './table-file.ts';

/** What the thread answers: the memory of the table, or why there is none. */
export type FromTableThread =
  | { readonly memory: SharedArrayBuffer }
  | {
      readonly failure: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly mistakes: readonly Mistake[];
      };
    };

function answer(source: TableSource): FromTableThread {
  try {
    return { memory: readTableFile(source) };
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    const { code, message, mistakes } = error;
    return { failure: { code, message, mistakes } };
  }
}

parentPort?.on('message', (source: TableSource) => parentPort?.postMessage(answer(source)));
