import type { AlgorithmError } from '../../pipeline/algorithm-error.ts';
import { messageOf } from '../../pipeline/make-algorithm.ts';
import { endThread } from '../loading/end-thread.ts';
import type { PluginThread } from '../loading/open-plugin-thread.ts';
import type { PluginOptions } from '../plugins-schema.ts';
import { createQuestions } from './ask-thread.ts';
import type { CallAnswer, ToIsolate } from './call.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { createCallWriter } from './write-call.ts';

/** The least time that a question may take: its thread may be at work. */
const leastQuestionMs = 500;

/** A thread that serves, with what waits for it. */
export interface StandingThread {
  readonly calls: PendingCalls;
  readonly write: ReturnType<typeof createCallWriter>;
  /** Answers undefined when the thread does not answer. */
  readonly ask: ReturnType<typeof createQuestions>;
  send(message: ToIsolate): void;
  /** Fails what waits, and ends the thread; resolves when it has ended. */
  end(cause: AlgorithmError): Promise<unknown>;
}

/** Listens to a thread; `onEnd` is told why it ended, or why it has to. */
export function standThread(
  { worker, port, answered }: PluginThread,
  limits: PluginOptions['limits'],
  onEnd: (reason: string) => void,
): StandingThread {
  const { timeoutMs } = limits;
  const limitMs = Math.max(leastQuestionMs, 2 * timeoutMs);
  const calls = createPendingCalls(limits, () => onEnd(`a call took longer than ${timeoutMs} ms`));
  worker.on('message', (answer: CallAnswer) => calls.settle(answer));
  worker.on('error', (cause) => onEnd(messageOf(cause)));
  worker.on('exit', (code) => onEnd(`its thread ended with exit code ${code}`));
  // Only now: listening for messages would hold the process again.
  worker.unref();
  return {
    calls,
    write: createCallWriter(),
    ask: createQuestions({ port, answered, limitMs }),
    send: (message) => worker.postMessage(message),
    end(cause) {
      calls.fail(cause);
      port.close();
      return endThread(worker);
    },
  };
}
