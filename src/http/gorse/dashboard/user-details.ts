import { z } from 'zod';
import { SightlineError } from '../../../domain/errors.ts';
import type { User } from '../../../domain/user.ts';
import type { Gateway } from '../../../gateway.ts';
import { get } from '../../../stores/store.ts';
import { showTime, zeroTimeMs } from '../go-time.ts';
import type { Namespace } from '../namespace.ts';
import { type RowPage, showCursor } from '../row-page.ts';
import { gorseUserSchema, showGorseUser } from '../user-kind.ts';

/** A user as administrators see it. */
export const userDetailsSchema = gorseUserSchema
  .extend({
    LastActiveTime: z.string().meta({ description: 'Of the latest feedback; year 1 is never' }),
    LastUpdateTime: z.string().meta({ description: 'Of the row' }),
  })
  .meta({ id: 'GorseUserDetails', description: 'A user, and when it was active' });

/** A page of users. */
export const userPageSchema = z
  .strictObject({ Cursor: z.string(), Users: z.array(userDetailsSchema) })
  .meta({ id: 'GorseUserPage' });

/** Totals of a user that are looked at for the latest. */
const maxTotals = 10_000;
/** Users of a page at most: each costs a look at its feedback. */
const maxUsers = 1000;

/** One user. Throws `SL_USER_UNKNOWN`. */
export async function showUserDetails(gateway: Gateway, id: string, namespace: Namespace) {
  const found = await get(gateway.store, 'users', namespace.inner(id));
  if (found.state === 'present') return describe(gateway, found.row, namespace);
  if (found.state === 'absent')
    throw new SightlineError('SL_USER_UNKNOWN', `user ${id} not found`, { path: 'user-id' });
  const message = `store ${gateway.store.name} cannot be read: ${found.reason}`;
  throw new SightlineError('SL_STORE_UNAVAILABLE', message, { cause: found.cause });
}

/** A page of users, in order of id. */
export async function listUserDetails(
  gateway: Gateway,
  { count, from }: RowPage,
  namespace: Namespace,
): Promise<z.output<typeof userPageSchema>> {
  const limit = Math.min(count, maxUsers);
  const range = { ...namespace.range, ...(from !== '' && { from: namespace.inner(from) }) };
  const { rows } = await gateway.store.scan('users', { ...range, limit: limit + 1 });
  const Users = await Promise.all(
    rows.slice(0, limit).map((user) => describe(gateway, user, namespace)),
  );
  const next = rows.length > limit ? namespace.outer(rows[limit].id) : '';
  return { Cursor: showCursor(next), Users };
}

async function describe(
  { store }: Gateway,
  user: User,
  namespace: Namespace,
): Promise<z.output<typeof userDetailsSchema>> {
  const [{ rows }, [written]] = await Promise.all([
    store.feedbackTotals({ user: user.id }, { limit: maxTotals, mayLag: true }),
    store.mget('users', [user.id]),
  ]);
  const latestMs = rows.reduce((latest, { lastAtMs }) => Math.max(latest, lastAtMs), zeroTimeMs);
  const writtenMs = written.state === 'present' ? written.writtenAtMs : zeroTimeMs;
  return {
    ...showGorseUser(user, namespace),
    LastActiveTime: showTime(latestMs),
    LastUpdateTime: showTime(writtenMs),
  };
}
