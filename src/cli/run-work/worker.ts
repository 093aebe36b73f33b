import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { packageVersion } from '../../domain/package-version.ts';
import { createAttachedShelf } from '../../stores/tables/attached-shelf.ts';
import type { TableHandle } from '../../stores/tables/global-table.ts';
import { openTelemetry } from '../../telemetry/open-telemetry.ts';
import { type AnsweredBlock, createAnswerer } from './answer-lines.ts';
import { asFailure, type Failure } from './failure.ts';
import { openRecommender } from './open-recommender.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  readonly config: Config;
  /** The folder of the configuration. */
  readonly folder: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** File that log lines of requests are added to; undefined: none are made. */
  readonly log: string | undefined;
  /** Global tables, in memory that all workers share. */
  readonly tables: ReadonlyMap<string, TableHandle>;
}

/** What a worker can be asked, and what it answers. */
export interface WorkerTasks {
  /** Opens data and models; answers the models that are not trained. */
  open: { readonly task: { readonly kind: 'open' }; readonly answer: readonly string[] };
  answer: {
    readonly task: { readonly kind: 'answer'; readonly block: Uint8Array };
    readonly answer: AnsweredBlock;
  };
  /** Closes everything; answers the exposition of its metrics as text. */
  close: { readonly task: { readonly kind: 'close' }; readonly answer: string };
}

export type WorkerTask = WorkerTasks[keyof WorkerTasks]['task'];

type Value = WorkerTasks[keyof WorkerTasks]['answer'];

/** The answer to the oldest task that has none yet. */
export type WorkerAnswer = { readonly value: Value } | { readonly failure: Failure };

function createDesk({ config, folder, work, environment, log, tables }: WorkerOptions) {
  const telemetry = openTelemetry({
    ...config.telemetry,
    serviceVersion: packageVersion(),
    deployment: config.provisioning.environment,
    environment,
    // The series of a gateway that runs must not be mixed with those of a worker, nor its signals.
    push: {},
    events: false,
    requestLog: log === undefined ? 'none' : config.telemetry.requestLog,
    level: log === undefined ? 'warn' : config.telemetry.level,
    logDestination: log ?? 2,
  });
  const opening = (async () => {
    const recommender = await openRecommender({
      ...{ config, folder, telemetry, environment },
      tables: createAttachedShelf(tables),
      clock: systemClock,
    });
    const maxLineBytes = config.http.bodyLimitBytes;
    const timeoutMs = config.works[work].maxBudgetMs;
    const answer = createAnswerer({ recommender, telemetry, work, maxLineBytes, timeoutMs });
    return { recommender, answer };
  })();
  // The task that waits for it hears of a failure.
  opening.catch(() => {});
  return {
    open: async () => (await opening).recommender.missing,
    async answer(block: Uint8Array) {
      const answered = await (await opening).answer(block);
      // Finished requests are recorded in a turn of the loop of their own, which messages alone never end.
      await turn();
      return answered;
    },
    async close() {
      await telemetry.flush();
      const { body } = await telemetry.expose('text/plain');
      await (await opening).recommender.close();
      await telemetry.close();
      return body;
    },
  };
}

if (parentPort !== null) {
  const port = parentPort;
  const desk = createDesk(workerData as WorkerOptions);
  const perform = async (task: WorkerTask): Promise<Value> => {
    if (task.kind === 'answer') return desk.answer(task.block);
    return task.kind === 'open' ? desk.open() : desk.close();
  };
  let last: Promise<unknown> = Promise.resolve();
  port.on('message', (task: WorkerTask) => {
    last = last
      .then(() => perform(task))
      .then(
        (value): WorkerAnswer => ({ value }),
        (cause): WorkerAnswer => ({ failure: asFailure(cause) }),
      )
      .then((answer) => port.postMessage(answer));
  });
}
