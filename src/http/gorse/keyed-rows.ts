import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { get, type Lookup, type Rows } from '../../stores/store.ts';
import { shorten } from '../errors.ts';
import type { InTurn } from '../turns.ts';
import type { Namespace } from './namespace.ts';
import type { Quota, SizedRow } from './quota.ts';
import type { GorseRowKind, GorseTable } from './row-kind.ts';

/** Users or items, as the Gorse API reads and writes them. */
export interface KeyedRows<Table extends GorseTable = GorseTable, Input extends SizedRow = never> {
  /** Reads one row by its id in the store; throws the code for an unknown one. */
  find(id: string, namespace: Namespace): Promise<Rows[Table]>;
  /** Puts rows in, of several with one id the first. Throws `SL_QUOTA_EXCEEDED`. */
  upsert(inputs: readonly Input[], namespace: Namespace): Promise<void>;
  /** Changes a row; one that is not there stays so. Answers whether it was there. */
  change(id: string, change: (row: Rows[Table]) => Rows[Table]): Promise<boolean>;
  /** Deletes a row and its feedback, if it is there. */
  forget(id: string): Promise<void>;
  /** Which of the ids in the store have no row, each once. */
  missing(ids: readonly string[]): Promise<string[]>;
  /** Makes rows of ids that only feedback named, unless they have come since. */
  fill(missing: readonly string[], namespace: Namespace): Promise<void>;
}

/** What rows are read and written with. */
interface RowTools {
  readonly gateway: Gateway;
  readonly quota: Quota;
  readonly inTurn: InTurn;
}

/** Reads and writes one table; changes of one row come one after the other, whichever door they came by. */
export function createKeyedRows<
  Table extends GorseTable,
  Input extends SizedRow,
  Patch extends SizedRow,
>(kind: GorseRowKind<Table, Input, Patch>, tools: RowTools): KeyedRows<Table, Input> {
  const { table } = kind;
  const { quota, inTurn, gateway } = tools;
  const { store } = gateway;
  const findOne = async (id: string) => rowOf(await get(store, table, id), store.name);
  const missing = async (ids: readonly string[]) => {
    const unique = [...new Set(ids)];
    const found = await store.mget(table, unique);
    return unique.filter((_, i) => rowOf(found[i], store.name) === undefined);
  };
  return {
    async find(id, namespace) {
      const row = await findOne(id);
      if (row !== undefined) return row;
      const message = `${kind.singular} ${shorten(namespace.outer(id), 600)} not found`;
      throw new SightlineError(kind.unknown, message);
    },
    upsert: createUpsert(kind, tools),
    change: (id, change) =>
      inTurn([id], async () => {
        const row = await findOne(id);
        if (row !== undefined) await kind.put([change(row)]);
        return row !== undefined;
      }),
    async forget(id) {
      await inTurn([id], () => kind.forget(id));
      quota.forgetCounts();
    },
    missing,
    async fill(ids, namespace) {
      if (ids.length === 0) return;
      await inTurn(ids, async () => {
        const still = await missing(ids);
        if (still.length > 0) await kind.put(still.map((id) => kind.blank(id, namespace)));
      });
    },
  };
}

function createUpsert<Table extends GorseTable, Input extends SizedRow, Patch extends SizedRow>(
  kind: GorseRowKind<Table, Input, Patch>,
  { gateway: { store }, quota, inTurn }: RowTools,
): KeyedRows<Table, Input>['upsert'] {
  const { table } = kind;
  return async (inputs, namespace) => {
    const byId = new Map<string, Input>();
    for (const input of inputs) {
      const id = namespace.inner(kind.idOf(input));
      if (!byId.has(id)) byId.set(id, input);
    }
    const ids = [...byId.keys()];
    if (ids.length === 0) return;
    await inTurn(ids, async () => {
      const found = await store.mget(table, ids);
      const before = found.map((lookup) => rowOf(lookup, store.name));
      await quota.checkNew(table, before.filter((row) => row === undefined).length);
      const places = before.map((row) => ({ namespace, before: row }));
      await kind.put(ids.map((id, i) => kind.toRow(byId.get(id)!, places[i])));
    });
  };
}

/** The row that a read found, undefined where there is none; throws `SL_STORE_UNAVAILABLE` where it failed. */
export function rowOf<Row>(found: Lookup<Row>, store: string): Row | undefined {
  if (found.state === 'present') return found.row;
  if (found.state === 'absent') return undefined;
  const message = `store ${store} cannot be read: ${found.reason}`;
  throw new SightlineError('SL_STORE_UNAVAILABLE', message, { cause: found.cause });
}
