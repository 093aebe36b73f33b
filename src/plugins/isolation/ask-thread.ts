import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Question, QuestionAnswer } from './call.ts';

type Without<T> = T extends unknown ? Omit<T, 'id'> : never;

/**
 * Makes what asks a thread and waits for the answer, with everything else of the caller's thread at rest: for the
 * moments when works are built, which cannot wait otherwise. It answers undefined when the time is over.
 */
export function createQuestions({
  port,
  answered,
  limitMs,
}: {
  readonly port: MessagePort;
  readonly answered: Int32Array;
  readonly limitMs: number;
}): (question: Without<Question>) => QuestionAnswer | undefined {
  let lastId = 0;
  return (question) => {
    const id = ++lastId;
    port.postMessage({ ...question, id } satisfies Question);
    const until = performance.now() + limitMs;
    for (;;) {
      const seen = Atomics.load(answered, 0);
      const answer = receiveMessageOnPort(port)?.message as QuestionAnswer | undefined;
      // An answer to a question that was given up may still come.
      if (answer?.id === id) return answer;
      if (answer !== undefined) continue;
      const leftMs = until - performance.now();
      if (leftMs <= 0) return undefined;
      Atomics.wait(answered, 0, seen, leftMs);
    }
  };
}
