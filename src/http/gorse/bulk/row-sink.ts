import { randomBytes } from 'node:crypto';
import type { Feedback } from '../../../domain/feedback.ts';
import type { Item } from '../../../domain/item.ts';
import type { User } from '../../../domain/user.ts';
import type { Gateway } from '../../../gateway.ts';
import type { Namespace } from '../namespace.ts';
import { zeroTimeMs } from './lenient-time.ts';
import type { RawRow } from './row-fields.ts';
import { type RowReading, readFeedback, readItem, readUser } from './stored-rows.ts';

/** A row of a batch that was not put. */
export interface Refused {
  readonly at: number;
  readonly message: string;
}

/** Where rows of one table go. */
export interface RowSink<Row = unknown> {
  readonly table: 'users' | 'items' | 'feedback';
  /** Throws `RowMistake`. */
  read(row: RawRow): Row;
  /** Puts a batch in one transaction; answers which rows were left out. */
  put(rows: readonly Row[]): Promise<readonly Refused[]>;
}

/** Ids that one import remembers to be there. */
const maxKnown = 200_000;
/** Users looked up in one go. */
const idsPerTurn = 1000;

/** Makes the places where the rows of an import go, by table. */
export function createSinks(gateway: Gateway, reading: RowReading) {
  const users: RowSink<User> = {
    table: 'users',
    read: (row) => readUser(row, reading),
    put: (rows) => gateway.putUsers(firstOfEach(rows)).then(() => []),
  };
  const items: RowSink<Item> = {
    table: 'items',
    read: (row) => readItem(row, reading),
    put: (rows) => gateway.putItems(firstOfEach(rows)).then(() => []),
  };
  return { users, items, feedback: feedbackSink(gateway, reading) };
}

/** Of rows with one id the first, as Gorse does. */
function firstOfEach<Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] {
  const byId = new Map<string, Row>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row);
  return [...byId.values()];
}

function feedbackSink(gateway: Gateway, reading: RowReading): RowSink<Feedback> {
  const { autoInsertUsers, autoInsertItems } = gateway.config.gorse!;
  const nextKey = createKeys();
  const isThere = { users: new Set<string>(), items: new Set<string>() };
  const admitUsers = autoInsertUsers ? insertUsers : findUsers;
  const admitItems = autoInsertItems ? insertItems : findItems;
  return {
    table: 'feedback',
    read(row) {
      const { type, item, user, atMs, value, labels, comment } = readFeedback(row, reading);
      return { key: nextKey(), type, item, user, atMs, value, labels, comment };
    },
    async put(rows) {
      const nobody = await admitUsers(gateway, newIds(rows, 'user', isThere.users));
      const nothing = await admitItems(
        gateway,
        newIds(rows, 'item', isThere.items),
        reading.namespace,
      );
      remember(isThere.users, rows, ({ user }) => (nobody.has(user!) ? undefined : user));
      remember(isThere.items, rows, ({ item }) => (nothing.has(item) ? undefined : item));
      const refused = rows.flatMap(({ user, item }, at): Refused[] => {
        if (nobody.has(user!)) return [{ at, message: 'UserId is not known' }];
        return nothing.has(item) ? [{ at, message: 'ItemId is not known' }] : [];
      });
      const left = new Set(refused.map(({ at }) => at));
      const good = left.size === 0 ? rows : rows.filter((_, at) => !left.has(at));
      await gateway.replaceFeedback(good, { isPast: true });
      return refused;
    },
  };
}

/** Keys that grow with time, so that they are added at the end of their index. */
function createKeys(): () => string {
  const begin = `bulk-${Date.now().toString(36)}-${randomBytes(6).toString('base64url')}-`;
  let next = 0;
  return () => begin + (next++).toString(36).padStart(7, '0');
}

function newIds(
  rows: readonly Feedback[],
  of: 'user' | 'item',
  known: ReadonlySet<string>,
): readonly string[] {
  const ids = new Set<string>();
  for (const row of rows) {
    const id = row[of]!;
    if (!known.has(id)) ids.add(id);
  }
  return [...ids];
}

function remember(
  known: Set<string>,
  rows: readonly Feedback[],
  idOf: (row: Feedback) => string | undefined,
): void {
  for (const row of rows) {
    const id = idOf(row);
    if (id === undefined) continue;
    if (known.size >= maxKnown) known.clear();
    known.add(id);
  }
}

type Missing = ReadonlySet<string>;
const none: Missing = new Set();

async function insertUsers(gateway: Gateway, ids: readonly string[]): Promise<Missing> {
  if (ids.length > 0) await gateway.addUsers(ids.map((id) => ({ id, attributes: {} })));
  return none;
}

async function findUsers({ store }: Gateway, ids: readonly string[]): Promise<Missing> {
  const missing = new Set<string>();
  for (let from = 0; from < ids.length; from += idsPerTurn) {
    const some = ids.slice(from, from + idsPerTurn);
    const found = await store.mget('users', some);
    some.forEach((id, i) => {
      if (found[i].state === 'absent') missing.add(id);
    });
  }
  return missing;
}

async function insertItems(
  gateway: Gateway,
  ids: readonly string[],
  { catalog = 'default' }: Namespace,
): Promise<Missing> {
  const { table } = gateway;
  const unknown = ids.filter((id) => !table.has(id));
  const rest = {
    catalog,
    categories: [],
    attributes: {},
    hidden: false,
    publishedAtMs: zeroTimeMs,
  };
  if (unknown.length > 0) await gateway.addItems(unknown.map((id) => ({ id, ...rest })));
  return none;
}

async function findItems({ table }: Gateway, ids: readonly string[]): Promise<Missing> {
  return new Set(ids.filter((id) => !table.has(id)));
}
