import { createHash } from 'node:crypto';
import { SightlineError } from '../domain/errors.ts';
import { modelKinds } from '../models/index.ts';
import type { ModelSlot } from '../models/model.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Store } from '../stores/store.ts';
import type { Emit } from '../telemetry/facts.ts';
import { interactionsFromStore } from './dataset.ts';

export async function prepareModels(options: {
  readonly folder: string;
  readonly models: Readonly<Record<string, { readonly kind: string; readonly options: unknown }>>;
  readonly store: Store;
  readonly table: ItemTable;
  readonly emit: Emit;
  readonly onProgress: (progress: { phase: 'load' | 'train'; name: string; done: number; note: string }) => void;
}): Promise<ReadonlyMap<string, ModelSlot>> {
  const { models, store, table, onProgress } = options;
  const interactions = await interactionsFromStore(store);
  const slots = new Map<string, ModelSlot>();
  for (const [name, { kind, options: raw }] of Object.entries(models)) {
    try {
      const found = modelKinds[kind];
      const bytes = found.fit(interactions, found.parseOptions(raw), (done, note) => onProgress({ phase: 'train', name, done, note }));
      const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
      slots.set(name, { model: found.load(bytes, { kind, version, trainedAtMs: Date.now() }, table) });
    } catch (cause) {
      slots.set(name, { unavailable: cause instanceof Error ? cause : new SightlineError('SL_INTERNAL', String(cause)) });
    }
  }
  return slots;
}
