import { setTimeout as wait } from 'node:timers/promises';
import type { Candidates } from '../../domain/candidates.ts';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { RequestContext } from '../../pipeline/algorithm.ts';
import { AlgorithmError } from '../../pipeline/algorithm-error.ts';
import { messageOf } from '../../pipeline/make-algorithm.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { endThread } from '../loading/end-thread.ts';
import type { PluginThread } from '../loading/open-plugin-thread.ts';
import type { PluginOptions } from '../plugins-schema.ts';
import type { CallAnswer, Making, QuestionAnswer } from './call.ts';
import { type StandingThread, standThread } from './standing-thread.ts';

/** What came of a call, and the dense index of each item that it was about. */
export interface Answered {
  readonly answer: Exclude<CallAnswer, { reason: string }>;
  readonly items: Int32Array;
}

/** A plugin in a thread of its own, which is started again when it ends. */
export interface Isolate {
  /** Says what is wrong with options. Throws `SL_PLUGIN_FAILED` when the thread does not answer. */
  check(question: Pick<Making, 'kind' | 'name' | 'options'>): QuestionAnswer['mistakes'];
  /** Makes an algorithm and answers its number. Throws `SL_PLUGIN_FAILED` where that cannot be done. */
  make(making: Omit<Making, 'use'>): number;
  forget(use: number): void;
  /**
   * Calls an algorithm. Rejects with what becomes of it: `timeout.stage`, `bulkhead.full`, `plugin.error`, or what the
   * thread found wrong with its output.
   */
  call(use: number, asked: Asked): Promise<Answered>;
  close(): Promise<void>;
}

/** What an algorithm is asked. */
export interface Asked {
  readonly context: RequestContext;
  /** For a scorer. */
  readonly candidates?: Candidates;
  /** For a retriever. */
  readonly limit?: number;
}

/** What an isolate is made of. */
export interface IsolateOptions {
  readonly name: string;
  readonly limits: PluginOptions['limits'];
  readonly thread: PluginThread;
  /** Starts another thread for the same plugin. Rejects where its files are not what they were. */
  readonly restart: () => Promise<PluginThread>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Milliseconds before the first new start; each that follows soon waits twice as long. */
  readonly restartMs: number;
}

/** The longest wait for a new start, and how long a thread must have stood for the next wait to be short again. */
const longestRestartMs = 30_000;
const steadyMs = 10_000;

const noItems: Int32Array = new Int32Array(0);

/** Keeps a plugin running in the thread that it was tried in. */
export function openIsolate(options: IsolateOptions): Isolate {
  const { name, limits, restart, clock, emit, restartMs } = options;
  const made = new Map<number, Making>();
  const closing = new AbortController();
  let lastUse = 0;
  let ends = 0;
  let lastReason = '';
  let standing: StandingThread | undefined;

  function stand(thread: PluginThread): void {
    const sinceMs = clock.monotonic();
    const now = standThread(thread, limits, (reason) => {
      if (standing !== now) return;
      if (clock.monotonic() - sinceMs > steadyMs) ends = 0;
      end(now, reason);
    });
    standing = now;
    for (const making of made.values()) now.send({ say: 'make', making });
  }

  function end(ended: StandingThread, reason: string): void {
    standing = undefined;
    lastReason = reason;
    ended.end(new AlgorithmError('plugin.error', `plugin ${name} ended: ${reason}`));
    standUp();
  }

  async function standUp(): Promise<void> {
    while (!closing.signal.aborted) {
      const waitMs = Math.min(longestRestartMs, restartMs * 2 ** ends++);
      emit('plugin.ended', { plugin: name, reason: lastReason, restartMs: waitMs });
      try {
        await wait(waitMs, undefined, { ref: false, signal: closing.signal });
        const thread = await restart();
        if (!closing.signal.aborted) return stand(thread);
        await endThread(thread.worker);
      } catch (cause) {
        lastReason = messageOf(cause);
      }
    }
  }

  function ask(question: Parameters<StandingThread['ask']>[0]): QuestionAnswer {
    if (standing === undefined) throw unavailable();
    const asked = standing;
    const answer = asked.ask(question);
    if (answer !== undefined) return answer;
    end(asked, 'it did not answer while works were built');
    throw unavailable();
  }

  const unavailable = () =>
    new SightlineError('SL_PLUGIN_FAILED', `plugin ${name} does not run: ${lastReason}`);

  stand(options.thread);
  return {
    check: (question) => ask({ ask: 'check', ...question }).mistakes,
    make(wanted) {
      const making = { ...wanted, use: ++lastUse };
      const { mistakes } = ask({ ask: 'make', making });
      if (mistakes.length > 0)
        throw new SightlineError('SL_PLUGIN_FAILED', `plugin ${name}: ${mistakes[0].message}`);
      made.set(making.use, making);
      return making.use;
    },
    forget(use) {
      made.delete(use);
      standing?.send({ say: 'forget', use });
    },
    async call(use, { context, candidates, limit = 0 }) {
      if (standing === undefined)
        throw new AlgorithmError('plugin.error', `plugin ${name} is started again: ${lastReason}`);
      const { calls, write, send } = standing;
      const { id, answer } = calls.open();
      let items: Int32Array = noItems;
      try {
        const written = write(context, candidates);
        items = written.items;
        send({ say: 'call', id, use, limit, context: written.context });
      } catch (cause) {
        calls.settle({ id, reason: 'plugin.error', message: messageOf(cause) });
      }
      return { answer: await answer, items };
    },
    async close() {
      closing.abort();
      const ended = standing;
      standing = undefined;
      await ended?.end(new AlgorithmError('plugin.error', `plugin ${name} is closed`));
    },
  };
}
