import type { Item } from '../../domain/item.ts';
import type { AttributeTable } from '../../models/attribute-table.ts';
import type { Interactions } from '../../models/model.ts';
import type { Page, Store } from '../../stores/store.ts';
import { createAttributeRows, labelsOfItem, labelsOfUser } from './attribute-rows.ts';
import { createInteractionBuilder } from './dataset.ts';
import { createFeedbackSieve, type LeftOutReason } from './feedback-sieve.ts';
import { type LearningOptions, learningSchema } from './learning-schema.ts';
import { createLedgerBuilder, type LedgerBuilder } from './ledger-builder.ts';

/** How a store is read to learn from it. */
export interface LearnFromStore {
  /** Absent is every default. */
  readonly learning?: LearningOptions | undefined;
  /** Epoch milliseconds; without it no event is too late or too old, and no item. */
  readonly nowMs?: number | undefined;
  /** Whether all that is kept is wanted too, for kinds with `readsLedger`. */
  readonly withLedger?: boolean | undefined;
}

/** What is learnt from, and what was left out of it. */
export interface LearntInteractions {
  readonly interactions: Interactions;
  readonly report: LearningReport;
}

/** What was read, and why not all of it is learnt. */
export interface LearningReport {
  readonly events: number;
  readonly reads: number;
  /** Events read of the store. */
  readonly seen: number;
  /** Events that are not learnt, by reason; reasons that were not met are absent. */
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
}

/** Rows a page of the store holds. */
const pageRows = 5000;
const dayMs = 86_400_000;

/**
 * Reads a store page by page into interactions: what `learning` chooses of the feedback, and what is known of the
 * items and users. Memory is bounded by `maxEvents` and by the catalogue.
 *
 * @example (await interactionsFromStore(store, { nowMs })).report.leftOut // { 'hidden-item': 12 }
 */
export async function interactionsFromStore(
  store: Pick<Store, 'scanFeedback' | 'scan'>,
  { learning = learningSchema.parse(undefined), nowMs, withLedger = false }: LearnFromStore = {},
): Promise<LearntInteractions> {
  const { maxSessionEvents, maxEvents, halfLifeDays } = learning;
  const ledger = withLedger ? createLedgerBuilder({ nowMs, maxEvents }) : undefined;
  const { itemAttributes, excluded } = await readItems(store, { learning, nowMs, ledger });
  const userAttributes = await readUsers(store);
  const sift = createFeedbackSieve(learning, { nowMs, excluded });
  const builder = createInteractionBuilder({
    ...{ maxSessionEvents, maxEvents, halfLifeDays },
    distinct: true,
  });
  const counts = new Map<LeftOutReason, number>();
  let seen = 0;
  const readFeedback = (after?: string) => store.scanFeedback({ after, limit: pageRows });
  for await (const rows of pagesOf(readFeedback)) {
    seen += rows.length;
    for (const event of rows) {
      ledger?.addEvent(event);
      const sifted = sift(event);
      if (sifted.as === 'positive') builder.add(event, sifted.weight);
      else if (sifted.as === 'read')
        builder.addRead({ user: event.user!, item: event.item, atMs: event.atMs });
      else counts.set(sifted.as, (counts.get(sifted.as) ?? 0) + 1);
    }
  }
  const built = builder.build();
  const { repeated, longSession, tooMany } = builder.leftOut();
  const more = { repeated, 'long-session': longSession, 'too-many': tooMany };
  return {
    interactions: {
      ...built,
      ...(itemAttributes && { itemAttributes }),
      ...(userAttributes && { userAttributes }),
      ...(ledger && { ledger: ledger.build() }),
    },
    report: {
      events: built.codes.length,
      reads: built.reads?.items.length ?? 0,
      seen,
      leftOut: Object.fromEntries(
        [...counts, ...Object.entries(more)].filter(([, count]) => count > 0),
      ),
    },
  };
}

/**
 * A report in one sentence.
 *
 * @example describeLearning(report) // '1200 events; 12 left out: hidden-item 12'
 */
export function describeLearning({ events, reads, leftOut }: LearningReport): string {
  const reasons = Object.entries(leftOut).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${events} events${reads === 0 ? '' : ` and ${reads} reads`}`,
    ...(total === 0
      ? []
      : [
          `${total} left out: ${reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')}`,
        ]),
  ].join('; ');
}

interface ItemsRead {
  readonly itemAttributes: AttributeTable | undefined;
  readonly excluded: ReadonlyMap<string, 'hidden-item' | 'old-item'>;
}

async function readItems(
  store: Pick<Store, 'scan'>,
  {
    learning: { hidden, itemDays },
    nowMs,
    ledger,
  }: {
    readonly learning: LearningOptions;
    readonly nowMs: number | undefined;
    readonly ledger: LedgerBuilder | undefined;
  },
): Promise<ItemsRead> {
  const rows = createAttributeRows();
  const excluded = new Map<string, 'hidden-item' | 'old-item'>();
  // An item published at 0 never said when.
  const isOld = ({ publishedAtMs }: Item) =>
    nowMs !== undefined &&
    itemDays !== undefined &&
    publishedAtMs > 0 &&
    publishedAtMs < nowMs - itemDays * dayMs;
  const read = (after?: string) => store.scan('items', { after, limit: pageRows });
  for await (const items of pagesOf(read))
    for (const item of items) {
      ledger?.addItem(item);
      if (item.hidden && !hidden) excluded.set(item.id, 'hidden-item');
      else if (isOld(item)) excluded.set(item.id, 'old-item');
      else rows.add(item.id, labelsOfItem(item), item);
    }
  return { itemAttributes: rows.build(), excluded };
}

async function readUsers(store: Pick<Store, 'scan'>): Promise<AttributeTable | undefined> {
  const rows = createAttributeRows();
  const read = (after?: string) => store.scan('users', { after, limit: pageRows });
  for await (const users of pagesOf(read))
    for (const user of users) rows.add(user.id, labelsOfUser(user), user);
  return rows.build();
}

/** All pages of a table. */
export async function* pagesOf<Row>(
  read: (after?: string) => Promise<Page<Row>>,
): AsyncGenerator<readonly Row[]> {
  let after: string | undefined;
  do {
    const page = await read(after);
    yield page.rows;
    after = page.next;
  } while (after !== undefined);
}
