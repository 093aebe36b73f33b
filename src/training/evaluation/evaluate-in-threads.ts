import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Item } from '../../domain/item.ts';
import { readFrame } from '../../models/file.ts';
import { modelKinds } from '../../models/index.ts';
import { ItemTable } from '../../stores/item-table.ts';
import type { Split } from '../dataset/dataset.ts';
import { runTrainingThread } from '../training-thread.ts';
import { type CaseColumns, joinColumns } from './case-columns.ts';
import { type EvaluationOptions, judgeCases, type Part, taskOf } from './evaluate-model.ts';
import { type ModelQuality, qualityOf } from './model-quality.ts';

/** Progress is told at most this often. */
const tellEveryMs = 200;

/** What is judged, and by how many threads. */
export interface ThreadedEvaluation extends EvaluationOptions {
  /** The framed bytes of a model that learnt `split.before`; see `frameModel`. */
  readonly bytes: Uint8Array;
  readonly split: Split;
  /** The catalogue that is ranked. */
  readonly items: readonly Item[];
  /** Paths of labels whose vectors the model reads; see `vectorColumnsOf`. */
  readonly vectorColumns?: readonly string[] | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Job extends Part {
  readonly evaluation: true;
  readonly bytes: Uint8Array;
  readonly split: Split;
  readonly items: readonly Item[];
  readonly vectorColumns: readonly string[] | undefined;
  readonly options: Omit<EvaluationOptions, 'progress'>;
}

type Told =
  | { readonly say: 'progress'; readonly done: number }
  | { readonly say: 'judged'; readonly columns: CaseColumns; readonly live: number }
  | { readonly say: 'failed'; readonly cause: unknown };

/**
 * Judges a model as `evaluateModel` does, in worker threads that each load it and take a part of the cases; the same
 * quality for any number of threads. Rejects with `SL_TRAINING_FAILED` and the cause when a thread fails or `signal`
 * ends it.
 *
 * @example (await evaluateInThreads({ bytes, split, items })).measures.recall // 0.18
 */
export async function evaluateInThreads(evaluation: ThreadedEvaluation): Promise<ModelQuality> {
  const { bytes, split, items, vectorColumns, progress = () => {}, signal, ...rest } = evaluation;
  const { threads = availableParallelism(), ...options } = rest;
  const shares = new Float64Array(threads);
  const parts: Extract<Told, { say: 'judged' }>[] = [];
  const stop = new AbortController();
  const judgePart = (part: number) =>
    runTrainingThread<Told>({
      module: new URL(import.meta.url),
      name: 'evaluation',
      data: {
        ...{ evaluation: true, bytes, split, items, vectorColumns, options, part },
        of: threads,
      } satisfies Job,
      onMessage(told, fail) {
        if (told.say === 'failed') return fail('failed', told.cause);
        if (told.say === 'judged') {
          parts[part] = told;
          return;
        }
        shares[part] = told.done;
        progress(shares.reduce((sum, share) => sum + share, 0) / threads);
      },
      signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    }).catch((cause) => {
      // The others would judge for nobody.
      stop.abort(cause);
      throw cause;
    });
  const ended = await Promise.allSettled(Array.from(shares, (_, part) => judgePart(part)));
  const failed = ended.find(
    (one) => one.status === 'rejected' && one.reason === stop.signal.reason,
  );
  if (failed?.status === 'rejected') throw failed.reason;
  const columns = joinColumns(parts.map((part) => part.columns));
  return qualityOf(taskOf(split, options), columns, parts[0].live);
}

function work({ bytes, split, items, vectorColumns, options, part, of }: Job): void {
  const say = (told: Told) => parentPort?.postMessage(told);
  try {
    const table = new ItemTable({ vectorColumns });
    for (const item of items) table.upsert(item);
    const { stamp, payload } = readFrame(bytes, 'evaluated');
    const model = modelKinds[stamp.kind].load(payload, stamp, table);
    let toldAt = performance.now();
    const progress = (done: number) => {
      const now = performance.now();
      if (now - toldAt < tellEveryMs) return;
      toldAt = now;
      say({ say: 'progress', done });
    };
    const columns = judgeCases(model, split, table, { ...options, part, of, progress });
    say({ say: 'judged', columns, live: table.live });
  } catch (cause) {
    say({ say: 'failed', cause });
  }
}

if (!isMainThread && (workerData as Partial<Job> | null)?.evaluation === true)
  work(workerData as Job);
