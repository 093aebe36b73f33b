import { createRng } from '../../../src/math/rng.ts';
import type { Interactions } from '../../../src/models/model.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import type { Shop } from './cold-shop.ts';

/** A user of a shop, by what it is known to have had and what of the withheld items it took. */
export interface ColdCase {
  readonly user: string;
  /** Ids, oldest first. */
  readonly had: readonly string[];
  readonly wanted: readonly string[];
}

/** A shop without some of its items, but for their attributes. */
export interface ColdTask {
  readonly interactions: Interactions;
  readonly cold: readonly string[];
  readonly cases: readonly ColdCase[];
}

/**
 * Withholds all events of a random share of the items, which are then new; the cases are the users who took any of them
 * and have others too. `avoid` are never among them, so that one set can be tuned on and another reported.
 */
export function withhold(
  { events, attributes }: Shop,
  { share, seed, avoid = [] }: { share: number; seed: number; avoid?: readonly string[] },
): ColdTask {
  const ids = [...new Set(events.map(({ item }) => item))].sort();
  const order = Uint32Array.from(ids, (_, i) => i);
  createRng(seed).shuffle(order);
  const avoided = new Set(avoid);
  const cold = [...order]
    .map((i) => ids[i])
    .filter((id) => !avoided.has(id))
    .slice(0, Math.round(share * ids.length));
  const isCold = new Set(cold);
  const builder = createInteractionBuilder({ maxSessionEvents: Number.POSITIVE_INFINITY });
  const cases = new Map<string, { had: Set<string>; wanted: Set<string> }>();
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    if (!isCold.has(event.item)) builder.add(event);
    if (event.user === undefined) continue;
    const own = cases.get(event.user) ?? { had: new Set(), wanted: new Set() };
    cases.set(event.user, own);
    own[isCold.has(event.item) ? 'wanted' : 'had'].add(event.item);
  }
  return {
    interactions: { ...builder.build(), itemAttributes: attributes },
    cold,
    cases: [...cases]
      .filter(([, { had, wanted }]) => had.size > 0 && wanted.size > 0)
      .map(([user, { had, wanted }]) => ({ user, had: [...had], wanted: [...wanted] })),
  };
}
