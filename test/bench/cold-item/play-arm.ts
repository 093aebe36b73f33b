import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { play } from '../../../src/cli/replay/play.ts';
import { readConfig } from '../../../src/config.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { startChild } from '../harness/child.ts';
import type { GatewayProgramOptions, Server } from '../harness/gateway-stand.ts';
import type { ColdShop } from './cold-shop.ts';
import { createLearningWatch, type Learning } from './learning-watch.ts';
import { createWatchedTarget, type Outcome, type WatchedTarget } from './watched-target.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** What an arm plays. */
export interface ArmOptions {
  /** Folder that only this arm uses. */
  readonly folder: string;
  readonly modelFolder: string;
  /** Imported at the start. */
  readonly dataset: string;
  /** Whether the cold items are put in before the first click. */
  readonly putsItems: boolean;
  /** Whether items are learnt anew. */
  readonly retrain: boolean;
  readonly log: (line: string) => void;
}

/** What an arm saw. */
export interface ArmResult {
  readonly outcomes: readonly Outcome[];
  readonly learnt: readonly Learning[];
  /** Place of a generation among those that answered. */
  readonly ordinal: (generation: string) => number;
  readonly seconds: number;
}

/** Time from one look at the retraining queue to the next; the default would only lengthen the bench. */
const everySeconds = 1;
/** Longer than from one report of the signals to the next. */
const settleMs = 3000;
/** Clicks under way at once. */
const concurrency = 8;

/** Starts a gateway as it is shipped on one of the data sets of a shop, and plays the shop's clicks against it. */
export async function playArm(shop: ColdShop, options: ArmOptions): Promise<ArmResult> {
  const { log, putsItems, retrain } = options;
  const config = armConfig(options);
  const program: GatewayProgramOptions = { config, watching: 'on', environment: {} };
  const gateway: Server = await startChild('gateway', { options: program });
  try {
    const url = `http://127.0.0.1:${gateway.ready.port}`;
    const watch = createLearningWatch({
      items: retrain ? shop.cold.map(({ id }) => id) : [],
      ...config.signals.similarity,
      probe: (item) => target.probe(item),
      log,
    });
    const target: WatchedTarget = createWatchedTarget(url, watch.saw);
    if (putsItems) {
      await target.put(shop.cold.map(({ publishedAtMs: _, ...item }) => item));
      // The signals hear of new items with their next report; a second is a day here.
      await sleep(settleMs);
    }
    const startedAt = performance.now();
    await playClicks(shop, target, log);
    const seconds = (performance.now() - startedAt) / 1000;
    const { outcomes, ordinal } = target;
    return { outcomes, ordinal, learnt: watch.learnt, seconds };
  } finally {
    await gateway.end();
  }
}

async function playClicks(
  { clicks }: ColdShop,
  target: WatchedTarget,
  log: (line: string) => void,
): Promise<void> {
  let tenths = 0;
  const tally = await play(clicks, target, {
    work: 'session',
    n: 20,
    speed: Number.POSITIVE_INFINITY,
    concurrency,
    sessionPrefix: '',
    clock: systemClock,
    sleep,
    progress(done, note) {
      if (done * 10 < tenths + 1) return;
      tenths = Math.floor(done * 10);
      if (tenths % 2 === 0) log(`  ${tenths * 10} %: ${note}`);
    },
    signal: new AbortController().signal,
  });
  const { serverErrors, unanswered, rejected } = tally;
  if (tally.clicks < clicks.length || serverErrors + unanswered + rejected > 0)
    throw new Error(
      `${tally.clicks} of ${clicks.length} clicks were played, ${rejected} refused, ${serverErrors} server errors, ${unanswered} unanswered`,
    );
}

function armConfig({ folder, modelFolder, dataset, retrain }: ArmOptions) {
  const config = readConfig(join(repository, 'sightline.yaml'), {});
  // Long enough that a preempted process is not measured on its fallback.
  const budget = { budgetMs: 10_000, maxBudgetMs: 10_000 };
  const { works, signals, telemetry } = config;
  return {
    ...config,
    http: { query: { port: 0 }, control: { port: 0 } },
    store: { kind: 'sqlite', folder: join(folder, 'data') },
    dataset: { format: 'jsonl', path: dataset },
    modelFolder,
    works: Object.fromEntries(
      Object.entries(works).map(([name, work]) => [name, { ...work, ...budget }]),
    ),
    telemetry: { ...telemetry, requestLog: 'none' },
    signals: { ...signals, retrain, similarity: { ...signals.similarity, everySeconds } },
  };
}
