import { randomBytes } from 'node:crypto';
import { readFeedbackInput, toEvent, type UserEvent } from '../feedback-kind.ts';
import type { GorseRowKind, GorseTable } from '../row-kind.ts';
import { missingIds, overQuota, type Refusals } from './new-ids.ts';
import {
  type Refused,
  type RowReading,
  type RowSink,
  refuseSlash,
  type SinkParts,
} from './row-sink.ts';

/** Ids that one import remembers to be there. */
const maxKnown = 200_000;

/** The users and items that feedback may be of. */
interface Kinds {
  readonly users: Pick<GorseRowKind<'users'>, 'blank'>;
  readonly items: Pick<GorseRowKind<'items'>, 'blank'>;
}

/** Makes the place where feedback goes. Rows that it makes take no turn: they are added only where none are, by the thread that writes. */
export function createFeedbackSink(
  { users: userKind, items: itemKind }: Kinds,
  parts: SinkParts,
  { namespace, slashes }: RowReading,
): RowSink<UserEvent> {
  const { gateway, quota } = parts;
  const nextKey = createKeys();
  const users = createAdmission('users', parts, (ids) =>
    gateway.addUsers(ids.map((id) => userKind.blank(id, namespace))),
  );
  const items = createAdmission('items', parts, (ids) => {
    const { table } = gateway;
    const unknown = ids.filter((id) => !table.has(id));
    return gateway.addItems(unknown.map((id) => itemKind.blank(id, namespace)));
  });
  return {
    table: 'feedback',
    read(given) {
      const input = readFeedbackInput(given);
      if (!slashes) {
        refuseSlash(input.FeedbackType, 'FeedbackType');
        refuseSlash(input.UserId, 'UserId');
        refuseSlash(input.ItemId, 'ItemId');
      }
      quota.checkRow(input);
      return toEvent(input, { namespace, key: nextKey() });
    },
    async put(rows) {
      const noUsers = await users(rows.map(({ user }) => user));
      const noItems = await items(rows.map(({ item }) => item));
      if (noUsers.size === 0 && noItems.size === 0) {
        await gateway.replaceFeedback(rows, { isPast: true });
        return [];
      }
      const mistakeIn = ({ user, item }: UserEvent) => noUsers.get(user) ?? noItems.get(item);
      const good = rows.filter((row) => mistakeIn(row) === undefined);
      await gateway.replaceFeedback(good, { isPast: true });
      return rows.flatMap((row, at): Refused[] => {
        const message = mistakeIn(row);
        return message === undefined ? [] : [{ at, message }];
      });
    },
  };
}

/** Keys that grow with time, so that they are added at the end of their index. */
function createKeys(): () => string {
  const begin = `bulk-${Date.now().toString(36)}-${randomBytes(6).toString('base64url')}-`;
  let next = 0;
  return () => begin + (next++).toString(36).padStart(7, '0');
}

/** Makes what lets ids in: those that are not there are made or refused, as the configuration says. */
function createAdmission(
  table: GorseTable,
  parts: SinkParts,
  add: (ids: readonly string[]) => Promise<void>,
): (ids: readonly string[]) => Promise<Refusals> {
  const known = new Set<string>();
  const { autoInsertUsers, autoInsertItems } = parts.gateway.config.gorse!;
  const mayAdd = table === 'users' ? autoInsertUsers : autoInsertItems;
  return async (ids) => {
    const fresh = [...new Set(ids)].filter((id) => !known.has(id));
    const refused = mayAdd
      ? await overQuota(table, fresh, parts)
      : await unknownIds(table, fresh, parts);
    const good = refused.size === 0 ? fresh : fresh.filter((id) => !refused.has(id));
    if (mayAdd && good.length > 0) await add(good);
    for (const id of good) {
      if (known.size >= maxKnown) known.clear();
      known.add(id);
    }
    return refused;
  };
}

async function unknownIds(
  table: GorseTable,
  ids: readonly string[],
  { gateway }: SinkParts,
): Promise<Refusals> {
  const missing = await missingIds(gateway, table, ids);
  const message = `${table === 'users' ? 'UserId' : 'ItemId'} is not known`;
  return new Map(missing.map((id) => [id, message]));
}
