import { SightlineError } from '../../../domain/errors.ts';
import type { Gateway } from '../../../gateway.ts';
import type { Rows } from '../../../stores/store.ts';
import type { RowTurns } from '../../turns.ts';
import type { Namespace } from '../namespace.ts';
import type { Quota, SizedRow } from '../quota.ts';
import type { GorseRowKind, GorseTable } from '../row-kind.ts';
import { overQuota } from './new-ids.ts';

/** A row of a batch that was not put. */
export interface Refused {
  readonly at: number;
  readonly message: string;
}

/** Where rows of one table go. */
export interface RowSink<Row = unknown> {
  readonly table: 'users' | 'items' | 'feedback';
  /** Reads a row in Gorse's form; throws `SL_REQUEST_INVALID` and `SL_QUOTA_EXCEEDED`. */
  read(given: unknown): Row;
  /** Puts a batch in one transaction; answers which rows were left out. */
  put(rows: readonly Row[]): Promise<readonly Refused[]>;
}

/** What imported rows are put with. */
export interface SinkParts {
  readonly gateway: Gateway;
  readonly quota: Quota;
  readonly turns: RowTurns;
}

/** How imported rows are read. */
export interface RowReading {
  readonly namespace: Namespace;
  /** Whether ids may have slashes. */
  readonly slashes: boolean;
}

/** Makes the place where users or items go. A row takes the place of the one that has its id: what it does not say is gone. */
export function createRowSink<
  Table extends GorseTable,
  Input extends SizedRow,
  Patch extends SizedRow,
>(
  kind: GorseRowKind<Table, Input, Patch>,
  parts: SinkParts,
  { namespace, slashes }: RowReading,
): RowSink<Rows[Table]> {
  const { table } = kind;
  const { quota, turns } = parts;
  return {
    table,
    read(given) {
      const input = kind.readImport(given);
      if (!slashes) refuseSlash(kind.idOf(input), table === 'users' ? 'UserId' : 'ItemId');
      quota.checkRow(input);
      return kind.toRow(input, { namespace, before: undefined });
    },
    async put(rows) {
      const ids = [...new Set(rows.map(({ id }) => id))];
      return turns[table](ids, async () => {
        const over = await overQuota(table, ids, parts);
        await kind.put(firstOfEach(rows).filter(({ id }) => !over.has(id)));
        if (over.size === 0) return [];
        return rows.flatMap(({ id }, at) => (over.has(id) ? [{ at, message: over.get(id)! }] : []));
      });
    },
  };
}

/** Of rows with one id the first, as Gorse does. */
function firstOfEach<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  const byId = new Map<string, Row>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row);
  return [...byId.values()];
}

/** Throws `SL_REQUEST_INVALID` for an id with a slash. */
export function refuseSlash(id: string, field: string): void {
  if (!id.includes('/')) return;
  const message = `${field} has a slash, expected none`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: field });
}
