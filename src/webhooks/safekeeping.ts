import type { Delivery } from '../domain/delivery.ts';
import { type ErrorCode, SightlineError } from '../domain/errors.ts';
import type { Notification } from '../domain/notification.ts';
import type { Emit } from '../telemetry/facts.ts';
import type { DeliveryStorage } from './delivery-storage.ts';

/** What is kept, by table. */
interface Kept {
  readonly deliveries: Delivery;
  readonly notifications: Notification;
}

/** Writes that never reject: an alert goes out also when the disk that it tells of is full. */
export interface Safekeeping {
  keep<T extends keyof Kept>(table: T, rows: readonly Kept[T][]): Promise<void>;
  forget(table: keyof Kept, ids: readonly string[]): Promise<void>;
  /** Resolves when everything asked so far is done. */
  settled(): Promise<void>;
}

/** Makes the writes of webhooks; what fails is told as `server.failed`, and the message goes on without it. */
export function createSafekeeping(storage: DeliveryStorage, emit: Emit): Safekeeping {
  const pending = new Set<Promise<unknown>>();

  function track(write: () => Promise<unknown>): Promise<void> {
    const done = Promise.try(write).then(
      () => {},
      (cause) => emit('server.failed', { code: codeOf(cause), cause }),
    );
    pending.add(done);
    return done.finally(() => pending.delete(done));
  }

  return {
    async keep(table, rows) {
      // The two tables have different rows, which TypeScript cannot follow through the generic name.
      const name = table as 'deliveries';
      if (rows.length > 0) await track(() => storage.mset(name, rows as readonly Delivery[]));
    },
    async forget(table, ids) {
      if (ids.length > 0) await track(() => storage.mdelete(table, ids));
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

function codeOf(cause: unknown): ErrorCode {
  return cause instanceof SightlineError ? cause.code : 'SL_INTERNAL';
}
