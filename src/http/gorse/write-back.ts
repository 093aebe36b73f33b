import { randomBytes } from 'node:crypto';
import { SightlineError } from '../../domain/errors.ts';
import type { Feedback } from '../../domain/feedback.ts';
import type { Gateway } from '../../gateway.ts';
import { get } from '../../stores/store.ts';
import { shorten } from '../errors.ts';
import { parseGoDuration } from './go-duration.ts';
import type { ListQuery } from './list-query.ts';

/** The longest delay, a year. */
const maxDelayMs = 366 * 86_400_000;

/** Feedback that is written for each item that is served. */
export interface WriteBack {
  readonly type: string;
  /** How much later than now it counts. */
  readonly delayMs: number;
}

/** Reads what a query wants to be written back, if anything. Throws `SL_REQUEST_INVALID` for a delay that is none. */
export function readWriteBack({
  writeBackType,
  writeBackDelay = '0',
}: ListQuery): WriteBack | undefined {
  const delayMs = parseGoDuration(writeBackDelay);
  if (delayMs === undefined || delayMs < 0 || delayMs > maxDelayMs) {
    const message = `write-back-delay is ${shorten(writeBackDelay, 50)}, expected a duration such as 10m or 1h30m, of a year at most`;
    throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'write-back-delay' });
  }
  return writeBackType === undefined ? undefined : { type: writeBackType, delayMs };
}

const unread = ({ reason, cause }: { readonly reason: string; readonly cause?: unknown }) =>
  new SightlineError('SL_STORE_UNAVAILABLE', `users could not be read: ${reason}`, { cause });

/**
 * Writes one piece of feedback for each item, all in one go, where the user is known; else nothing, as Gorse does. What
 * cannot be written is told as `server.failed`, and answered as false: the list is there all the same.
 */
export async function writeBack(
  gateway: Pick<Gateway, 'store' | 'recordFeedback' | 'telemetry'>,
  { type, delayMs }: WriteBack,
  served: { readonly user: string; readonly items: readonly string[]; readonly nowMs: number },
): Promise<boolean> {
  const { user, items, nowMs } = served;
  try {
    const known = await get(gateway.store, 'users', user);
    if (known.state === 'absent') return true;
    if (known.state === 'failed') throw unread(known);
    const batch = randomBytes(12).toString('base64url');
    const events = items.map(
      (item, at): Feedback => ({
        ...{ key: `wb.${batch}.${at}`, type, user, item },
        ...{ value: 0, atMs: nowMs + delayMs },
      }),
    );
    if (events.length > 0)
      await gateway.recordFeedback(events, { anyTime: true, isOnItsWay: true });
    return true;
  } catch (cause) {
    const code = cause instanceof SightlineError ? cause.code : 'SL_INTERNAL';
    gateway.telemetry.emit('server.failed', { code, cause });
    return false;
  }
}
