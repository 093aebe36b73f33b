import {
  type Feedback,
  type FeedbackSelection,
  type FeedbackTotal,
  type FeedbackTriple,
  isMeant,
} from '../domain/feedback.ts';
import { compareKeys } from './key-order.ts';
import type { Appended, Page, Store, TotalsOptions, TotalsPage } from './store.ts';
import { checkLimit, parseCursor } from './store-input.ts';

interface Kept {
  /** Grows from event to event; those that were deleted leave gaps. */
  readonly seq: number;
  readonly event: Feedback;
}

/** The feedback of a store in memory. */
export class MemoryFeedback {
  #kept: Kept[] = [];
  #lastSeq = 0;
  readonly #keys = new Set<string>();

  get size(): number {
    return this.#kept.length;
  }

  append(batch: readonly Feedback[]): Appended {
    const fresh = new Uint8Array(batch.length);
    let accepted = 0;
    batch.forEach((event, e) => {
      if (this.#keys.has(event.key)) return;
      this.#keys.add(event.key);
      this.#lastSeq += 1;
      this.#kept.push({ seq: this.#lastSeq, event });
      fresh[e] = 1;
      accepted += 1;
    });
    return { accepted, duplicates: batch.length - accepted, fresh };
  }

  replace(batch: readonly Feedback[]): void {
    const byTriple = new Map<string, Feedback>();
    for (const event of batch) {
      const triple = tripleText(event);
      if (!byTriple.has(triple)) byTriple.set(triple, event);
    }
    this.#remove((event) => event.user !== undefined && byTriple.has(tripleText(event)));
    this.append([...byTriple.values()]);
  }

  /** Deletes what is meant; answers how many totals it came to. */
  delete(which: FeedbackSelection): number {
    const gone = this.#totals({ ...which, anonymous: false }, {});
    this.#remove((event) => isMeant(event, which));
    return gone.length;
  }

  totals(which: FeedbackSelection, options: TotalsOptions): TotalsPage {
    const { from, limit } = options;
    checkLimit(limit);
    const all = this.#totals(which, options);
    const rows = from === undefined ? all : all.filter((total) => compareTriples(total, from) >= 0);
    const page = rows.slice(0, limit);
    if (rows.length <= limit) return { rows: page };
    const { type, user, item } = rows[limit];
    return { rows: page, next: { type, user, item } };
  }

  page(options: Parameters<Store['scanFeedback']>[0]): Page<Feedback> {
    const { after, last = this.#kept.length, limit } = options;
    checkLimit(limit);
    const start =
      after === undefined
        ? Math.max(0, this.#kept.length - last)
        : placeAfter(this.#kept, parseCursor(after));
    const found = this.#kept.slice(start, start + limit);
    const rows = found.map(({ event }) => event);
    return start + limit < this.#kept.length ? { rows, next: String(found.at(-1)!.seq) } : { rows };
  }

  #remove(isGone: (event: Feedback) => boolean): void {
    this.#kept = this.#kept.filter(({ event }) => {
      if (!isGone(event)) return true;
      this.#keys.delete(event.key);
      return false;
    });
  }

  #totals(
    which: FeedbackSelection,
    { untilMs = Number.POSITIVE_INFINITY }: Pick<TotalsOptions, 'untilMs'>,
  ): FeedbackTotal[] {
    const byTriple = new Map<string, FeedbackTotal>();
    for (const { event } of this.#kept) {
      if (event.atMs > untilMs || !isMeant(event, which)) continue;
      const triple = tripleText(event);
      byTriple.set(triple, addTo(byTriple.get(triple), event));
    }
    return [...byTriple.values()].sort(compareTriples);
  }
}

function addTo(total: FeedbackTotal | undefined, event: Feedback): FeedbackTotal {
  const { type, item, atMs, value = 0, labels, comment } = event;
  const user = event.user!;
  if (total === undefined)
    return { type, user, item, value, firstAtMs: atMs, lastAtMs: atMs, labels, comment };
  return {
    ...{ type, user, item, labels, comment },
    value: total.value + value,
    firstAtMs: Math.min(total.firstAtMs, atMs),
    lastAtMs: Math.max(total.lastAtMs, atMs),
  };
}

const tripleText = ({ type, user, item }: Feedback) => JSON.stringify([type, user, item]);

function compareTriples(a: FeedbackTriple, b: FeedbackTriple): number {
  return compareKeys(a.type, b.type) || compareKeys(a.user, b.user) || compareKeys(a.item, b.item);
}

/** The place of the first event that was kept after number `seq`. */
function placeAfter(kept: readonly Kept[], seq: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (kept[middle].seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
