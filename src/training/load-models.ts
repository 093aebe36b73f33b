import { SightlineError } from '../domain/errors.ts';
import type { Model, ModelSlot } from '../models/model.ts';
import type { Registry } from '../models/registry.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Emit } from '../telemetry/facts.ts';

/** What models are loaded from and for. */
export interface LoadTools {
  readonly registry: Registry;
  readonly table: ItemTable;
  readonly emit: Emit;
}

/** Loads the current version of a model; a model that cannot be had is a slot that says why. */
export async function loadModel(
  name: string,
  kind: string,
  { registry, table, emit, problem }: LoadTools & { readonly problem?: Error | undefined },
): Promise<ModelSlot> {
  try {
    const model = await registry.loadCurrent(name, kind, table);
    if (model === undefined) throw problem ?? untrained(name);
    tellLoaded(name, model, emit);
    return { model };
  } catch (cause) {
    const unavailable = cause instanceof SightlineError ? cause : failedLoad(name, cause);
    emit('model.failed', { model: name, code: unavailable.code, cause });
    return { unavailable };
  }
}

/** Tells that a model is loaded, and what it is. */
export function tellLoaded(name: string, { version, trainedAtMs, graph }: Model, emit: Emit): void {
  const { sampledEdgesRatio, coverageRatio } = graph ?? {};
  emit('model.loaded', { model: name, version, trainedAtMs, sampledEdgesRatio, coverageRatio });
}

/** Loads the declared models anew; those whose current version is loaded already are taken from `before`. */
export async function renewModels(
  declared: Readonly<Record<string, { readonly kind: string }>>,
  before: ReadonlyMap<string, ModelSlot>,
  tools: LoadTools,
): Promise<ReadonlyMap<string, ModelSlot>> {
  const slots = await Promise.all(
    Object.entries(declared).map(async ([name, { kind }]) => {
      const slot = before.get(name);
      const isSame = slot !== undefined && (await isCurrent(name, { slot, kind, tools }));
      return [name, isSame ? slot : await loadModel(name, kind, tools)] as const;
    }),
  );
  return new Map(slots);
}

async function isCurrent(
  name: string,
  { slot, kind, tools }: { slot: ModelSlot; kind: string; tools: LoadTools },
): Promise<boolean> {
  if ('unavailable' in slot || slot.model.kind !== kind) return false;
  try {
    return (await tools.registry.currentVersion(name)) === slot.model.version;
  } catch {
    return false;
  }
}

/** Why a model that was never trained cannot serve. */
export function untrained(name: string): SightlineError {
  return new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} is not trained`);
}

function failedLoad(name: string, cause: unknown): SightlineError {
  return new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} could not be loaded`, { cause });
}
