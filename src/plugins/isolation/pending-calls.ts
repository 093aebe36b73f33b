import { type DegradationReason, degradationReasons } from '../../domain/degradation.ts';
import { AlgorithmError } from '../../pipeline/algorithm-error.ts';
import { TimeoutError } from '../../pipeline/deadline.ts';
import type { PluginOptions } from '../plugins-schema.ts';
import type { CallAnswer } from './call.ts';

type Good = Exclude<CallAnswer, { reason: string }>;

/** The calls of one thread that have no answer yet. */
export interface PendingCalls {
  /** Throws `bulkhead.full` where too many wait. The answer rejects with `TimeoutError` when it is late. */
  open(): { readonly id: number; readonly answer: Promise<Good> };
  settle(answer: CallAnswer): void;
  fail(cause: Error): void;
}

interface Waiting {
  readonly resolve: (answer: Good) => void;
  readonly reject: (cause: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Keeps calls until they are answered; `onLate` is told of the first that was not, in time. */
export function createPendingCalls(
  { timeoutMs, inFlight }: PluginOptions['limits'],
  onLate: () => void,
): PendingCalls {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const take = (id: number) => {
    const call = waiting.get(id);
    waiting.delete(id);
    clearTimeout(call?.timer);
    return call;
  };
  const giveUp = (id: number) => {
    const call = take(id);
    if (call === undefined) return;
    call.reject(new TimeoutError(timeoutMs));
    onLate();
  };
  return {
    open() {
      if (waiting.size >= inFlight)
        throw new AlgorithmError('bulkhead.full', `${inFlight} calls are waiting already`);
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<Good>();
      // Where this thread itself was held up, the answer is there and only was not looked at.
      const timer = setTimeout(() => setImmediate(giveUp, id), timeoutMs);
      waiting.set(id, { resolve, reject, timer });
      return { id, answer: promise };
    },
    settle(answer) {
      const call = take(answer.id);
      if ('reason' in answer)
        call?.reject(new AlgorithmError(reasonOf(answer.reason), answer.message));
      else call?.resolve(answer);
    },
    fail(cause) {
      for (const id of [...waiting.keys()]) take(id)?.reject(cause);
    },
  };
}

/** The thread is not trusted to keep to the list. */
function reasonOf(reason: string): Exclude<DegradationReason, 'none'> {
  const known = degradationReasons.find((one) => one === reason);
  return known === undefined || known === 'none' ? 'plugin.error' : known;
}
