import { SightlineError } from '../../domain/errors.ts';
import type { ModelSlot } from '../../models/model.ts';
import type { Generation } from './generation.ts';

/** One row of the model overview on the control port. */
export interface ModelStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: 'ready' | 'unavailable';
  readonly version?: string | undefined;
  readonly trainedAtMs?: number | undefined;
  /** Why it is unavailable: an error code. */
  readonly reason?: string | undefined;
}

/** The overview of a generation's models; `declared` says the kind of those that could not be loaded. */
export function modelStatuses(
  models: Generation['models'],
  declared: Readonly<Record<string, { readonly kind: string }>>,
): readonly ModelStatus[] {
  return [...models].map(([name, slot]) => statusOf(name, declared[name].kind, slot));
}

function statusOf(name: string, kind: string, slot: ModelSlot): ModelStatus {
  if ('model' in slot) {
    const { version, trainedAtMs } = slot.model;
    return { name, kind, state: 'ready', version, trainedAtMs };
  }
  const { unavailable } = slot;
  const reason = unavailable instanceof SightlineError ? unavailable.code : 'SL_INTERNAL';
  return { name, kind, state: 'unavailable', reason };
}
