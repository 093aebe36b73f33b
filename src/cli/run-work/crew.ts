import { Worker } from 'node:worker_threads';
import { SightlineError } from '../../domain/errors.ts';
import type { AnsweredBlock } from './answer-lines.ts';
import type { WorkerAnswer, WorkerOptions, WorkerTask, WorkerTasks } from './worker.ts';

/** Threads that answer, each with data and models of its own. */
export interface Crew {
  /** Models that are declared but not trained. */
  readonly missing: readonly string[];
  readonly size: number;
  /** Has a block answered by the thread with the fewest waiting; the bytes go over to it. */
  answer(block: Uint8Array<ArrayBuffer>): Promise<AnsweredBlock>;
  /** Closes all threads; answers their expositions. */
  finish(): Promise<readonly string[]>;
  /** Ends all threads at once. */
  abort(): Promise<void>;
}

/** Starts threads and waits until all can answer. Throws why one cannot, with none left running. */
export async function openCrew(size: number, options: WorkerOptions): Promise<Crew> {
  const members = Array.from({ length: size }, (_, i) => startMember(`run-work-${i}`, options));
  const abort = async () => {
    await Promise.all(members.map((member) => member.end()));
  };
  try {
    const [missing] = await Promise.all(members.map((member) => member.ask({ kind: 'open' })));
    return {
      missing: missing as WorkerTasks['open']['answer'],
      size,
      answer(block) {
        const idlest = members.reduce((best, one) => (one.waiting() < best.waiting() ? one : best));
        return idlest.ask({ kind: 'answer', block }, [block.buffer]) as Promise<AnsweredBlock>;
      },
      async finish() {
        const texts = await Promise.all(members.map((member) => member.ask({ kind: 'close' })));
        await abort();
        return texts as string[];
      },
      abort,
    };
  } catch (cause) {
    await abort();
    throw cause;
  }
}

type Value = WorkerTasks[keyof WorkerTasks]['answer'];

interface Member {
  ask(task: WorkerTask, transfer?: readonly ArrayBuffer[]): Promise<Value>;
  waiting(): number;
  end(): Promise<unknown>;
}

/** A thread answers its tasks in the order in which they come. */
function startMember(name: string, workerData: WorkerOptions): Member {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { name, workerData });
  const waiting: PromiseWithResolvers<Value>[] = [];
  let ended: SightlineError | undefined;
  const fail = (cause?: unknown) => {
    ended ??= new SightlineError('SL_INTERNAL', `thread ${name} ended`, { cause });
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (answer: WorkerAnswer) => {
    const asked = waiting.shift();
    if ('value' in answer) asked?.resolve(answer.value);
    else asked?.reject(new SightlineError(answer.failure.code, answer.failure.message));
  });
  worker.on('error', fail);
  worker.on('exit', () => fail());
  return {
    ask(task, transfer = []) {
      if (ended !== undefined) return Promise.reject(ended);
      const asked = Promise.withResolvers<Value>();
      waiting.push(asked);
      worker.postMessage(task, transfer);
      return asked.promise;
    },
    waiting: () => waiting.length,
    end: () => worker.terminate(),
  };
}
