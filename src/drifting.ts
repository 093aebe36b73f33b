import { createTurns } from './domain/in-turn.ts';
import type { Model, ModelSlot } from './models/model.ts';
import { sampleVectors } from './models/sample-vectors.ts';
import type { Emit } from './telemetry/facts.ts';
import { measureDrift } from './training/measure-drift.ts';

/** Tells how far the vectors of models move from generation to generation. */
export interface Drifting {
  /** Compares the models that serve from now on with those that served before; the comparison goes on in a thread. */
  follow(models: ReadonlyMap<string, ModelSlot>): void;
  /** Breaks off what runs. */
  close(): Promise<void>;
}

/**
 * Follows the models of the generations that are published, beginning with those that serve. A version that takes the
 * place of another one is told as `vectors.compared`, where both have vectors and know some of the same items. One
 * comparison runs at a time.
 */
export function createDrifting(serving: ReadonlyMap<string, ModelSlot>, emit: Emit): Drifting {
  const inTurn = createTurns();
  const stop = new AbortController();
  let before = serving;
  const compare = async (name: string, was: Model, is: Model) => {
    if (stop.signal.aborted || was.vectors === undefined || is.vectors === undefined) return;
    const { items, ...pairs } = await sampleVectors(was.vectors, is.vectors);
    if (items === 0) return;
    const drift = await measureDrift(pairs, stop.signal);
    const versions = { version: is.version, replaced: was.version };
    emit('vectors.compared', { model: name, ...versions, drift, items });
  };
  const tellFailure = (cause: unknown) => {
    if (!stop.signal.aborted) emit('server.failed', { code: 'SL_INTERNAL', cause });
  };
  return {
    follow(models) {
      const former = before;
      before = models;
      for (const [name, slot] of models) {
        const was = modelIn(former.get(name));
        const is = modelIn(slot);
        if (was === undefined || is === undefined || was.version === is.version) continue;
        inTurn(() => compare(name, was, is)).catch(tellFailure);
      }
    },
    async close() {
      stop.abort();
      await inTurn(() => {});
    },
  };
}

const modelIn = (slot: ModelSlot | undefined): Model | undefined =>
  slot !== undefined && 'model' in slot ? slot.model : undefined;
