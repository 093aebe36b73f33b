import type { Clock } from './domain/clock.ts';
import type { InTurn } from './domain/in-turn.ts';
import { modelKinds } from './models/index.ts';
import type { Interactions, ModelSlot } from './models/model.ts';
import { openRegistry } from './models/registry.ts';
import type { SignalReports } from './signals/index.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { Emit, Facts } from './telemetry/facts.ts';
import { tellLoaded } from './training/load-models.ts';
import { refreshItems } from './training/refresh-items.ts';
import type { ModelToTrain } from './training/trainer.ts';

/** Learns single items anew when a signal asks for it. */
export interface Retraining {
  /** Takes in what the similarity signal reports; one retraining runs at a time, the last one asked for waits. */
  consider(report: SignalReports['similarity']): void;
  /** Breaks off what runs. */
  close(): Promise<void>;
}

/** What retraining needs. */
export interface RetrainingOptions {
  readonly folder: string;
  /** The models that are declared now. */
  readonly models: () => Readonly<Record<string, ModelToTrain>>;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Keeps others from changing the registry meanwhile. */
  readonly inTurn: InTurn;
  /** Serves the new versions from now on. */
  readonly publish: (models: ReadonlyMap<string, ModelSlot>) => Promise<void>;
}

/**
 * Makes the loop from the retraining queue to a new generation: the queued items are learnt from their recent
 * sessions in a worker thread, all other vectors frozen, in every model that can; the new versions are published
 * together.
 */
export function createRetraining(options: RetrainingOptions): Retraining {
  const { emit, clock, inTurn } = options;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let waiting: SignalReports['similarity'] | undefined;
  const run = async (report: SignalReports['similarity']) => {
    const startedAt = clock.monotonic();
    const asked = report.retrain.length;
    const tell = (outcome: Facts['items.retrained']['outcome'], items: number) => {
      const seconds = (clock.monotonic() - startedAt) / 1000;
      if (items > 0) emit('items.retrained', { outcome, items, seconds });
    };
    try {
      const learnt = await inTurn(() => retrain(options, report, stop.signal));
      tell('published', learnt);
      tell('skipped', asked - learnt);
    } catch (cause) {
      if (stop.signal.aborted) return;
      tell('failed', asked);
      emit('server.failed', { code: 'SL_TRAINING_FAILED', cause });
    }
  };
  const start = (report: SignalReports['similarity']) => {
    running = run(report).finally(() => {
      running = undefined;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined && !stop.signal.aborted) start(next);
    });
  };
  return {
    consider(report) {
      if (report.retrain.length === 0 || stop.signal.aborted) return;
      if (running === undefined) start(report);
      else waiting = report;
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** Answers how many items at least one model learnt. */
async function retrain(
  { folder, models, table, emit, publish }: RetrainingOptions,
  { retrain: asked, sessions }: SignalReports['similarity'],
  signal: AbortSignal,
): Promise<number> {
  const declared = models();
  const able = Object.entries(declared).filter(([, { kind }]) => modelKinds[kind].foldIn);
  const refreshed = await refreshItems({
    folder,
    models: Object.fromEntries(able),
    items: asked.map(({ item }) => table.ids[item]),
    interactions: interactionsOf(sessions, table),
    signal,
  });
  const registry = openRegistry({ folder });
  const slots = new Map<string, ModelSlot>();
  for (const { name } of refreshed) {
    const model = await registry.loadCurrent(name, declared[name].kind, table);
    if (model === undefined) continue;
    slots.set(name, { model });
    tellLoaded(name, model, emit);
  }
  if (slots.size > 0) await publish(slots);
  return new Set(refreshed.flatMap(({ learnt }) => learnt)).size;
}

/** Sessions in the terms of training: items by their ids, in order of id. */
function interactionsOf(
  { offsets, items, atMs }: SignalReports['similarity']['sessions'],
  { ids }: ItemTable,
): Interactions {
  const known = [...new Set(items)].sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
  const codeOf = new Map(known.map((item, code) => [item, code]));
  const codes = new Uint32Array(new SharedArrayBuffer(items.byteLength));
  for (let at = 0; at < items.length; at++) codes[at] = codeOf.get(items[at])!;
  return { items: known.map((item) => ids[item]), offsets, codes, atMs };
}
