import type { Delivery } from '../domain/delivery.ts';
import type { Notification } from '../domain/notification.ts';

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: string | undefined;
}

type PageOptions = { readonly after?: string | undefined; readonly limit: number };

/**
 * Where messages wait: the part of a store that webhooks use. Changes are made in the order they are asked for
 * and are durable when they resolve.
 */
export interface DeliveryStorage {
  mset(table: 'deliveries', rows: readonly Delivery[]): Promise<void>;
  mset(table: 'notifications', rows: readonly Notification[]): Promise<void>;
  mdelete(table: 'deliveries' | 'notifications', keys: readonly string[]): Promise<number>;
  scan(table: 'deliveries', options: PageOptions): Promise<Page<Delivery>>;
  scan(table: 'notifications', options: PageOptions): Promise<Page<Notification>>;
}

/** Rows of one page. */
const limit = 1000;

/** Reads all rows of a table, page by page. */
export async function readAll<Row>(
  readPage: (options: PageOptions) => Promise<Page<Row>>,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  let after: string | undefined;
  do {
    const { rows, next } = await readPage({ after, limit });
    all.push(...rows);
    after = next;
  } while (after !== undefined);
  return all;
}
