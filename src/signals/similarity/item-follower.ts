import type { SignalContext } from '../signal.ts';
import type { CatalogDecay } from './catalog-decay.ts';
import type { DecayWatch } from './decay-watch.ts';
import type { RetrainingRequests } from './retraining-requests.ts';

/** Keeps what is remembered of items in step with the items and vectors that there are. */
export interface ItemFollower {
  /**
   * Makes room for new items, moves on to newer vectors and forgets what does not hold any more. Costs nothing where
   * nothing is newer.
   */
  follow(): void;
  /** Whether an item may be served though it has no vector. */
  isCold(item: number): boolean;
}

/** What is kept in step. */
export interface FollowerParts {
  readonly catalogs: CatalogDecay;
  readonly watch: DecayWatch;
  readonly requests: RetrainingRequests;
  readonly maxItems: number;
}

/** Makes a follower of the items and vectors of a context. */
export function createItemFollower(
  context: SignalContext,
  { catalogs, watch, requests, maxItems }: FollowerParts,
): ItemFollower {
  let room = 0;
  const hasNoVector = (item: number) => watch.norm(item) === 0;
  const isServed = (item: number) => item < maxItems && catalogs.ratesOf(item) !== undefined;
  const isCold = (item: number) => watch.hasVectors && hasNoVector(item) && isServed(item);
  const makeRoom = () => {
    const needed = Math.min(context.items.count, maxItems);
    if (needed <= room) return;
    // Items may come one by one.
    room = Math.min(maxItems, Math.max(needed, 2 * room));
    watch.grow(room);
    requests.grow(room);
  };
  return {
    isCold,
    follow() {
      const hasNewItems = catalogs.follow();
      if (hasNewItems) makeRoom();
      const hasNewVectors = watch.follow(context.vectors, isServed);
      if (!hasNewItems && !hasNewVectors) return;
      catalogs.countCold(watch.hasVectors ? hasNoVector : undefined);
      requests.keep((item, reason) =>
        reason === 'cold' ? isCold(item) : isServed(item) && watch.isJudged(item),
      );
    },
  };
}
