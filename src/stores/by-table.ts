import type { TableName } from './store.ts';

/** The keyed tables. */
const tableNames: readonly TableName[] = Object.keys({
  items: true,
  users: true,
  deliveries: true,
  notifications: true,
  anomalies: true,
} satisfies Record<TableName, true>) as TableName[];

/**
 * Makes one value for each keyed table.
 *
 * @example byTable((table) => table.length).items // 5
 */
export function byTable<V>(make: (table: TableName) => V): Readonly<Record<TableName, V>> {
  return Object.fromEntries(tableNames.map((table) => [table, make(table)])) as Record<
    TableName,
    V
  >;
}
